#include <absl/strings/match.h>
#include <gmock/gmock.h>

#include <functional>
#include <memory>
#include <string>

#include "platform/errors/errors.h"
#include "tests/support/redis_server.h"
#include "views/adapters/salt_keeper.h"

namespace telex::views {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
const news::ArticleId kArticle = news::ArticleId::Of("s", "a");

// Replicas on one Redis, with clocks that the test moves. Days are of a time to come, so that no
// key is over while the test runs.
class Salts : public ::testing::Test {
 protected:
  std::unique_ptr<redis::Client> Client() {
    redis::ClientOptions options;
    options.endpoint = *redis::ParseUrl(server.url());
    options.connect_timeout = absl::Seconds(5);
    options.breaker_failures = 1'000;
    return std::make_unique<redis::Client>(options);
  }
  struct Replica {
    std::unique_ptr<redis::Client> client;
    std::unique_ptr<SaltKeeper> keeper;
    SaltKeeper* operator->() const { return keeper.get(); }
  };
  Replica Start() {
    Replica replica{.client = Client()};
    replica.keeper = std::make_unique<SaltKeeper>(
        *replica.client, SaltKeeperOptions{.zone = zone,
                                           .redis_within = absl::Seconds(10),
                                           .now_ms = [this] { return now_ms; },
                                           .steady_ms = [this] { return steady_ms; }});
    return replica;
  }
  // Has missed it for long enough.
  Replica StartAlone() {
    Replica replica = Start();
    replica->Step();
    steady_ms += 10'000;
    replica->Step();
    return replica;
  }
  std::optional<Visitor> Look(const Replica& replica) {
    return replica->VisitorOf(kArticle, now_ms, "addr", "agent");
  }
  void Flush() { client->Command({"FLUSHALL"}, absl::Seconds(10)).IgnoreError(); }

  tests::RedisServer server;
  std::unique_ptr<redis::Client> client = Client();
  std::int64_t now_ms = 40'000 * kDayMs + kDayMs / 2;
  std::int64_t steady_ms = 0;
  absl::TimeZone zone = absl::UTCTimeZone();
};

TEST_F(Salts, ARedisThatWritesFilesIsTold) {
  const auto set = [&](const char* name, const char* value) {
    ASSERT_TRUE(client->Command({"CONFIG", "SET", name, value}, absl::Seconds(10)).ok());
  };
  const auto told = [&] {
    const Replica replica = StartAlone();
    return std::string(replica->Unwritten().message());
  };
  set("save", "");
  set("appendonly", "no");
  set("slowlog-log-slower-than", "-1");
  EXPECT_EQ(told(), "");
  set("save", "3600 1");
  EXPECT_EQ(told(),
            "Redis is set to keep more of salts than memory: save is \"3600 1\"; expected: "
            "save \"\", appendonly no, slowlog-log-slower-than -1");
  set("save", "");
  EXPECT_EQ(told(), "");
}

TEST_F(Salts, TheLogOfSlowCommandsHasNone) {
  const auto ask = [&](const redis::Args& command) {
    return *client->Command(command, absl::Seconds(10));
  };
  ASSERT_EQ(ask({"CONFIG", "SET", "slowlog-log-slower-than", "0"}).Text(), "OK");
  ask({"CONFIG", "SET", "slowlog-max-len", "10000"});
  const Replica first = StartAlone();
  const std::string salt(*ask({"GET", "telex:views:salt:UTC:2079-07-08"}).Text());
  Flush();
  first->Step();  // puts it back
  first->Step();
  EXPECT_EQ(ask({"GET", "telex:views:salt:UTC:2079-07-08"}).Text(), salt);
  const redis::Reply slow = ask({"SLOWLOG", "GET", "-1"});
  ASSERT_FALSE(slow.items.empty());
  const std::string bytes = salt.substr(salt.size() - 32);
  const std::function<void(const redis::Reply&)> look = [&](const redis::Reply& reply) {
    EXPECT_FALSE(absl::StrContains(reply.text, bytes)) << reply.text;
    for (const redis::Reply& item : reply.items) look(item);
  };
  look(slow);
}

TEST_F(Salts, DaysAreThoseOfTheZoneThatIsCountedIn) {
  ASSERT_TRUE(absl::LoadTimeZone("Asia/Baku", &zone));
  const std::int64_t utc_midnight = 40'001 * kDayMs;
  now_ms = utc_midnight - 60'000;
  const Replica first = StartAlone();
  const auto visitor = Look(first);
  ASSERT_NE(visitor, std::nullopt);
  now_ms = utc_midnight + 700'000;
  first->Step();
  EXPECT_EQ(Look(first), visitor) << "04:11 in Baku: the same day";
  const std::int64_t midnight = utc_midnight + 20 * 3'600'000;
  now_ms = midnight - 10'000;
  first->Step();
  EXPECT_EQ(Look(first), visitor);
  now_ms = midnight + 15'000;
  first->Step();
  EXPECT_EQ(Look(first), visitor) << "25 s later: the same look";
  now_ms = midnight + 100'000;
  EXPECT_NE(Look(first), visitor) << "another day";
}

TEST_F(Salts, ReplicasShareOne) {
  const Replica first = Start();
  first->Step();
  EXPECT_TRUE(errors::Is(first->Ready(), errors::kSaltUnknown)) << "peers may live";
  EXPECT_EQ(Look(first), std::nullopt);
  steady_ms = 5'000;
  first->Step();
  ASSERT_TRUE(first->Ready().ok());
  const Replica second = Start();
  second->Step();
  ASSERT_TRUE(second->Ready().ok());
  EXPECT_NE(Look(first), kNoVisitor);
  EXPECT_EQ(Look(first), Look(second));
}

TEST_F(Salts, AFlushChangesNothingAndNewReplicasWaitForIt) {
  const Replica first = StartAlone();
  const auto visitor = Look(first);
  Flush();
  const Replica second = Start();
  second->Step();
  EXPECT_FALSE(second->Ready().ok());
  first->Step();  // puts it back
  second->Step();
  EXPECT_EQ(Look(second), visitor);
  EXPECT_EQ(Look(first), visitor);
}

TEST_F(Salts, TheEarliestStandsWhenSomebodyMadeAnother) {
  const Replica first = StartAlone();
  const auto visitor = Look(first);
  Flush();
  const Replica second = StartAlone();  // the first was cut off all the while
  ASSERT_TRUE(second->Ready().ok());
  EXPECT_NE(Look(second), visitor);
  first->Step();
  second->Step();
  EXPECT_EQ(Look(second), visitor);
  EXPECT_EQ(Look(first), visitor);
}

TEST_F(Salts, RedisAwayIsNoReasonToStopOrToInvent) {
  const Replica first = StartAlone();
  const auto visitor = Look(first);
  server.Kill();
  first->Step();
  EXPECT_TRUE(first->Ready().ok());
  const Replica second = StartAlone();
  second->Step();
  EXPECT_FALSE(second->Ready().ok());
  server.Start();
  first->Step();
  second->Step();
  EXPECT_EQ(Look(second), visitor);
}

TEST_F(Salts, TomorrowsIsThereWhenTheDayEndsAndTodaysIsGoneAfterwards) {
  const Replica first = StartAlone();
  const auto visitor = Look(first);
  const std::int64_t midnight = 40'001 * kDayMs;
  const std::int64_t old_look = now_ms;
  now_ms = midnight - 60'000;
  first->Step();
  server.Kill();  // over midnight
  now_ms = midnight + 60'000;
  first->Step();
  ASSERT_TRUE(first->Ready().ok());
  EXPECT_NE(Look(first), visitor);
  EXPECT_EQ(first->VisitorOf(kArticle, old_look, "addr", "agent"), visitor)
      << "hashed as of its day";
  now_ms = midnight + 600'000;
  first->Step();
  EXPECT_EQ(first->VisitorOf(kArticle, old_look, "addr", "agent"), kNoVisitor) << "destroyed";
}

TEST_F(Salts, ADoubleClickOverMidnightIsOneVisitor) {
  const Replica first = StartAlone();
  const std::int64_t midnight = 40'001 * kDayMs;
  now_ms = midnight - 2'000;
  first->Step();
  const auto visitor = Look(first);
  now_ms = midnight + 1'000;
  first->Step();
  EXPECT_EQ(Look(first), visitor);
  EXPECT_NE(first->VisitorOf(kArticle, now_ms, "addr", "another"), visitor);
  now_ms += 60'000;
  EXPECT_NE(Look(first), visitor) << "that is another visit";
}

TEST_F(Salts, KeysAreOverWithTheirDayAndWhatIsNoSaltIsNotTaken) {
  const Replica first = StartAlone();
  const std::string key = "telex:views:salt:UTC:2079-07-08";
  EXPECT_EQ(client->Command({"PEXPIRETIME", key}, absl::Seconds(10))->Integer(),
            40'001 * kDayMs + 600'000);
  EXPECT_EQ(client->Command({"SET", key, "0"}, absl::Seconds(10))->Text(), "OK");
  const Replica second = Start();
  second->Step();
  EXPECT_FALSE(second->Ready().ok());
}

}  // namespace
}  // namespace telex::views
