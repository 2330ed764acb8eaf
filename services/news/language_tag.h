#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace telex::news {

// A language as BCP 47 (RFC 5646) writes it, in canonical case: `en`, `hy`, `zh-Hant`, `pt-BR`.
class LanguageTag {
 public:
  LanguageTag() = default;  // no language; only as a placeholder

  // Empty when the text is not a tag, is longer than 35 bytes, or when its language is in no ISO
  // 639 list.
  static std::optional<LanguageTag> Parse(std::string_view text);

  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  auto operator<=>(const LanguageTag&) const = default;

 private:
  explicit LanguageTag(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// By the script that the tag names, or that the language is usually written in.
bool IsRightToLeft(const LanguageTag& language);

}  // namespace telex::news
