#include "ingestion/domain/web_address.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "platform/text/ascii.h"
#include "platform/text/uri.h"

namespace telex::ingestion {
namespace {

// What stands behind "://".
struct Parts {
  std::string host;       // as HostOf has it
  std::string_view port;  // empty where it is that of http or https
  std::string_view rest;
};

std::string CanonicalHost(std::string_view printed) {
  constexpr std::string_view kWww = "www.";
  while (printed.ends_with('.')) printed.remove_suffix(1);
  std::string host = text::DomainToAscii(printed);
  if (host.empty()) host = text::AsciiLower(printed);  // of IPv6, with an underscore
  if (host.starts_with(kWww)) host.erase(0, kWww.size());
  return host;
}

Parts PartsOf(std::string_view address) {
  address = text::TrimAscii(address);
  const auto scheme = address.find("://");
  if (scheme == std::string_view::npos) return {};
  address.remove_prefix(scheme + 3);
  std::string_view authority = address.substr(0, address.find_first_of("/\\?#"));
  Parts parts{.rest = address.substr(authority.size())};
  const std::size_t colon = authority.find_last_not_of("0123456789");
  if (colon != std::string_view::npos && authority[colon] == ':') {
    parts.port = authority.substr(colon + 1);
    if (parts.port == "80" || parts.port == "443") parts.port = {};
    authority = authority.substr(0, colon);
  }
  parts.host = CanonicalHost(authority);
  return parts;
}

std::string CanonicalPath(std::string path) {
  std::replace(path.begin(), path.end(), '\\', '/');  // as browsers have it
  path = text::WithoutDotSegments(text::NormalEscapes(text::EscapedForUri(path)));
  path.resize(path.find_last_not_of('/') + 1);
  return path;
}

// Says who sent the reader, and nothing of the page: newsletters, social networks and advertisers
// append it.
bool IsTracking(std::string_view parameter) {
  static constexpr std::array kNames = std::to_array<std::string_view>(
      {"fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "twclid", "ttclid",
       "yclid", "ysclid", "_openstat", "igshid", "igsh", "mc_cid", "mc_eid"});
  const std::string name = text::AsciiLower(parameter.substr(0, parameter.find('=')));
  return name.starts_with("utm_") || std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

// With its '?'; empty where nothing is asked for.
std::string CanonicalQuery(std::string_view printed) {
  const std::string query = text::NormalEscapes(text::EscapedForUri(printed));
  std::string kept;
  for (std::string_view rest = query; !rest.empty();) {
    const std::string_view parameter = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(parameter.size() + 1, rest.size()));
    if (parameter.empty() || IsTracking(parameter)) continue;
    kept += kept.empty() ? '?' : '&';
    kept += parameter;
  }
  return kept;
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

std::string HostOf(std::string_view address) { return PartsOf(address).host; }

std::string ComparableAddress(std::string_view address) {
  auto [comparable, port, rest] = PartsOf(address);
  if (comparable.empty()) return comparable;
  if (!port.empty()) comparable.append(":").append(port);
  rest = rest.substr(0, rest.find('#'));
  const std::size_t path_end = std::min(rest.find('?'), rest.size());
  comparable += CanonicalPath(std::string(rest.substr(0, path_end)));
  comparable += CanonicalQuery(rest.substr(std::min(path_end + 1, rest.size())));
  return comparable;
}

}  // namespace telex::ingestion
