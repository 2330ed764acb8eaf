#pragma once

#include <absl/status/status.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace telex::ingestion {

// Where the first byte stands that is no UTF-8 (RFC 3629); nothing when all of it is.
std::optional<std::size_t> FirstInvalidUtf8(std::string_view bytes);

// OK, or a refusal of `document`: DOCUMENT_TOO_LARGE beyond kDocumentBytesMax, NOT_UTF8 naming the
// byte's offset.
absl::Status CheckDocumentBytes(std::string_view bytes);

// The text as it should have been typed: one kind of line end (\n), one kind of space, no invisible
// characters (byte order mark, soft hyphen, zero-width and direction marks), no control characters,
// composed (NFC).
struct CleanText {
  std::string text;
  std::size_t controls_replaced = 0;  // control characters that became spaces
  std::size_t damaged = 0;            // U+FFFD that stand in the text: lost before it came here
  std::size_t marks_dropped = 0;      // combining marks beyond kMarksMax on one letter
};
// `utf8` is valid UTF-8.
CleanText CleanUnicode(std::string_view utf8);

// Normalising is quadratic in the marks that follow one letter; UAX #15 (stream-safe) bounds them
// to 30.
inline constexpr int kMarksMax = 30;

// Lower case without regard to language, for comparing with word tables.
std::string LowerCase(std::string_view utf8);

// Reads the code point at `at` and moves past it; `at` < utf8.size(). U+FFFD for what is no UTF-8.
char32_t NextCodePoint(std::string_view utf8, std::size_t& at);

void AppendUtf8(char32_t code_point, std::string& out);

// How a piece of text looks to the eye.
struct TextShape {
  int letters = 0;
  int digits = 0;
  int words = 0;  // runs of letters and digits
  int capital_words =
      0;  // of them, those that begin with a capital (or a letter that knows no case)
  bool all_caps = false;      // at least two letters, none of them small
  bool starts_small = false;  // the first letter is a small one
  bool ends_sentence =
      false;          // with . ! ? … ։ and the like, behind which quotes and brackets may stand
  char32_t last = 0;  // the last code point, quotes and brackets aside
};
TextShape ShapeOf(std::string_view utf8);

}  // namespace telex::ingestion
