#pragma once

// Which addresses may be connected to: by default those that are public, so that nobody who can
// submit a URL reaches what stands inside (server-side request forgery). Pure, any thread.
//
// Public is what IANA's special-purpose registries (RFC 6890 and its successors; as of 2025) do
// not set aside, and for IPv6 global unicast (2000::/3) alone. Of the forms that carry an IPv4
// address, mapped (::ffff:0:0/96) and NAT64 (64:ff9b::/96) ones are as public as what they carry;
// 6to4, Teredo and the other obsolete ones are never.

#include <absl/status/statusor.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace telex::http_client {

class IpAddress {
 public:
  // "127.0.0.1", "2001:db8::1"; no brackets, no scope.
  static std::optional<IpAddress> Parse(std::string_view text);
  static IpAddress V4(std::span<const std::uint8_t, 4> bytes);
  static IpAddress V6(std::span<const std::uint8_t, 16> bytes);

  bool is_v4() const { return v4_; }
  std::span<const std::uint8_t> bytes() const { return {bytes_.data(), v4_ ? 4u : 16u}; }
  std::string ToString() const;

  friend bool operator==(const IpAddress&, const IpAddress&) = default;

 private:
  bool v4_ = true;
  std::array<std::uint8_t, 16> bytes_{};  // the first 4 of them for v4
};

// "10.0.0.0/8", "fd00::/8"; an address alone is a network of one.
class Network {
 public:
  // INVALID_ARGUMENT when it is none, or has bits beyond its prefix.
  static absl::StatusOr<Network> Parse(std::string_view text);
  bool Contains(const IpAddress& address) const;

 private:
  IpAddress first_;
  int prefix_bits_ = 0;
};

// What a mapped or NAT64 address carries, or the address itself.
IpAddress Unwrapped(const IpAddress& address);

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
