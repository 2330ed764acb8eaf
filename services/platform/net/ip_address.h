#pragma once

#include <absl/status/statusor.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace telex::net {

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

// INVALID_ARGUMENT names the one that is no network.
absl::StatusOr<std::vector<Network>> ParseNetworks(const std::vector<std::string>& texts);
bool Contains(const std::vector<Network>& networks, const IpAddress& address);

}  // namespace telex::net
