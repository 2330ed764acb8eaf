#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace telex::config {

struct HostPort {
  std::string host;        // a name or an address; of IPv6 without the brackets
  std::uint16_t port = 0;  // 0: any free one, when listening

  std::string ToString() const;  // "host:port", "[v6]:port"

  friend bool operator==(const HostPort&, const HostPort&) = default;
};

// "host:port" or "[v6]:port" (RFC 3986, authority). nullopt for anything else, also for an empty
// host: to listen everywhere is said as 0.0.0.0 or [::].
std::optional<HostPort> ParseHostPort(std::string_view text);

}  // namespace telex::config
