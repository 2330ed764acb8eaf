// What is done to the ASCII letters and blanks of a text; all other bytes stay as they are. Pure.
#pragma once

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>

#include <string>
#include <string_view>

namespace telex::text {

// Without the blanks (space, \t, \n, \v, \f, \r) at its ends.
inline std::string_view TrimAscii(std::string_view text) {
  const absl::string_view trimmed =
      absl::StripAsciiWhitespace(absl::string_view(text.data(), text.size()));
  return {trimmed.data(), trimmed.size()};
}

inline std::string AsciiLower(std::string_view text) {
  return absl::AsciiStrToLower(absl::string_view(text.data(), text.size()));
}

inline std::string AsciiUpper(std::string_view text) {
  return absl::AsciiStrToUpper(absl::string_view(text.data(), text.size()));
}

inline bool StartsWithIgnoringAsciiCase(std::string_view text, std::string_view beginning) {
  return absl::StartsWithIgnoreCase(absl::string_view(text.data(), text.size()),
                                    absl::string_view(beginning.data(), beginning.size()));
}

// The value of a hexadecimal digit; of anything else nothing sensible.
inline int HexDigit(char c) {
  return absl::ascii_isdigit(static_cast<unsigned char>(c))
             ? c - '0'
             : absl::ascii_toupper(static_cast<unsigned char>(c)) - 'A' + 10;
}

}  // namespace telex::text
