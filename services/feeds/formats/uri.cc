#include "feeds/formats/uri.h"

#include <absl/strings/ascii.h>

#include <algorithm>

#include "platform/text/uri.h"

namespace telex::feeds {
namespace {

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

void AppendHost(std::string_view host, std::string& out) {
  if (IsAddressOfIpv6(host)) {
    out += host;
    return;
  }
  std::string ascii;
  if (std::any_of(host.begin(), host.end(), [](unsigned char c) { return c >= 0x80; }))
    ascii = text::DomainToAscii(host);
  out += text::EscapedForUri(ascii.empty() ? host : std::string_view(ascii));
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
  uri += text::EscapedForUri(path);
  address.remove_prefix(path_end);
  // The first # begins the fragment, which has no other.
  const std::size_t hash = std::min(address.find('#'), address.size());
  uri += text::EscapedForUri(address.substr(0, hash));
  if (hash == address.size()) return uri;
  uri += '#';
  for (const char c : text::EscapedForUri(address.substr(hash + 1))) {
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
