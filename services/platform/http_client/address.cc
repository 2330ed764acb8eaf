#include "platform/http_client/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace telex::http_client {
namespace {

struct SpecialPurpose {
  Network network;
  std::string_view what;
};

struct Entry {
  std::string_view network;
  std::string_view what;
};

// iana-ipv4-special-registry, without the blocks that are globally reachable (192.31.196.0/24,
// 192.52.193.0/24, 192.175.48.0/24); multicast; and what clouds serve their metadata on although
// it is public.
constexpr Entry kV4[] = {
    {"0.0.0.0/8", "this network"},
    {"10.0.0.0/8", "private use"},
    {"100.64.0.0/10", "carrier-grade NAT"},
    {"127.0.0.0/8", "loopback"},
    {"168.63.129.16", "cloud metadata"},
    {"169.254.0.0/16", "link-local"},
    {"172.16.0.0/12", "private use"},
    {"192.0.0.0/24", "IETF protocol assignments"},
    {"192.0.2.0/24", "documentation"},
    {"192.88.99.0/24", "6to4 relay"},
    {"192.168.0.0/16", "private use"},
    {"198.18.0.0/15", "benchmarking"},
    {"198.51.100.0/24", "documentation"},
    {"203.0.113.0/24", "documentation"},
    {"224.0.0.0/4", "multicast"},
    {"255.255.255.255", "broadcast"},
    {"240.0.0.0/4", "reserved"},
};

// iana-ipv6-special-registry: what people know by name first, then what of 2000::/3 is set aside.
constexpr Entry kV6[] = {
    {"::", "unspecified"},
    {"::1", "loopback"},
    {"::/96", "IPv4-compatible"},
    {"fc00::/7", "unique local"},
    {"fe80::/10", "link-local"},
    {"fec0::/10", "site-local"},
    {"ff00::/8", "multicast"},
    {"64:ff9b:1::/48", "local NAT64"},
    {"100::/64", "discard"},
    {"2001::/32", "Teredo"},
    {"2001:db8::/32", "documentation"},
    {"2001::/23", "IETF protocol assignments"},
    {"2002::/16", "6to4"},
    {"3fff::/20", "documentation"},
};

template <std::size_t kCount>
std::vector<SpecialPurpose> Parsed(const Entry (&entries)[kCount]) {
  std::vector<SpecialPurpose> parsed;
  for (const Entry& entry : entries) {
    parsed.push_back({Network::Parse(entry.network).value(), entry.what});
  }
  return parsed;
}

std::string_view Found(const std::vector<SpecialPurpose>& table, const IpAddress& address) {
  for (const SpecialPurpose& entry : table) {
    if (entry.network.Contains(address)) return entry.what;
  }
  return "";
}

const Network& GlobalUnicast() {
  static const Network network = Network::Parse("2000::/3").value();
  return network;
}

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

std::string_view SpecialPurposeOf(const IpAddress& address) {
  static const std::vector<SpecialPurpose> kV4Table = Parsed(kV4);
  static const std::vector<SpecialPurpose> kV6Table = Parsed(kV6);
  const IpAddress inner = Unwrapped(address);
  if (inner.is_v4()) return Found(kV4Table, inner);
  const std::string_view what = Found(kV6Table, inner);
  if (!what.empty()) return what;
  return GlobalUnicast().Contains(inner) ? "" : "not global unicast";
}

absl::StatusOr<AddressRules> AddressRules::Make(const AddressPolicy& policy) {
  AddressRules rules;
  for (const std::string& text : policy.allow) {
    auto network = Network::Parse(text);
    if (!network.ok()) return network.status();
    rules.allow_.push_back(*network);
  }
  rules.ports_ = policy.ports;
  rules.https_only_ = policy.https_only;
  return rules;
}

std::string_view AddressRules::Fault(const IpAddress& address) const {
  const IpAddress inner = Unwrapped(address);
  for (const Network& network : allow_) {
    if (network.Contains(inner) || network.Contains(address)) return "";
  }
  return SpecialPurposeOf(inner);
}

bool AddressRules::AllowsPort(std::uint16_t port) const {
  return ports_.empty() || std::find(ports_.begin(), ports_.end(), port) != ports_.end();
}

}  // namespace telex::http_client
