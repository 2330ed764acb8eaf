#include "news/section.h"

#include <absl/strings/ascii.h>

namespace telex::news {
namespace {

bool IsSlugByte(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

std::optional<Section> Section::Parse(std::string_view slug) {
  if (slug.empty() || slug.size() > kSectionBytesMax || slug == kAllSections) return std::nullopt;
  bool after_hyphen = true;  // no hyphen first
  for (const char c : slug) {
    if (c == '-') {
      if (after_hyphen) return std::nullopt;
      after_hyphen = true;
    } else if (IsSlugByte(c)) {
      after_hyphen = false;
    } else {
      return std::nullopt;
    }
  }
  if (after_hyphen) return std::nullopt;
  return Section(std::string(slug));
}

std::optional<Section> Section::FromPrinted(std::string_view name) {
  std::string slug;
  for (const char c : name) {
    const char lower = absl::ascii_tolower(c);
    if (IsSlugByte(lower)) {
      slug += lower;
    } else if (c != ' ' && c != '-') {
      return std::nullopt;
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
  }
  while (!slug.empty() && slug.back() == '-') slug.pop_back();
  return Parse(slug);
}

}  // namespace telex::news
