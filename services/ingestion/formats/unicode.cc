#include "ingestion/formats/unicode.h"

#include <fmt/format.h>
#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>

#include "ingestion/formats/input_format.h"
#include "platform/errors/errors.h"

namespace telex::ingestion {
namespace {

// Code points that are not seen and say nothing in running text.
bool IsInvisible(char32_t c) {
  return c == 0xFEFF || c == 0x00AD || c == 0x200B || c == 0x2060 || c == 0x180E || c == 0x200E ||
         c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2061 && c <= 0x2064) ||
         (c >= 0x2066 && c <= 0x2069) || (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
}

// Joiners carry meaning in the scripts from Hebrew on and in emoji; between Latin or Cyrillic
// letters they are dirt.
bool IsStrayJoiner(char32_t c, char32_t before) {
  return (c == 0x200C || c == 0x200D) && before < 0x0590;
}

bool IsLineEnd(char32_t c) {
  return c == '\n' || c == '\r' || c == 0x0B || c == 0x0C || c == 0x85 || c == 0x2028 ||
         c == 0x2029;
}

bool IsControl(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

bool IsSpace(char32_t c) {
  return c == ' ' || c == '\t' || u_charType(static_cast<UChar32>(c)) == U_SPACE_SEPARATOR;
}

bool EndsSentence(char32_t c) {
  switch (c) {
    case '.':
    case '!':
    case '?':
    case 0x2026:  // …
    case 0x0589:  // ։ Armenian
    case 0x061F:
    case 0x06D4:
    case 0x0964:  // ؟ ۔ ।
    case 0x3002:
    case 0xFF01:
    case 0xFF1F:
    case 0x203C:
    case 0x2049:
      return true;
    default:
      return false;
  }
}

// What may stand behind the end of a sentence: quotes, brackets, footnote marks.
bool IsClosing(char32_t c) {
  switch (c) {
    case '"':
    case '\'':
    case ')':
    case ']':
    case '*':
    case 0x00BB:
    case 0x00AB:
    case 0x2018:
    case 0x2019:
    case 0x201A:
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0x203A:
    case 0x300D:
    case 0x300F:
      return true;
    default:
      return false;
  }
}

std::string Composed(std::string text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(error);
  if (U_FAILURE(error) || nfc->isNormalizedUTF8(text, error)) return text;
  std::string composed;
  composed.reserve(text.size());
  icu::StringByteSink<std::string> sink(&composed);
  error = U_ZERO_ERROR;
  nfc->normalizeUTF8(0, text, sink, nullptr, error);
  return U_FAILURE(error) ? text : composed;
}

}  // namespace

std::optional<std::size_t> FirstInvalidUtf8(std::string_view bytes) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const std::size_t size = bytes.size();
  std::size_t at = 0;
  while (at < size) {
    if (data[at] < 0x80) {
      ++at;
      continue;
    }
    const std::size_t start = at;
    UChar32 c = 0;
    U8_NEXT(data, at, size, c);
    if (c < 0) return start;
  }
  return std::nullopt;
}

absl::Status CheckDocumentBytes(std::string_view bytes) {
  if (bytes.size() > kDocumentBytesMax) {
    return errors::FieldError(
        kDocumentField, errors::kDocumentTooLarge,
        fmt::format("{} bytes; at most {} are taken", bytes.size(), kDocumentBytesMax));
  }
  if (const auto offset = FirstInvalidUtf8(bytes)) {
    return errors::WithMetadata(
        errors::FieldError(
            kDocumentField, errors::kNotUtf8,
            fmt::format("byte {} (0x{:02x}) is not UTF-8; hand the document in as UTF-8", *offset,
                        static_cast<unsigned char>(bytes[*offset]))),
        "byte_offset", fmt::format("{}", *offset));
  }
  return absl::OkStatus();
}

char32_t NextCodePoint(std::string_view utf8, std::size_t& at) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(utf8.data());
  UChar32 c = 0;
  U8_NEXT_OR_FFFD(data, at, utf8.size(), c);
  return static_cast<char32_t>(c);
}

void AppendUtf8(char32_t code_point, std::string& out) {
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
    return;
  }
  std::uint8_t buffer[U8_MAX_LENGTH];
  int length = 0;
  U8_APPEND_UNSAFE(buffer, length, code_point);
  out.append(reinterpret_cast<const char*>(buffer), static_cast<std::size_t>(length));
}

CleanText CleanUnicode(std::string_view utf8) {
  CleanText clean;
  std::string out;
  out.reserve(utf8.size());
  char32_t before = '\n';
  int marks = 0;
  for (std::size_t at = 0; at < utf8.size();) {
    const char32_t c = NextCodePoint(utf8, at);
    if (IsLineEnd(c)) {
      if (c == '\r' && at < utf8.size() && utf8[at] == '\n') ++at;
      out += '\n';
      before = '\n';
      continue;
    }
    if (IsInvisible(c) || IsStrayJoiner(c, before)) continue;
    if (c >= 0x300 && u_getCombiningClass(static_cast<UChar32>(c)) != 0) {
      if (++marks > kMarksMax) {
        ++clean.marks_dropped;
        continue;
      }
    } else {
      marks = 0;
    }
    const bool control = IsControl(c) && c != '\t';
    if (control) ++clean.controls_replaced;
    if (c == 0xFFFD) ++clean.damaged;
    before = control || IsSpace(c) ? U' ' : c;
    AppendUtf8(before, out);
  }
  clean.text = Composed(std::move(out));
  return clean;
}

std::string LowerCase(std::string_view utf8) {
  std::string lower;
  lower.reserve(utf8.size());
  for (std::size_t at = 0; at < utf8.size();) {
    const char32_t c = NextCodePoint(utf8, at);
    // The dotted capital I of Turkish and Azerbaijani is small i for tables, not i and a combining
    // dot.
    AppendUtf8(c == 0x0130 ? U'i' : static_cast<char32_t>(u_tolower(static_cast<UChar32>(c))),
               lower);
  }
  return lower;
}

TextShape ShapeOf(std::string_view utf8) {
  TextShape shape;
  int small = 0;
  bool in_word = false;
  char32_t last_letter = 0;
  for (std::size_t at = 0; at < utf8.size();) {
    const auto c = static_cast<UChar32>(NextCodePoint(utf8, at));
    const bool letter = u_isalpha(c);
    const bool mark = !letter && (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
    if (letter) {
      const bool lower = u_islower(c);
      if (shape.letters == 0) shape.starts_small = lower;
      if (!in_word && !lower) ++shape.capital_words;
      ++shape.letters;
      if (lower) ++small;
      last_letter = static_cast<char32_t>(c);
    }
    const bool digit = !letter && u_isdigit(c);
    if (digit) ++shape.digits;
    // Apostrophes and hyphens join: "Russia’s" and "long-sought" are one word each.
    const bool joins =
        c == '\'' || c == '-' || c == 0x2019 || c == 0x055B || c == 0x055E || c == 0x055C;
    if (letter || digit) {
      if (!in_word) ++shape.words;
      in_word = true;
    } else if (!mark && !joins) {
      in_word = false;
    }
    if (c != ' ' && !IsClosing(static_cast<char32_t>(c))) shape.last = static_cast<char32_t>(c);
  }
  shape.all_caps = shape.letters >= 2 && small == 0;
  // Armenian text is often typed with the Latin colon for its full stop.
  const bool armenian_stop =
      shape.last == ':' && last_letter >= 0x0531 && last_letter <= 0x0587 && shape.letters >= 40;
  shape.ends_sentence = EndsSentence(shape.last) || armenian_stop;
  return shape;
}

}  // namespace telex::ingestion
