#pragma once

#include <unicode/utf8.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace telex::news {

// Reads a code point off the front of `text`; U+FFFD for what is none.
inline char32_t TakeCodePoint(std::string_view& text) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(text.data());
  std::size_t at = 0;
  UChar32 c = 0;
  U8_NEXT_OR_FFFD(data, at, text.size(), c);
  text.remove_prefix(at);
  return static_cast<char32_t>(c);
}

inline bool IsUtf8(std::string_view text) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(text.data());
  for (std::size_t at = 0; at < text.size();) {
    UChar32 c = 0;
    U8_NEXT(data, at, text.size(), c);
    if (c < 0) return false;
  }
  return true;
}

inline void AppendUtf8(char32_t c, std::string& out) {
  std::uint8_t bytes[U8_MAX_LENGTH];
  std::size_t length = 0;
  U8_APPEND_UNSAFE(bytes, length, c);
  out.append(reinterpret_cast<const char*>(bytes), length);
}

}  // namespace telex::news
