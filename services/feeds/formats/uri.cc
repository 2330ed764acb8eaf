#include "feeds/formats/uri.h"

#include <absl/strings/ascii.h>
#include <fmt/format.h>
#include <unicode/uidna.h>

#include <algorithm>
#include <array>
#include <memory>

namespace telex::feeds {
namespace {

constexpr std::size_t kHostBytesMax = 255;  // RFC 1035 section 2.3.4

// Unreserved and reserved characters (RFC 3986 section 2), the brackets aside.
bool IsUriCharacter(char c) {
  static constexpr std::string_view kOthers = "-._~:/?#@!$&'()*+,;=";
  return absl::ascii_isalnum(c) || kOthers.find(c) != std::string_view::npos;
}

void AppendEscaped(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool escape = c == '%' && i + 2 < text.size() && absl::ascii_isxdigit(text[i + 1]) &&
                        absl::ascii_isxdigit(text[i + 2]);
    if (escape || IsUriCharacter(c)) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
}

// RFC 3986 section 3.1.
bool IsScheme(std::string_view text) {
  return !text.empty() && absl::ascii_isalpha(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(c) || c == '+' || c == '-' || c == '.';
         });
}

bool IsAddressOfIpv6(std::string_view host) {
  return host.size() > 2 && host.front() == '[' && host.back() == ']' &&
         std::all_of(host.begin() + 1, host.end() - 1,
                     [](char c) { return absl::ascii_isxdigit(c) || c == ':' || c == '.'; });
}

// None for what is no name of a host.
std::string InAscii(std::string_view host) {
  struct Close {
    void operator()(UIDNA* idna) const { uidna_close(idna); }
  };
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

void AppendHost(std::string_view host, std::string& out) {
  if (IsAddressOfIpv6(host)) {
    out += host;
    return;
  }
  std::string ascii;
  if (host.size() <= kHostBytesMax &&
      std::any_of(host.begin(), host.end(), [](unsigned char c) { return c >= 0x80; })) {
    ascii = InAscii(host);
  }
  AppendEscaped(ascii.empty() ? host : std::string_view(ascii), out);
}

}  // namespace

std::string UriOf(std::string_view address) {
  std::string uri;
  uri.reserve(address.size() + 16);
  const std::size_t scheme = address.find("://");
  if (scheme != std::string_view::npos && IsScheme(address.substr(0, scheme))) {
    uri += address.substr(0, scheme + 3);
    address.remove_prefix(scheme + 3);
    const std::string_view authority = address.substr(0, address.find_first_of("/\\?#"));
    address.remove_prefix(authority.size());
    const std::size_t colon = authority.find_last_not_of("0123456789");
    const bool port = colon != std::string_view::npos && authority[colon] == ':';
    AppendHost(authority.substr(0, port ? colon : authority.size()), uri);
    if (port) uri += authority.substr(colon);
  }
  const std::size_t path_end = std::min(address.find_first_of("?#"), address.size());
  std::string path(address.substr(0, path_end));
  std::replace(path.begin(), path.end(), '\\', '/');
  AppendEscaped(path, uri);
  address.remove_prefix(path_end);
  // The first # begins the fragment, which has no other.
  const std::size_t hash = std::min(address.find('#'), address.size());
  AppendEscaped(address.substr(0, hash), uri);
  if (hash == address.size()) return uri;
  uri += '#';
  std::string fragment;
  AppendEscaped(address.substr(hash + 1), fragment);
  for (const char c : fragment) {
    if (c == '#') {
      uri += "%23";
    } else {
      uri += c;
    }
  }
  return uri;
}

bool IsMediaType(std::string_view text) {
  const auto take_token = [&text] {
    static constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
    const auto end = std::find_if_not(text.begin(), text.end(), [](char c) {
      return absl::ascii_isalnum(c) || kOthers.find(c) != std::string_view::npos;
    });
    const auto size = static_cast<std::size_t>(end - text.begin());
    text.remove_prefix(size);
    return size > 0;
  };
  const auto take = [&text](char c) {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
  };
  const auto take_quoted = [&] {
    while (!text.empty() && text.front() != '"') {
      const auto c = static_cast<unsigned char>(text.front());
      if (c == '\\' || c < 0x20 || c >= 0x7F) return false;  // none of which a type has
      text.remove_prefix(1);
    }
    return take('"');
  };
  if (!take_token() || !take('/') || !take_token()) return false;
  while (!text.empty()) {
    while (take(' ')) {
    }
    if (!take(';')) return false;
    while (take(' ')) {
    }
    if (!take_token() || !take('=')) return false;
    if (take('"') ? !take_quoted() : !take_token()) return false;
  }
  return true;
}

}  // namespace telex::feeds
