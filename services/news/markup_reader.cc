#include "news/markup_reader.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "news/utf8.h"

namespace telex::news {
namespace {

constexpr std::size_t kReferenceBytesMax = 10;

bool IsTextCharacter(std::uint32_t c) {
  return c <= 0x10FFFF && !(c < 0x20 && c != '\t' && c != '\n' && c != '\r') &&
         !(c >= 0x7F && c < 0xA0) && !(c >= 0xD800 && c < 0xE000) && (c & 0xFFFE) != 0xFFFE &&
         !(c >= 0xFDD0 && c <= 0xFDEF);
}

template <typename Number>
std::optional<Number> Whole(std::string_view digits, int base) {
  Number number = 0;
  const auto [end, fault] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  if (fault != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

// What a character reference, without & and ;, stands for.
std::optional<char32_t> CharacterOf(std::string_view name) {
  static constexpr std::pair<std::string_view, char32_t> kNamed[] = {
      {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}, {"nbsp", ' '}};
  for (const auto& [known, c] : kNamed) {
    if (name == known) return c;
  }
  if (!name.starts_with('#')) return std::nullopt;
  name.remove_prefix(1);
  const bool hex = name.starts_with('x') || name.starts_with('X');
  if (hex) name.remove_prefix(1);
  const auto c = Whole<std::uint32_t>(name, hex ? 16 : 10);
  if (!c || !IsTextCharacter(*c)) return std::nullopt;
  return *c;
}

}  // namespace

Tag::Tag(std::string_view tag) : text(tag) {
  tag.remove_prefix(1);
  closing = tag.starts_with('/');
  if (closing) tag.remove_prefix(1);
  name = tag.substr(0, tag.find_first_of(" />"));
}

std::string_view Tag::Value(std::string_view blank_name_equals) const {
  const auto at = text.find(blank_name_equals);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = text.substr(at + blank_name_equals.size());
  if (!rest.starts_with('"')) return {};
  const auto end = rest.find('"', 1);
  return end == std::string_view::npos ? std::string_view() : rest.substr(1, end - 1);
}

std::optional<int> Tag::Number(std::string_view blank_name_equals) const {
  return Whole<int>(Value(blank_name_equals), 10);
}

char32_t TakeCharacter(std::string_view& html) {
  if (html.front() == '&') {
    const auto end = html.substr(0, kReferenceBytesMax).find(';');
    const auto c =
        end == std::string_view::npos ? std::nullopt : CharacterOf(html.substr(1, end - 1));
    if (c) {
      html.remove_prefix(end + 1);
      return *c;
    }
  }
  return TakeCodePoint(html);
}

}  // namespace telex::news
