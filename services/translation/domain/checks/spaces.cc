#include "translation/domain/checks/spaces.h"

#include <string_view>

namespace telex::translation::checks {
namespace {

std::size_t BlankAt(std::string_view text) {
  if (text.empty() || (text.front() > ' ' && text.front() < 0x7F)) return 0;  // what most are
  for (const std::string_view blank : {" ", "\t", "\n", "\u00A0", "\u202F"}) {
    if (text.starts_with(blank)) return blank.size();
  }
  return 0;
}

bool IsParting(std::string_view text, bool french) {
  for (const std::string_view mark : {",", ".", "։", "。", "、"}) {
    if (!text.starts_with(mark)) continue;
    // " .5", " ...", " .com"
    const std::string_view behind = text.substr(mark.size());
    return behind.empty() || BlankAt(behind) > 0;
  }
  return !french && (text.starts_with('?') || text.starts_with('!'));
}

// The first blank that is too many; empty when there is none.
news::WordSpan OddBlank(const Side& side) {
  const std::string_view text = side.text();
  if (const std::size_t blank = BlankAt(text); blank > 0) return {0, blank};
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t blank = BlankAt(text.substr(at));
    const std::string_view behind = text.substr(at + blank);
    if (blank == 0) {
      ++at;
      continue;
    }
    if (behind.empty() || BlankAt(behind) > 0 || IsParting(behind, side.base() == "fr"))
      return {at, at + blank};
    at += blank;
  }
  return {};
}

}  // namespace

void CheckSpaces(const SegmentView& view, Findings& findings) {
  const news::WordSpan place = OddBlank(view.target);
  const news::WordSpan own = OddBlank(view.source);
  if (place.end == 0 || own.end != 0) return;
  findings.push_back(view.target.FindingAt(Check::kSpaces, place, "a blank too many"));
}

}  // namespace telex::translation::checks
