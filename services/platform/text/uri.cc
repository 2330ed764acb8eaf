#include "platform/text/uri.h"

#include <absl/strings/ascii.h>
#include <unicode/uidna.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "platform/text/ascii.h"

namespace telex::text {
namespace {

constexpr std::size_t kHostBytesMax = 255;  // RFC 1035 section 2.3.4

bool IsUnreserved(char c) {
  return absl::ascii_isalnum(c) || std::string_view("-._~").find(c) != std::string_view::npos;
}

// Unreserved and reserved characters, the brackets aside.
bool IsUriCharacter(char c) {
  return IsUnreserved(c) || std::string_view(":/?#@!$&'()*+,;=").find(c) != std::string_view::npos;
}

bool IsEscapeAt(std::string_view text, std::size_t i) {
  return text[i] == '%' && i + 2 < text.size() && absl::ascii_isxdigit(text[i + 1]) &&
         absl::ascii_isxdigit(text[i + 2]);
}

void AppendEscape(char c, std::string& out) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out += '%';
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
}

}  // namespace

std::string DomainToAscii(std::string_view host) {
  struct Close {
    void operator()(UIDNA* idna) const { uidna_close(idna); }
  };
  if (host.size() > kHostBytesMax) return {};
  UErrorCode fault = U_ZERO_ERROR;
  const std::unique_ptr<UIDNA, Close> idna(uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII, &fault));
  if (U_FAILURE(fault)) return {};
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  std::array<char, kHostBytesMax + 1> ascii{};
  const auto size =
      uidna_nameToASCII_UTF8(idna.get(), host.data(), static_cast<std::int32_t>(host.size()),
                             ascii.data(), static_cast<std::int32_t>(ascii.size()), &info, &fault);
  if (U_FAILURE(fault) || info.errors != 0 || size <= 0) return {};
  return std::string(ascii.data(), static_cast<std::size_t>(size));
}

std::string EscapedForUri(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (IsUriCharacter(text[i]) || IsEscapeAt(text, i)) {
      out += text[i];
    } else {
      AppendEscape(text[i], out);
    }
  }
  return out;
}

std::string NormalEscapes(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!IsEscapeAt(text, i)) {
      out += text[i];
      continue;
    }
    const char c = static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2]));
    if (IsUnreserved(c)) {
      out += c;
    } else {
      AppendEscape(c, out);
    }
    i += 2;
  }
  return out;
}

std::string WithoutDotSegments(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const std::size_t next = std::min(path.find('/', 1), path.size());
    const std::string_view segment = path.substr(0, next);  // with the slash before it
    path.remove_prefix(next);
    const bool last = path.empty();
    if (segment == "/..") out.resize(std::min(out.rfind('/'), out.size()));
    if (segment != "/." && segment != "/..") {
      out += segment;
    } else if (last) {
      out += '/';
    }
  }
  return out;
}

}  // namespace telex::text
