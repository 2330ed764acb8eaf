#include "translation/domain/checks/end_punctuation.h"

#include <fmt/format.h>

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "news/letters.h"
#include "news/utf8.h"

namespace telex::translation::checks {
namespace {

enum Mark : unsigned {
  kStop = 1,
  kQuestion = 2,
  kExclamation = 4,
  kEllipsis = 8,
  kColon = 16,
  kSemicolon = 32,
  kComma = 64,
};

struct MarkSign {
  char32_t sign;
  unsigned marks;
};

constexpr MarkSign kSigns[] = {{'.', kStop},
                               {U'。', kStop},
                               {U'．', kStop},
                               {U'।', kStop},
                               {U'۔', kStop},
                               {U'።', kStop},
                               {U'։', kStop},
                               {U'｡', kStop},
                               {'?', kQuestion},
                               {U'？', kQuestion},
                               {U'؟', kQuestion},
                               {U'\u037E', kQuestion},
                               {U'՞', kQuestion},
                               {'!', kExclamation},
                               {U'！', kExclamation},
                               {U'՜', kExclamation},
                               {U'…', kEllipsis},
                               {':', kColon},
                               {U'：', kColon},
                               {U'՝', kColon},
                               {';', kSemicolon},
                               {U'；', kSemicolon},
                               {U'؛', kSemicolon},
                               {U'\u0387', kSemicolon},
                               {',', kComma},
                               {U'，', kComma},
                               {U'،', kComma},
                               {U'、', kComma},
                               {U'‽', kQuestion | kExclamation},
                               {U'⁈', kQuestion | kExclamation}};

unsigned MarksOf(char32_t c, std::string_view language) {
  // Armenian ends with "։", often typed as a colon; its point parts as a colon does.
  if (language == "hy" && c == ':') return kStop | kColon;
  if (language == "hy" && (c == '.' || c == U'․')) return kColon | kSemicolon;
  if (language == "hy" && c == U'՝') return kColon | kComma;
  if (language == "el" && c == ';') return kQuestion | kSemicolon;
  for (const MarkSign& sign : kSigns) {
    if (sign.sign == c) return sign.marks;
  }
  return 0;
}

bool IsCloser(char32_t c) {
  static constexpr std::u32string_view kClosers = U"\"'”’»›“‘)]}）】」』\uFFFC \u00A0\u202F";
  return kClosers.find(c) != std::u32string_view::npos;
}

// Takes the last code point off.
char32_t TakeLast(std::string_view& text) {
  std::size_t at = text.size() - 1;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
  std::string_view last = text.substr(at);
  text.remove_suffix(text.size() - at);
  return news::TakeCodePoint(last);
}

bool EndsInDots(std::string_view text) {
  return text.ends_with("...") || text.ends_with("․․․") || text.ends_with("....");
}

struct Ending {
  unsigned marks = 0;
  news::WordSpan place;  // of the last mark, or of the last character
};

Ending EndingOf(const Side& side) {
  std::string_view rest = side.text();
  Ending ending{0, {rest.size(), rest.size()}};
  while (!rest.empty()) {
    const std::string_view before = rest;
    if (EndsInDots(rest)) {
      ending.marks |= kEllipsis;
      while (rest.ends_with('.') || rest.ends_with("․")) TakeLast(rest);
    } else {
      const char32_t c = TakeLast(rest);
      const unsigned marks = MarksOf(c, side.base());
      if (marks == 0 && !IsCloser(c)) break;
      ending.marks |= marks;
      if (marks == 0) continue;
    }
    if (ending.place.begin == ending.place.end) ending.place = {rest.size(), before.size()};
  }
  // In Armenian these stand within the word that is asked or called.
  if (side.base() == "hy") {
    if (side.text().find("՞") != std::string_view::npos) ending.marks |= kQuestion;
    if (side.text().find("՜") != std::string_view::npos) ending.marks |= kExclamation;
  }
  return ending;
}

bool HasNoStops(std::string_view language) {
  static const std::set<std::string_view> kNone = {"th", "lo", "my", "km"};
  return kNone.contains(language);
}

// Whether the point at the end may be of an abbreviation: "p.m.", "Inc.", "млн.", "г.".
bool EndsInAbbreviation(const Side& side) {
  static const std::set<std::string_view> kKnown = {"inc",  "ltd", "corp", "co",  "jr", "sr",
                                                    "etc",  "no",  "vs",   "al",  "dr", "st",
                                                    "bros", "mr",  "долл", "руб", "чел"};
  static constexpr std::size_t kLettersMax = 4;
  const WordText& words = side.words();
  if (words.words.empty()) return false;
  const std::string_view last = words.words.back().Of(side.text());
  if (last.find('.') != std::string_view::npos || kKnown.contains(words.folded.back())) return true;
  std::size_t letters = 0;
  bool has_small = false;
  for (std::string_view rest = last; !rest.empty(); ++letters)
    has_small = !news::IsCapital(news::TakeCodePoint(rest)) || has_small;
  return side.base() != "en" && has_small && letters < kLettersMax;
}

bool HaveAlikeEnds(unsigned source, unsigned target) {
  if ((source & target) != 0 || source == target) return true;
  // Languages part sentences elsewhere.
  const unsigned parting = kSemicolon | kStop | kComma;
  return (source == kSemicolon || source == kComma) && (target & parting) != 0;
}

void CheckSpanishOpening(const Side& target, Findings& findings) {
  const std::string_view text = target.text();
  const std::size_t at = text.find_first_of("?!");
  const bool is_opened =
      text.find("¿") != std::string_view::npos || text.find("¡") != std::string_view::npos;
  if (at == std::string_view::npos || is_opened || target.IsInAddress(at)) return;
  findings.push_back(target.FindingAt(Check::kEndPunctuation, {at, at + 1},
                                      "Spanish opens questions with ¿, exclamations with ¡"));
}

}  // namespace

void CheckEndPunctuation(const SegmentView& view, Findings& findings) {
  const Ending source = EndingOf(view.source);
  const Ending target = EndingOf(view.target);
  if (view.target.base() == "es") CheckSpanishOpening(view.target, findings);
  if (HaveAlikeEnds(source.marks, target.marks)) return;
  if (HasNoStops(view.target.base()) || HasNoStops(view.source.base())) return;
  if (source.marks == 0 && target.marks == kStop && EndsInAbbreviation(view.target)) return;
  if (target.marks == 0 && source.marks == kStop && EndsInAbbreviation(view.source)) return;
  const std::string ends(source.place.Of(view.source.text()));
  std::string message = ends.empty() ? "the source ends without punctuation"
                                     : fmt::format("the source ends with {}", ends);
  if (view.target.base() == "hy" && (source.marks & kStop) != 0) message += ", Armenian with ։";
  findings.push_back(
      view.target.FindingAt(Check::kEndPunctuation, target.place, std::move(message)));
}

}  // namespace telex::translation::checks
