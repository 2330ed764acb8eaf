#include "telexctl/requests/document_text.h"

#include <fmt/format.h>
#include <unicode/unistr.h>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "platform/errors/errors.h"

namespace telex::cli {
namespace {

constexpr std::string_view kLittleEndian = "\xff\xfe";
constexpr std::string_view kBigEndian = "\xfe\xff";

std::string FromUtf16(std::string_view bytes, std::size_t high) {
  icu::UnicodeString text;
  for (std::size_t i = 2; i + 1 < bytes.size(); i += 2) {  // behind the mark
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[i + at]); };
    text.append(static_cast<char16_t>(byte(high) << 8 | byte(1 - high)));
  }
  std::string utf8;
  text.toUTF8String(utf8);  // half a pair becomes U+FFFD
  return utf8;
}

struct Signature {
  std::string_view begins;
  std::string_view what;
};
constexpr std::array kSignatures = std::to_array<Signature>({
    {"%PDF-", "a PDF"},
    {"PK\x03\x04", "a word processor's file, or a zip archive"},
    {"\xd0\xcf\x11\xe0", "a word processor's file"},
    {"{\\rtf", "a word processor's file (RTF)"},
    {"\x89PNG", "a picture"},
    {"\xff\xd8\xff", "a picture"},
    {"GIF8", "a picture"},
});

// None for text.
std::optional<std::string_view> BinaryKind(std::string_view bytes) {
  for (const Signature& signature : kSignatures) {
    if (bytes.starts_with(signature.begins)) return signature.what;
  }
  if (bytes.find('\0') != bytes.npos) return "a binary file";
  return std::nullopt;
}

}  // namespace

absl::StatusOr<std::string> DocumentText(std::string bytes) {
  if (bytes.starts_with(kLittleEndian)) return FromUtf16(bytes, 1);
  if (bytes.starts_with(kBigEndian)) return FromUtf16(bytes, 0);
  const auto kind = BinaryKind(bytes);
  if (!kind) return bytes;
  return errors::WithMetadata(
      errors::FieldError("document", errors::kNotUtf8, fmt::format("is {}, not text", *kind)),
      "binary", *kind);
}

}  // namespace telex::cli
