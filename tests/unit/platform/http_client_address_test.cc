#include <gtest/gtest.h>

#include "platform/http_client/address.h"

namespace telex::http_client {
namespace {

IpAddress Address(std::string_view text) {
  const auto address = IpAddress::Parse(text);
  EXPECT_TRUE(address.has_value()) << text;
  return address.value_or(IpAddress());
}

struct Case {
  const char* address;
  const char* what;  // "" = public
};

// The first and the last of each block, and their neighbours, after iana-ipv4-special-registry.
TEST(SpecialPurposeOf, V4AsIanaHasThem) {
  const Case cases[] = {
      {"0.0.0.0", "this network"},
      {"0.255.255.255", "this network"},
      {"1.0.0.0", ""},
      {"1.1.1.1", ""},
      {"8.8.8.8", ""},
      {"9.255.255.255", ""},
      {"10.0.0.0", "private use"},
      {"10.255.255.255", "private use"},
      {"11.0.0.0", ""},
      {"100.63.255.255", ""},
      {"100.64.0.0", "carrier-grade NAT"},
      {"100.100.100.200", "carrier-grade NAT"},  // a cloud's metadata
      {"100.127.255.255", "carrier-grade NAT"},
      {"100.128.0.0", ""},
      {"126.255.255.255", ""},
      {"127.0.0.1", "loopback"},
      {"127.255.255.255", "loopback"},
      {"128.0.0.0", ""},
      {"168.63.129.15", ""},
      {"168.63.129.16", "cloud metadata"},
      {"169.253.255.255", ""},
      {"169.254.0.0", "link-local"},
      {"169.254.169.254", "link-local"},  // most clouds' metadata
      {"169.255.0.0", ""},
      {"172.15.255.255", ""},
      {"172.16.0.0", "private use"},
      {"172.31.255.255", "private use"},
      {"172.32.0.0", ""},
      {"191.255.255.255", ""},
      {"192.0.0.0", "IETF protocol assignments"},
      {"192.0.0.192", "IETF protocol assignments"},  // a cloud's metadata
      {"192.0.1.0", ""},
      {"192.0.2.1", "documentation"},
      {"192.0.3.0", ""},
      {"192.31.196.1", ""},
      {"192.52.193.1", ""},
      {"192.88.99.1", "6to4 relay"},
      {"192.167.255.255", ""},
      {"192.168.0.0", "private use"},
      {"192.168.255.255", "private use"},
      {"192.169.0.0", ""},
      {"192.175.48.1", ""},
      {"198.17.255.255", ""},
      {"198.18.0.0", "benchmarking"},
      {"198.19.255.255", "benchmarking"},
      {"198.20.0.0", ""},
      {"198.51.100.1", "documentation"},
      {"203.0.113.255", "documentation"},
      {"203.0.114.0", ""},
      {"223.255.255.255", ""},
      {"224.0.0.1", "multicast"},
      {"239.255.255.255", "multicast"},
      {"240.0.0.0", "reserved"},
      {"255.255.255.254", "reserved"},
      {"255.255.255.255", "broadcast"},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(SpecialPurposeOf(Address(one.address)), one.what) << one.address;
  }
}

// After iana-ipv6-special-registry and the space that IANA has given out (2000::/3).
TEST(SpecialPurposeOf, V6AsIanaHasThem) {
  const Case cases[] = {
      {"::", "unspecified"},
      {"::1", "loopback"},
      {"::2", "IPv4-compatible"},
      {"::127.0.0.1", "IPv4-compatible"},
      {"::8.8.8.8", "IPv4-compatible"},
      {"::ffff:0:127.0.0.1", "not global unicast"},  // IPv4-translated
      {"64:ff9b:1::1", "local NAT64"},
      {"64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "local NAT64"},
      {"100::", "discard"},
      {"100:0:0:1::1", "not global unicast"},
      {"1fff::1", "not global unicast"},
      {"2000::1", ""},
      {"2001::1", "Teredo"},
      {"2001:1::1", "IETF protocol assignments"},
      {"2001:20::1", "IETF protocol assignments"},  // ORCHIDv2
      {"2001:1ff:ffff::1", "IETF protocol assignments"},
      {"2001:200::1", ""},
      {"2001:4860:4860::8888", ""},
      {"2001:db7:ffff::1", ""},
      {"2001:db8::1", "documentation"},
      {"2001:db8:ffff:ffff::1", "documentation"},
      {"2001:db9::1", ""},
      {"2002::1", "6to4"},
      {"2002:0808:0808::1", "6to4"},
      {"2002:7f00:1::1", "6to4"},  // of 127.0.0.1
      {"2003::1", ""},
      {"2606:4700:4700::1111", ""},
      {"2620:4f:8000::1", ""},
      {"3ffe:ffff::1", ""},
      {"3fff::1", "documentation"},
      {"3fff:fff:ffff::1", "documentation"},
      {"3fff:1000::1", ""},
      {"4000::1", "not global unicast"},
      {"5f00::1", "not global unicast"},  // segment routing
      {"fbff::1", "not global unicast"},
      {"fc00::1", "unique local"},
      {"fd00:ec2::254", "unique local"},  // a cloud's metadata
      {"fe80::1", "link-local"},
      {"febf:ffff::1", "link-local"},
      {"fec0::1", "site-local"},
      {"ff02::1", "multicast"},
      {"ffff::", "multicast"},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(SpecialPurposeOf(Address(one.address)), one.what) << one.address;
  }
}

TEST(SpecialPurposeOf, ACarriedAddressCountsForWhatCarriesIt) {
  const Case cases[] = {
      {"::ffff:127.0.0.1", "loopback"},
      {"::ffff:7f00:1", "loopback"},
      {"::ffff:10.1.2.3", "private use"},
      {"::ffff:169.254.169.254", "link-local"},
      {"::ffff:8.8.8.8", ""},
      {"64:ff9b::127.0.0.1", "loopback"},
      {"64:ff9b::a9fe:a9fe", "link-local"},
      {"64:ff9b::192.168.1.1", "private use"},
      {"64:ff9b::8.8.8.8", ""},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(SpecialPurposeOf(Address(one.address)), one.what) << one.address;
  }
}

TEST(IpAddressTest, IsReadAndWritten) {
  EXPECT_EQ(Address("2001:DB8:0::1").ToString(), "2001:db8::1");
  EXPECT_EQ(Address("10.0.0.1").ToString(), "10.0.0.1");
  for (const std::string_view text :
       {"", "localhost", "127.1", "0x7f.0.0.1", "2130706433", "127.0.0.01", "[::1]", "fe80::1%eth0",
        "1.2.3.4.5", "1.2.3.4 "}) {
    EXPECT_EQ(IpAddress::Parse(text), std::nullopt) << text;
  }
  EXPECT_EQ(IpAddress::Parse(std::string("1.2.3.4\0x", 9)), std::nullopt);
}

TEST(NetworkTest, ContainsWhatHasItsPrefix) {
  const auto network = Network::Parse("10.20.128.0/17");
  ASSERT_TRUE(network.ok()) << network.status();
  EXPECT_TRUE(network->Contains(Address("10.20.128.0")));
  EXPECT_TRUE(network->Contains(Address("10.20.255.255")));
  EXPECT_FALSE(network->Contains(Address("10.20.127.255")));
  EXPECT_FALSE(network->Contains(Address("10.21.128.0")));
  EXPECT_FALSE(network->Contains(Address("::ffff:10.20.128.0")));
  const auto one = Network::Parse("::1");
  ASSERT_TRUE(one.ok());
  EXPECT_TRUE(one->Contains(Address("::1")));
  EXPECT_FALSE(one->Contains(Address("::2")));
  const auto all = Network::Parse("::/0");
  ASSERT_TRUE(all.ok());
  EXPECT_TRUE(all->Contains(Address("ff02::1")));
  EXPECT_FALSE(all->Contains(Address("1.1.1.1")));
}

TEST(NetworkTest, RefusesWhatIsNone) {
  for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x",
                           "10.0.0.1/8", "::1/127", "::/129", "localhost"}) {
    EXPECT_FALSE(Network::Parse(text).ok()) << text;
  }
}

TEST(AddressRulesTest, PublicAddressesAndWhatThePolicyAllows) {
  const auto rules = AddressRules::Make({.allow = {"127.0.0.0/8", "fd00:1::/32"}});
  ASSERT_TRUE(rules.ok());
  for (const char* text : {"8.8.8.8", "127.0.0.1", "::ffff:127.0.0.1", "fd00:1::1",
                           "2606:4700:4700::1111", "64:ff9b::127.0.0.1"}) {
    EXPECT_EQ(rules->Fault(Address(text)), "") << text;
  }
  for (const char* text : {"10.0.0.1", "::1", "fd00:2::1", "::ffff:10.0.0.1", "169.254.169.254"}) {
    EXPECT_NE(rules->Fault(Address(text)), "") << text;
  }
}

TEST(AddressRulesTest, AMappedNetworkMayBeNamedAsItIs) {
  const auto rules = AddressRules::Make({.allow = {"2002::/16"}});
  ASSERT_TRUE(rules.ok());
  EXPECT_EQ(rules->Fault(Address("2002:7f00:1::1")), "");
}

TEST(AddressRulesTest, PortsAndSchemesOfThePolicyAlone) {
  const auto any = AddressRules::Make({});
  ASSERT_TRUE(any.ok());
  EXPECT_TRUE(any->AllowsPort(1));
  const auto rules = AddressRules::Make({.ports = {443, 8443}, .https_only = true});
  ASSERT_TRUE(rules.ok());
  EXPECT_TRUE(rules->AllowsPort(8443));
  EXPECT_FALSE(rules->AllowsPort(80));
  EXPECT_TRUE(rules->https_only());
  EXPECT_FALSE(AddressRules::Make({.allow = {"127.0.0.1/8"}}).ok());
}

}  // namespace
}  // namespace telex::http_client
