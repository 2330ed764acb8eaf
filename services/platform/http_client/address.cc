#include "platform/http_client/address.h"

#include <algorithm>
#include <cstddef>

#include "platform/errors/status_macros.h"

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

}  // namespace

std::string_view SpecialPurposeOf(const IpAddress& address) {
  static const std::vector<SpecialPurpose> kV4Table = Parsed(kV4);
  static const std::vector<SpecialPurpose> kV6Table = Parsed(kV6);
  const IpAddress inner = net::Unwrapped(address);
  if (inner.is_v4()) return Found(kV4Table, inner);
  const std::string_view what = Found(kV6Table, inner);
  if (!what.empty()) return what;
  return GlobalUnicast().Contains(inner) ? "" : "not global unicast";
}

absl::StatusOr<AddressRules> AddressRules::Make(const AddressPolicy& policy) {
  AddressRules rules;
  ASSIGN_OR_RETURN(rules.allow_, net::ParseNetworks(policy.allow));
  rules.ports_ = policy.ports;
  rules.https_only_ = policy.https_only;
  return rules;
}

std::string_view AddressRules::Fault(const IpAddress& address) const {
  const IpAddress inner = net::Unwrapped(address);
  if (Contains(allow_, inner) || Contains(allow_, address)) return "";
  return SpecialPurposeOf(inner);
}

bool AddressRules::AllowsPort(std::uint16_t port) const {
  return ports_.empty() || std::find(ports_.begin(), ports_.end(), port) != ports_.end();
}

}  // namespace telex::http_client
