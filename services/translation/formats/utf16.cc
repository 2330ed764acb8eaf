#include "translation/formats/utf16.h"

#include <cstddef>

#include "news/utf8.h"

namespace telex::translation {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::string_view kLittleMark = "\xFF\xFE"sv;
constexpr std::string_view kBigMark = "\xFE\xFF"sv;
constexpr std::string_view kLittleBegin = "<\0"sv;
constexpr std::string_view kBigBegin = "\0<"sv;

constexpr bool IsHighSurrogate(char32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
constexpr bool IsLowSurrogate(char32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

}  // namespace

bool IsUtf16(std::string_view bytes) {
  return bytes.starts_with(kLittleMark) || bytes.starts_with(kBigMark) ||
         bytes.starts_with(kLittleBegin) || bytes.starts_with(kBigBegin);
}

std::optional<std::string> Utf8OfUtf16(std::string_view bytes) {
  const bool is_big = bytes.starts_with(kBigMark) || bytes.starts_with(kBigBegin);
  if (bytes.starts_with(kLittleMark) || bytes.starts_with(kBigMark)) bytes.remove_prefix(2);
  if (bytes.size() % 2 != 0) return std::nullopt;
  const auto unit_at = [&](std::size_t at) {
    const auto first = static_cast<unsigned char>(bytes[at]);
    const auto second = static_cast<unsigned char>(bytes[at + 1]);
    return static_cast<char32_t>(is_big ? first << 8 | second : second << 8 | first);
  };
  std::string text;
  text.reserve(bytes.size());
  for (std::size_t at = 0; at < bytes.size(); at += 2) {
    char32_t c = unit_at(at);
    if (IsHighSurrogate(c)) {
      at += 2;
      if (at == bytes.size() || !IsLowSurrogate(unit_at(at))) return std::nullopt;
      c = 0x10000 + ((c - 0xD800) << 10) + (unit_at(at) - 0xDC00);
    } else if (IsLowSurrogate(c)) {
      return std::nullopt;
    }
    news::AppendUtf8(c, text);
  }
  return text;
}

}  // namespace telex::translation
