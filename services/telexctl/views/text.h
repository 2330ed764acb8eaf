// Text for terminals: what came from outside must neither break a table nor steer the terminal.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::cli {

// The first code point of `text` and the bytes it takes; none at a byte that is no UTF-8.
struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 0;
};
std::optional<CodePoint> FirstCodePoint(std::string_view text);

bool IsUtf8(std::string_view text);

// Valid UTF-8 without control characters (C0 but for those `keep` names, DEL, C1) and without the
// marks that turn the direction of text around: U+FFFD or, for white space, a space in their place.
std::string Printable(std::string_view text, std::string_view keep = "");

// Unicode code points.
std::size_t WidthOf(std::string_view text);

// At most `width` code points, the last of them an ellipsis when something was cut.
std::string Cut(std::string_view text, std::size_t width);

std::string Hex(std::string_view bytes);

// As a shell reads it back: quoted when it must be.
std::string ShellQuoted(std::string_view text);
std::string ShellQuoted(const std::vector<std::string>& words);

}  // namespace telex::cli
