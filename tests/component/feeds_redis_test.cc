// What feeds shares through a real Redis: renditions, and how far each replica is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "feeds/adapters/peers.h"
#include "platform/errors/errors.h"
#include "platform/redis/client.h"
#include "tests/support/articles.h"
#include "tests/support/redis_server.h"
#include "tests/unit/feeds/replica.h"

namespace telex::feeds {
namespace {

using ::testing::HasSubstr;
using tests::MakeArticle;
using tests::RedisServer;

constexpr absl::Duration kWithin = absl::Seconds(10);
constexpr std::chrono::seconds kWaitMax{20};
constexpr char kFeed[] = "/feeds/world.en.rss";
constexpr char kOtherFeed[] = "/feeds/all.en.json";

std::unique_ptr<redis::Client> Connect(const RedisServer& server) {
  redis::ClientOptions options;
  options.endpoint = *redis::ParseUrl(server.url());
  options.breaker_open = absl::Milliseconds(50);
  return std::make_unique<redis::Client>(std::move(options));
}

// By the real clock, bounded.
bool Await(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + kWaitMax;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

// ---- renditions

class SharedRenditionsTest : public ::testing::Test {
 protected:
  // A replica with a Redis client of its own, with the same articles as all others.
  struct Member {
    explicit Member(const RedisServer& server)
        : client(Connect(server)),
          replica(absl::Seconds(20), true, client.get(), {.within = absl::Seconds(5)}) {
      for (int n = 0; n < 20; ++n) replica.Read(MakeArticle(n), n % kPartitions);
    }
    std::unique_ptr<redis::Client> client;
    Replica replica;
  };

  std::vector<std::string> Keys() {
    std::vector<std::string> keys;
    const auto reply = client_->Command({"KEYS", "telex:rendition:*"}, kWithin);
    EXPECT_TRUE(reply.ok()) << reply.status();
    for (const redis::Reply& key : reply->items) keys.emplace_back(*key.Text());
    return keys;
  }
  void Do(const redis::Args& command) {
    const auto reply = client_->Command(command, kWithin);
    ASSERT_TRUE(reply.ok()) << reply.status();
  }

  RedisServer server_;
  std::unique_ptr<redis::Client> client_ = Connect(server_);
};

TEST_F(SharedRenditionsTest, WhatOneReplicaHasRenderedAllServe) {
  Member one(server_);
  Member other(server_);
  for (const std::string coding : {"", "Accept-Encoding: gzip\r\n", "Accept-Encoding: br\r\n"}) {
    const Answer mine = one.replica.Get(kFeed, coding);
    const Answer theirs = other.replica.Get(kFeed, coding);
    EXPECT_EQ(mine.status, 200);
    EXPECT_EQ(theirs.status, 200);
    EXPECT_EQ(theirs.body, mine.body) << coding;
    EXPECT_EQ(theirs.headers.at("etag"), mine.headers.at("etag"));
  }
  EXPECT_EQ(one.replica.measures().renders.Value(), 1u) << "compressed twice, rendered once";
  EXPECT_EQ(one.replica.measures().redis_misses.Value(), 3u);
  EXPECT_EQ(other.replica.measures().renders.Value(), 0u);
  EXPECT_EQ(other.replica.measures().redis_hits.Value(), 3u);
  const std::vector<std::string> keys = Keys();
  ASSERT_EQ(keys.size(), 3u);
  for (const std::string& key : keys) {
    EXPECT_GT(client_->Command({"PTTL", key}, kWithin)->Integer(), 0) << "it would stay for ever";
  }
}

TEST_F(SharedRenditionsTest, ACorrectionIsAnotherRendition) {
  Member one(server_);
  const Answer before = one.replica.Get(kFeed);
  Member other(server_);
  other.replica.Read(MakeArticle(3, 2), 3 % kPartitions);
  const Answer after = other.replica.Get(kFeed);
  EXPECT_NE(after.body, before.body);
  EXPECT_EQ(other.replica.measures().redis_hits.Value(), 0u);
}

TEST_F(SharedRenditionsTest, DamagedBytesAreNeverServedAndAreReplaced) {
  Member one(server_);
  const Answer right = one.replica.Get(kFeed);
  const std::string key = Keys().at(0);
  const std::string whole(*client_->Command({"GET", key}, kWithin)->Text());
  std::vector<std::string> damages = {whole.substr(0, whole.size() - 1), whole + "x", "", "TR1",
                                      right.body};
  for (const std::size_t at : {std::size_t{0}, std::size_t{5}, std::size_t{12}, whole.size() / 2}) {
    damages.push_back(whole);
    damages.back()[at] = static_cast<char>(damages.back()[at] ^ 0x20);
  }
  for (const std::string& damaged : damages) {
    Do({"SET", key, damaged});
    Member other(server_);
    EXPECT_EQ(other.replica.Get(kFeed).body, right.body);
    EXPECT_EQ(other.replica.measures().redis_hits.Value(), 0u);
    EXPECT_EQ(other.replica.measures().redis_faults.Value(), 1u) << "it is counted";
    EXPECT_EQ(other.replica.measures().renders.Value(), 1u);
    EXPECT_EQ(client_->Command({"GET", key}, kWithin)->Text(), whole) << "it is whole again";
  }
  // Not even a text.
  Do({"DEL", key});
  Do({"RPUSH", key, "a"});
  Member other(server_);
  EXPECT_EQ(other.replica.Get(kFeed).body, right.body);
  EXPECT_EQ(other.replica.measures().redis_faults.Value(), 1u);
}

TEST_F(SharedRenditionsTest, BytesOfAnotherPageOrCodingAreNeverServed) {
  Member one(server_);
  const Answer right = one.replica.Get(kFeed);
  const std::string key = Keys().at(0);
  one.replica.Get(kOtherFeed);
  one.replica.Get(kFeed, "Accept-Encoding: gzip\r\n");
  std::vector<std::string> others = Keys();
  std::erase(others, key);
  ASSERT_EQ(others.size(), 2u);
  for (const std::string& other_key : others) {
    Do({"COPY", other_key, key, "REPLACE"});
    Member other(server_);
    const Answer answer = other.replica.Get(kFeed);
    EXPECT_EQ(answer.body, right.body) << other_key;
    EXPECT_EQ(other.replica.measures().redis_hits.Value(), 0u);
  }
}

TEST_F(SharedRenditionsTest, AFlushCostsARenderAndGivesTheSameBytes) {
  Member one(server_);
  const Answer before = one.replica.Get(kFeed);
  Do({"FLUSHALL"});
  Member other(server_);
  EXPECT_EQ(other.replica.Get(kFeed).body, before.body);
  EXPECT_EQ(other.replica.measures().renders.Value(), 1u);
  EXPECT_EQ(Keys().size(), 1u);
}

TEST_F(SharedRenditionsTest, IsServedWhileRedisIsGoneAndSharedAgainAfterwards) {
  Member one(server_);
  server_.Kill();
  const Answer away = one.replica.Get(kFeed);
  EXPECT_EQ(away.status, 200);
  EXPECT_THAT(away.body, HasSubstr("<rss"));
  EXPECT_GE(one.replica.measures().redis_faults.Value(), 1u);
  // Each change is another rendition: asked for in Redis, until nobody asks any more.
  for (int version = 2; version < 8; ++version) {
    one.replica.Read(MakeArticle(1, version), 1);
    EXPECT_EQ(one.replica.Get(kFeed).status, 200);
  }
  EXPECT_NE(one.client->breaker_state(), redis::BreakerState::kClosed) << "and this is shown";
  EXPECT_EQ(one.replica.measures().render_faults.Value(), 0u);
  server_.Start();
  ASSERT_TRUE(Await([&] {
    return one.client->Command({"PING"}, kWithin).ok() &&
           one.client->breaker_state() == redis::BreakerState::kClosed;
  }));
  one.replica.Read(MakeArticle(1, 8), 1);
  EXPECT_EQ(one.replica.Get(kFeed).status, 200);
  EXPECT_EQ(Keys().size(), 1u);
}

TEST_F(SharedRenditionsTest, ARedisThatStandsStillCostsABoundedTime) {
  const auto client = Connect(server_);
  Replica replica(absl::Seconds(20), true, client.get(), {.within = absl::Milliseconds(20)});
  server_.Pause();
  for (int version = 1; version < 8; ++version) {
    replica.Read(MakeArticle(1, version), 1);
    EXPECT_EQ(replica.Get(kFeed).status, 200);
  }
  EXPECT_GE(replica.measures().redis_faults.Value(), 5u);
  EXPECT_NE(client->breaker_state(), redis::BreakerState::kClosed);
  server_.Resume();
  EXPECT_TRUE(Await([&] { return client->Command({"PING"}, kWithin).ok(); }));
}

// ---- peers

class PeersTest : public ::testing::Test {
 protected:
  // A replica's half: where it is, and what it thinks of its peers.
  struct Member {
    Member(PeersTest& test, const std::string& instance, std::int64_t at)
        : client(Connect(test.server_)),
          position(at),
          peers(*client,
                {.cluster_id = "c1",
                 .instance = instance,
                 .positions = 2,
                 .interval = absl::Milliseconds(5),
                 .ttl = absl::Milliseconds(500),
                 .within = absl::Milliseconds(200),
                 .behind_max = absl::Seconds(30),
                 .clock = [&test] { return absl::FromUnixSeconds(test.now_s_); }},
                [this] {
                  ++rounds;
                  return std::vector<std::int64_t>{position, 7};
                }) {}
    bool AwaitRounds(int count) {
      const int until = rounds + count;
      return Await([&] { return rounds >= until; });
    }

    std::unique_ptr<redis::Client> client;
    std::atomic<std::int64_t> position;
    std::atomic<int> rounds = 0;
    Peers peers;
  };

  void Pass(int seconds) { now_s_ += seconds; }
  // Lets time go on by seconds until the lag is seen.
  bool AwaitBehind(Member& member) {
    return Await([&] {
      Pass(1);
      return member.AwaitRounds(2) && member.peers.behind() > absl::ZeroDuration();
    });
  }

  std::atomic<std::int64_t> now_s_ = 1'000'000;
  RedisServer server_;
};

TEST_F(PeersTest, WhoFallsBehindGoesUnreadyAndComesBack) {
  Member ahead(*this, "feeds-0", 100);
  Member behind(*this, "feeds-1", 100);
  ASSERT_TRUE(ahead.AwaitRounds(3) && behind.AwaitRounds(3));
  Pass(3600);
  ASSERT_TRUE(ahead.AwaitRounds(3) && behind.AwaitRounds(3));
  EXPECT_TRUE(behind.peers.status().ok()) << "they are level";

  ahead.position = 101;
  ASSERT_TRUE(AwaitBehind(behind));
  EXPECT_TRUE(behind.peers.status().ok()) << "not for long yet";
  Pass(30);
  ASSERT_TRUE(Await([&] { return !behind.peers.status().ok(); }));
  EXPECT_TRUE(errors::Is(behind.peers.status(), errors::kNotCaughtUp));
  EXPECT_THAT(std::string(behind.peers.status().message()), HasSubstr("behind its peers for 3"));
  EXPECT_TRUE(ahead.peers.status().ok());
  EXPECT_EQ(ahead.peers.behind(), absl::ZeroDuration());

  behind.position = 101;
  EXPECT_TRUE(Await([&] { return behind.peers.status().ok(); }));
  EXPECT_TRUE(Await([&] { return behind.peers.behind() == absl::ZeroDuration(); }));
}

TEST_F(PeersTest, RedisAwayMakesNobodyUnready) {
  Member one(*this, "feeds-0", 100);
  Member other(*this, "feeds-1", 100);
  ASSERT_TRUE(one.AwaitRounds(3) && other.AwaitRounds(3));
  const auto level_for_an_hour = [&] {
    for (int minute = 0; minute < 60; minute += 20) {
      Pass(20 * 60);
      one.position += 1000;  // which nobody learns
      ASSERT_TRUE(one.AwaitRounds(3) && other.AwaitRounds(3));
      EXPECT_TRUE(one.peers.status().ok());
      EXPECT_TRUE(other.peers.status().ok());
    }
  };
  server_.Pause();
  level_for_an_hour();
  server_.Kill();
  level_for_an_hour();
  EXPECT_NE(one.client->breaker_state(), redis::BreakerState::kClosed);
  // Back, and empty: positions are exchanged again, and time counts from here.
  server_.Start();
  ASSERT_TRUE(AwaitBehind(other));
  EXPECT_LT(other.peers.behind(), absl::Seconds(30));
  EXPECT_TRUE(one.peers.status().ok());
}

TEST_F(PeersTest, WhoCatchesUpWhileRedisIsAwayIsReadyAgain) {
  Member ahead(*this, "feeds-0", 101);
  Member behind(*this, "feeds-1", 100);
  ASSERT_TRUE(AwaitBehind(behind));
  Pass(31);
  ASSERT_TRUE(Await([&] { return !behind.peers.status().ok(); }));
  server_.Kill();
  ASSERT_TRUE(behind.AwaitRounds(5));
  EXPECT_FALSE(behind.peers.status().ok()) << "what it knows it has not reached";
  behind.position = 101;
  EXPECT_TRUE(Await([&] { return behind.peers.status().ok(); }));
}

TEST_F(PeersTest, AReplicaThatIsGoneIsForgotten) {
  const auto client = Connect(server_);
  Member stays(*this, "feeds-1", 100);
  const auto names = [&] {
    std::vector<std::string> found;
    const auto members = client->Command({"SMEMBERS", "telex:feeds:c1:replicas"}, kWithin);
    for (const redis::Reply& member : members->items) found.emplace_back(*member.Text());
    std::sort(found.begin(), found.end());
    return found;
  };
  {
    Member goes(*this, "feeds-0", 50);
    ASSERT_TRUE(Await([&] { return names().size() == 2; }));
  }
  EXPECT_TRUE(Await([&] { return names() == std::vector<std::string>{"feeds-1"}; }));
  EXPECT_TRUE(stays.peers.status().ok());
}

TEST_F(PeersTest, WhatIsNoPositionIsNotKnown) {
  const auto client = Connect(server_);
  Member one(*this, "feeds-0", 100);
  for (const char* text : {"x", "", "1,,2", "99999999999999999999", "-5,-5", "\xff"}) {
    client->Command({"SADD", "telex:feeds:c1:replicas", "feeds-9"}, kWithin).IgnoreError();
    client->Command({"SET", "telex:feeds:c1:position:feeds-9", text}, kWithin).IgnoreError();
    ASSERT_TRUE(one.AwaitRounds(3));
    Pass(600);
    ASSERT_TRUE(one.AwaitRounds(3));
    EXPECT_TRUE(one.peers.status().ok()) << text;
  }
  // Not even a set.
  client->Command({"SET", "telex:feeds:c1:replicas", "x"}, kWithin).IgnoreError();
  Pass(600);
  ASSERT_TRUE(one.AwaitRounds(3));
  EXPECT_TRUE(one.peers.status().ok());
}

}  // namespace
}  // namespace telex::feeds
