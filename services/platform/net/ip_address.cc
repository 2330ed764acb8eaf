#include "platform/net/ip_address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "platform/errors/status_macros.h"

namespace telex::net {
namespace {

bool HasBitsBeyond(std::span<const std::uint8_t> bytes, int prefix_bits) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const int kept = std::clamp(prefix_bits - static_cast<int>(i) * 8, 0, 8);
    if ((bytes[i] & (0xff >> kept)) != 0) return true;
  }
  return false;
}

}  // namespace

std::optional<IpAddress> IpAddress::Parse(std::string_view text) {
  const std::string copy(text);
  if (copy.size() != std::char_traits<char>::length(copy.c_str())) return std::nullopt;
  IpAddress address;
  if (inet_pton(AF_INET, copy.c_str(), address.bytes_.data()) == 1) return address;
  address.v4_ = false;
  if (inet_pton(AF_INET6, copy.c_str(), address.bytes_.data()) == 1) return address;
  return std::nullopt;
}

IpAddress IpAddress::V4(std::span<const std::uint8_t, 4> bytes) {
  IpAddress address;
  std::copy(bytes.begin(), bytes.end(), address.bytes_.begin());
  return address;
}

IpAddress IpAddress::V6(std::span<const std::uint8_t, 16> bytes) {
  IpAddress address;
  address.v4_ = false;
  std::copy(bytes.begin(), bytes.end(), address.bytes_.begin());
  return address;
}

std::string IpAddress::ToString() const {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(v4_ ? AF_INET : AF_INET6, bytes_.data(), text, sizeof text);
  return text;
}

absl::StatusOr<Network> Network::Parse(std::string_view text) {
  const auto refused = [text](std::string_view why) {
    return absl::InvalidArgumentError(fmt::format("{} is no network: {}", text, why));
  };
  const auto slash = text.find('/');
  const auto first = IpAddress::Parse(text.substr(0, slash));
  if (!first) return refused("write it as 10.0.0.0/8 or fd00::/8");
  Network network;
  network.first_ = *first;
  network.prefix_bits_ = first->is_v4() ? 32 : 128;
  if (slash == std::string_view::npos) return network;
  const std::string_view digits = text.substr(slash + 1);
  int bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc() || end != digits.data() + digits.size() || bits < 0 ||
      bits > network.prefix_bits_) {
    return refused(fmt::format("its prefix is 0 to {} bits", network.prefix_bits_));
  }
  network.prefix_bits_ = bits;
  if (HasBitsBeyond(first->bytes(), bits)) return refused("it has bits beyond its prefix");
  return network;
}

bool Network::Contains(const IpAddress& address) const {
  if (address.is_v4() != first_.is_v4()) return false;
  const auto ours = first_.bytes();
  const auto theirs = address.bytes();
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const int kept = std::clamp(prefix_bits_ - static_cast<int>(i) * 8, 0, 8);
    const auto mask = static_cast<std::uint8_t>(0xff00 >> kept);
    if ((ours[i] & mask) != (theirs[i] & mask)) return false;
  }
  return true;
}

IpAddress Unwrapped(const IpAddress& address) {
  static const Network kMapped = Network::Parse("::ffff:0:0/96").value();
  static const Network kNat64 = Network::Parse("64:ff9b::/96").value();
  if (!kMapped.Contains(address) && !kNat64.Contains(address)) return address;
  return IpAddress::V4(address.bytes().last<4>());
}

absl::StatusOr<std::vector<Network>> ParseNetworks(const std::vector<std::string>& texts) {
  std::vector<Network> networks;
  for (const std::string& text : texts) {
    ASSIGN_OR_RETURN(const Network network, Network::Parse(text));
    networks.push_back(network);
  }
  return networks;
}

bool Contains(const std::vector<Network>& networks, const IpAddress& address) {
  return std::any_of(networks.begin(), networks.end(),
                     [&](const Network& network) { return network.Contains(address); });
}

}  // namespace telex::net
