// Who it is that asks, by address. Pure, any thread.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "platform/net/ip_address.h"

namespace telex::views {

using net::IpAddress;
using net::Network;

// The header that the proxies in front write. Only one is believed: the other may be a client's.
enum class ForwardedBy { kXForwardedFor, kForwarded };

// The peer, or, where the peer is one of `proxies`, the rightmost address in `forwarded` that is
// none: whatever stands to the left of it anybody may have written. What cannot be read ends the
// walk at the proxy that passed it on. nullopt: the peer's address cannot be read.
std::optional<IpAddress> ClientAddress(std::string_view peer, std::string_view forwarded,
                                       ForwardedBy by, const std::vector<Network>& proxies);

// Its bytes, as visitors are hashed.
std::string_view BytesOf(const IpAddress& address);
// What a limit counts as one: an address of v4, the /64 of one of v6.
std::string_view LimitKeyOf(const IpAddress& address);

}  // namespace telex::views
