#include "ingestion/domain/web_address.h"

#include <algorithm>
#include <utility>

#include "platform/text/ascii.h"

namespace telex::ingestion {
namespace {

// What stands behind "://", in two parts: host and port in lower case without "www.", and the rest.
struct Parts {
  std::string authority;
  std::string_view rest;
};

Parts PartsOf(std::string_view address) {
  constexpr std::string_view kWww = "www.";
  const auto scheme = address.find("://");
  if (scheme == std::string_view::npos) return {};
  address.remove_prefix(scheme + 3);
  const std::size_t end = std::min(address.find_first_of("/?#"), address.size());
  std::string authority = text::AsciiLower(address.substr(0, end));
  if (authority.starts_with(kWww)) authority.erase(0, kWww.size());
  return {std::move(authority), address.substr(end)};
}

}  // namespace

bool IsWebAddress(std::string_view text) {
  const std::string lower = text::AsciiLower(text.substr(0, 8));
  std::string_view rest;
  if (lower.starts_with("https://")) {
    rest = text.substr(8);
  } else if (lower.starts_with("http://")) {
    rest = text.substr(7);
  } else {
    return false;
  }
  const std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
  if (host.empty() || host.find('@') != std::string_view::npos) return false;
  return std::none_of(text.begin(), text.end(), [](unsigned char c) {
    return c <= 0x20 || c == 0x7f || c == '"' || c == '<' || c == '>';
  });
}

std::string HostOf(std::string_view address) {
  std::string host = PartsOf(address).authority;
  host.resize(std::min(host.find(':'), host.size()));
  return host;
}

std::string ComparableAddress(std::string_view address) {
  auto [comparable, rest] = PartsOf(address);
  if (comparable.empty()) return comparable;
  rest = rest.substr(0, rest.find('#'));
  const std::size_t path_end = std::min(rest.find('?'), rest.size());
  std::string_view path = rest.substr(0, path_end);
  while (path.ends_with('/')) path.remove_suffix(1);
  comparable += path;
  comparable += rest.substr(path_end);
  return comparable;
}

}  // namespace telex::ingestion
