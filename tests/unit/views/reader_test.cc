#include <gmock/gmock.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <string>

#include "tests/support/temp_dir.h"
#include "views/adapters/agent_cache.h"
#include "views/adapters/partner_file.h"
#include "views/adapters/rate_limits.h"
#include "views/adapters/reader_address.h"

namespace telex::views {
namespace {

using std::chrono::seconds;

class Forwarded : public ::testing::Test {
 protected:
  std::string Client(std::string_view peer, std::string_view header,
                     ForwardedBy by = ForwardedBy::kXForwardedFor) {
    const auto address = ClientAddress(peer, header, by, proxies);
    return address ? address->ToString() : "none";
  }
  const std::vector<Network> proxies = *net::ParseNetworks({"10.0.0.0/8", "fd00::/8"});
};

TEST_F(Forwarded, CountsFromNamedProxiesOnly) {
  EXPECT_EQ(Client("192.0.2.1", "203.0.113.9"), "192.0.2.1");
  EXPECT_EQ(Client("10.1.1.1", "203.0.113.9"), "203.0.113.9");
  EXPECT_EQ(Client("10.1.1.1", ""), "10.1.1.1");
  EXPECT_EQ(Client("", "203.0.113.9"), "none");
}

TEST_F(Forwarded, IsTheRightmostThatIsNoProxy) {
  EXPECT_EQ(Client("10.1.1.1", "198.51.100.1, 203.0.113.9, 10.2.2.2"), "203.0.113.9");
  EXPECT_EQ(Client("10.1.1.1", "10.3.3.3,10.2.2.2"), "10.3.3.3");
  EXPECT_EQ(Client("fd00::1", "[2001:db8::7]:443"), "2001:db8::7");
  EXPECT_EQ(Client("10.1.1.1", "203.0.113.9:1234"), "203.0.113.9");
  EXPECT_EQ(Client("10.1.1.1", "::ffff:203.0.113.9"), "203.0.113.9");
}

TEST_F(Forwarded, EndsWhereItCannotBeRead) {
  EXPECT_EQ(Client("10.1.1.1", "203.0.113.9, unknown, 10.2.2.2"), "10.2.2.2");
  EXPECT_EQ(Client("10.1.1.1", "["), "10.1.1.1");
}

TEST_F(Forwarded, WhatIsEmptyInAListIsNothing) {
  EXPECT_EQ(Client("10.1.1.1", "203.0.113.9,"), "203.0.113.9");
  EXPECT_EQ(Client("10.1.1.1", "203.0.113.9, , 10.2.2.2,,"), "203.0.113.9");
  EXPECT_EQ(Client("10.1.1.1", " , "), "10.1.1.1");
}

TEST_F(Forwarded, AsRfc7239HasIt) {
  const auto client = [&](std::string_view header) {
    return Client("10.1.1.1", header, ForwardedBy::kForwarded);
  };
  EXPECT_EQ(client("for=198.51.100.1, proto=https;For=\"[2001:db8::7]:47\";by=x"), "2001:db8::7");
  EXPECT_EQ(client("for=203.0.113.9;proto=http, for=10.2.2.2"), "203.0.113.9");
  EXPECT_EQ(client("for=203.0.113.9, for=_hidden"), "10.1.1.1");
  EXPECT_EQ(client("203.0.113.9"), "10.1.1.1");
}

TEST(LimitKey, IsTheSlash64OfV6) {
  const auto key = [](std::string_view text) {
    return std::string(LimitKeyOf(*IpAddress::Parse(text)));
  };
  EXPECT_EQ(key("2001:db8::1"), key("2001:db8::ffff"));
  EXPECT_NE(key("2001:db8::1"), key("2001:db8:0:1::1"));
  EXPECT_NE(key("192.0.2.1"), key("192.0.2.2"));
}

TEST(RateLimits, CountThenAnswerThenRefuse) {
  RateLimits limits({.per_second = 1, .burst = 10, .refused_factor = 2});
  const RateLimits::Time now{};
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(limits.Take("a", 1, now).impossible) << i;
  for (int i = 0; i < 10; ++i) {
    const auto verdict = limits.Take("a", 1, now);
    EXPECT_TRUE(verdict.impossible);
    EXPECT_EQ(verdict.retry_after, RateLimits::Duration{});
  }
  const auto refused = limits.Take("a", 1, now);
  EXPECT_EQ(std::chrono::floor<std::chrono::milliseconds>(refused.retry_after).count(), 500);
  EXPECT_FALSE(limits.Take("b", 10, now).impossible) << "another key";
  EXPECT_FALSE(limits.Take("a", 1, now + seconds(1)).impossible);
}

TEST(RateLimits, AHundredAndFiftyBrowsersBehindOneAddressAllCount) {
  RateLimits limits({});
  const RateLimits::Time now{};
  for (int i = 0; i < 150 * 6; ++i) EXPECT_FALSE(limits.Take("a", 1, now).impossible);
}

TEST(RateLimits, RememberSoManyAndThoseThatCameLast) {
  RateLimits limits({.per_second = 1, .burst = 1, .refused_factor = 1, .keys_max = 6'400});
  const RateLimits::Time now{};
  limits.Take("busy", 1, now);
  for (int i = 0; i < 100'000; ++i) {
    limits.Take(std::to_string(i), 1, now);
    EXPECT_NE(limits.Take("busy", 1, now).retry_after, RateLimits::Duration{}) << i;
  }
  EXPECT_EQ(limits.Take("0", 1, now).retry_after, RateLimits::Duration{}) << "forgotten long ago";
}

TEST(AgentCache, SaysWhatTheListSaysHoweverOften) {
  AgentCache cache(AgentList::BuiltIn());
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 20'000; ++i) {
      const std::string agent = "Reading/" + std::to_string(i) + (i % 2 == 0 ? " robot" : "");
      ASSERT_EQ(cache.Classify(agent), i % 2 == 0 ? AgentClass::kRobot : AgentClass::kApp);
    }
  }
  EXPECT_EQ(cache.Classify(""), AgentClass::kEmpty);
}

TEST(PartnerFile, IsReadAgainAndAFaultyOneIsTold) {
  const tests::TempDir dir;
  const std::string path = dir.path() + "/partners";
  std::ofstream(path) << "a active a.example -\n";
  std::vector<absl::Status> reloads;
  const auto file =
      PartnerFile::Open({.path = path,
                         .reload_interval = absl::ZeroDuration(),
                         .on_reload = [&](const absl::Status& s) { reloads.push_back(s); }});
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ((*file)->Current()->SiteOf("a.example"), "a");
  std::ofstream(path) << "bb active a.example -\n";
  EXPECT_EQ((*file)->Current()->SiteOf("a.example"), "bb");
  std::ofstream(path) << "bb activ a.example -\n";
  EXPECT_EQ((*file)->Current()->SiteOf("a.example"), "bb");
  ASSERT_EQ(reloads.size(), 2u);
  EXPECT_TRUE(reloads[0].ok());
  EXPECT_THAT(std::string(reloads[1].message()), ::testing::HasSubstr("partners: line 1: status"));
  EXPECT_FALSE(PartnerFile::Open({.path = path}).ok());
  EXPECT_EQ((*PartnerFile::Open({}))->Current()->SiteOf("a.example"), kOwnSite);
}

}  // namespace
}  // namespace telex::views
