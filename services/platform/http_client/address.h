#pragma once

// Which addresses may be connected to: by default those that are public, so that nobody who can
// submit a URL reaches what stands inside (server-side request forgery). Pure, any thread.
//
// Public is what IANA's special-purpose registries (RFC 6890 and its successors; as of 2025) do
// not set aside, and for IPv6 global unicast (2000::/3) alone. Of the forms that carry an IPv4
// address, mapped (::ffff:0:0/96) and NAT64 (64:ff9b::/96) ones are as public as what they carry;
// 6to4, Teredo and the other obsolete ones are never.

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "platform/net/ip_address.h"

namespace telex::http_client {

using net::IpAddress;
using net::Network;

// What an address is that is not public: "loopback", "private use"; "" for a public one.
std::string_view SpecialPurposeOf(const IpAddress& address);

struct AddressPolicy {
  // Networks that are allowed although they are not public, e.g. {"127.0.0.0/8"} in tests, an
  // engine's network inside a cluster. {"0.0.0.0/0", "::/0"}: everything.
  std::vector<std::string> allow;
  std::vector<std::uint16_t> ports;  // no others are asked; empty: any
  bool https_only = false;
};

// A policy, made ready. Immutable.
class AddressRules {
 public:
  // INVALID_ARGUMENT names the network that cannot be read.
  static absl::StatusOr<AddressRules> Make(const AddressPolicy& policy);

  // Why the address may not be connected to; "" when it may.
  std::string_view Fault(const IpAddress& address) const;
  bool AllowsPort(std::uint16_t port) const;
  bool https_only() const { return https_only_; }

 private:
  std::vector<Network> allow_;
  std::vector<std::uint16_t> ports_;
  bool https_only_ = false;
};

}  // namespace telex::http_client
