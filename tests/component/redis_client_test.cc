#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "platform/errors/errors.h"
#include "platform/redis/client.h"
#include "tests/support/redis_server.h"

namespace telex::redis {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using tests::RedisServer;

constexpr absl::Duration kWithin = absl::Seconds(10);
constexpr absl::Duration kShort = absl::Milliseconds(100);

ClientOptions OptionsFor(const RedisServer& server) {
  ClientOptions options;
  options.endpoint = *ParseUrl(server.url());
  options.connect_timeout = absl::Seconds(5);
  options.breaker_open = absl::Milliseconds(50);
  return options;
}

absl::Status Ping(Client& client, absl::Duration within) {
  return client.Command({"PING"}, within).status();
}

// Asks until Redis answers again, or the deadline has passed.
absl::Status PingUntilBack(Client& client) {
  const absl::Time deadline = absl::Now() + kWithin;
  absl::Status status;
  do {
    status = Ping(client, kWithin);
    if (status.ok()) return status;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  } while (absl::Now() < deadline);
  return status;
}

TEST(RedisClient, AnswersCommandsOfAllKinds) {
  RedisServer server;
  Client client(OptionsFor(server));
  const std::string bytes("\0\r\n$5\xff", 6);
  EXPECT_EQ(client.Command({"SET", "k", bytes}, kWithin)->Text(), "OK");
  EXPECT_EQ(client.Command({"GET", "k"}, kWithin)->Text(), bytes);
  EXPECT_EQ(client.Command({"GET", "none"}, kWithin)->kind, Reply::Kind::kNil);
  EXPECT_EQ(client.Command({"INCRBY", "n", "-3"}, kWithin)->Integer(), -3);
  client.Command({"RPUSH", "list", "a", "b"}, kWithin).IgnoreError();
  const auto list = client.Command({"LRANGE", "list", "0", "-1"}, kWithin);
  ASSERT_EQ(list->items.size(), 2u);
  EXPECT_EQ(list->items[1].Text(), "b");
  const auto wrong = client.Command({"INCR", "list"}, kWithin);
  EXPECT_EQ(wrong.status().code(), absl::StatusCode::kInternal);
  EXPECT_THAT(wrong.status().ToString(), HasSubstr("WRONGTYPE"));
  EXPECT_EQ(client.connections(), 1u);
}

TEST(RedisClient, PipelinesInOneRoundTripWithErrorsAmongTheReplies) {
  RedisServer server;
  Client client(OptionsFor(server));
  std::vector<Args> commands = {{"SET", "s", "text"}, {"INCR", "s"}};
  for (int i = 0; i < 2000; ++i) commands.push_back({"INCR", "n"});
  const auto replies = client.Pipeline(commands, kWithin);
  ASSERT_TRUE(replies.ok()) << replies.status();
  ASSERT_EQ(replies->size(), commands.size());
  EXPECT_TRUE((*replies)[1].is_error());
  EXPECT_EQ(replies->back().Integer(), 2000);
  EXPECT_TRUE(client.Pipeline({}, kWithin)->empty());
}

TEST(RedisClient, RunsScriptsByTheirHashAlsoAfterTheServerForgotThem) {
  RedisServer server;
  Client client(OptionsFor(server));
  const Script script("redis.call('SET', KEYS[1], ARGV[1]) return redis.call('GET', KEYS[1])");
  EXPECT_EQ(script.sha().size(), 40u);
  const std::vector<std::string> keys = {"k"};
  for (const char* value : {"1", "2", "3"}) {
    const std::vector<std::string> args = {value};
    EXPECT_EQ(client.Run(script, keys, args, kWithin)->Text(), value);
    if (args[0] == "2") client.Command({"SCRIPT", "FLUSH"}, kWithin).IgnoreError();
  }
  EXPECT_EQ(client.Command({"SCRIPT", "EXISTS", script.sha()}, kWithin)->items[0].Integer(), 1);
  const auto failed = client.Run(Script("return redis.error_reply('ERR no')"), {}, {}, kWithin);
  EXPECT_EQ(failed.status().code(), absl::StatusCode::kInternal);
}

TEST(RedisClient, MeetsItsDeadlineWhenTheServerIsSlow) {
  RedisServer server;
  Client client(OptionsFor(server));
  ASSERT_TRUE(client.Command({"SET", "k", "right"}, kWithin).ok());
  const absl::Time began = absl::Now();
  const auto slow = client.Command({"DEBUG", "SLEEP", "1"}, kShort);
  EXPECT_EQ(slow.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(errors::Is(slow.status(), errors::kRedisUnavailable));
  EXPECT_LT(absl::Now() - began, absl::Milliseconds(900)) << "did not wait for the server";
  EXPECT_EQ(client.connections(), 0u) << "its late answer must not be taken for another one";
  EXPECT_EQ(client.Command({"GET", "k"}, kWithin)->Text(), "right");
}

TEST(RedisClient, MeetsItsDeadlineWhenNobodyAnswersAConnection) {
  RedisServer server(RedisServer::Listen::kLoopbackPort);
  Client client(OptionsFor(server));
  server.Pause();
  EXPECT_EQ(Ping(client, kShort).code(), absl::StatusCode::kDeadlineExceeded);
  server.Resume();
  EXPECT_TRUE(Ping(client, kWithin).ok());
}

TEST(RedisClient, StopsAskingAServerThatIsGone) {
  RedisServer server;
  ClientOptions options = OptionsFor(server);
  options.breaker_failures = 3;
  options.breaker_open = absl::Hours(1);
  Client client(options);
  ASSERT_TRUE(Ping(client, kWithin).ok());
  server.Kill();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Ping(client, kWithin).code(), absl::StatusCode::kUnavailable);
  }
  EXPECT_EQ(client.breaker_state(), BreakerState::kOpen);
  server.Start();
  const auto refused = Ping(client, kWithin);
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable) << "open for an hour";
  EXPECT_THAT(refused.ToString(), HasSubstr("not asked for a moment"));
  EXPECT_EQ(client.breaker_state(), BreakerState::kOpen);
}

TEST(RedisClient, ProbesUntilTheServerIsBack) {
  RedisServer server;
  ClientOptions options = OptionsFor(server);
  options.breaker_failures = 2;
  Client client(options);
  server.Kill();
  while (client.breaker_state() != BreakerState::kOpen) {
    ASSERT_FALSE(Ping(client, kWithin).ok());
  }
  server.Start();
  ASSERT_TRUE(PingUntilBack(client).ok());
  EXPECT_EQ(client.breaker_state(), BreakerState::kClosed);
}

TEST(RedisClient, NoticesThatAnIdleConnectionIsDead) {
  RedisServer server;
  Client client(OptionsFor(server));
  ASSERT_TRUE(Ping(client, kWithin).ok());
  server.Kill();
  server.Start();
  EXPECT_TRUE(Ping(client, kWithin).ok()) << "the first call after a restart does not fail";
  EXPECT_EQ(client.connections(), 1u);
}

TEST(RedisClient, BoundsItsConnections) {
  RedisServer server;
  ClientOptions options = OptionsFor(server);
  options.connections_max = 2;
  Client client(options);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 200; ++n) {
          const auto reply = client.Command({"INCR", "n"}, kWithin);
          EXPECT_TRUE(reply.ok()) << reply.status();
        }
      });
    }
  }
  EXPECT_EQ(client.Command({"GET", "n"}, kWithin)->Text(), "1600");
  EXPECT_LE(client.connections(), 2u);
}

TEST(RedisClient, DoesNotWaitForAConnectionBeyondItsTime) {
  RedisServer server;
  ClientOptions options = OptionsFor(server);
  options.connections_max = 1;
  Client client(options);
  ASSERT_TRUE(Ping(client, kWithin).ok());
  std::jthread waiting([&] { client.Command({"BLPOP", "none", "1"}, kWithin).IgnoreError(); });
  absl::Status status;
  while ((status = Ping(client, absl::Milliseconds(50))).ok()) continue;  // until it is taken
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(client.breaker_state(), BreakerState::kClosed);
}

TEST(RedisClient, TimeThatWasUpBeforeSaysNothingAboutTheServer) {
  RedisServer server;
  Client client(OptionsFor(server));
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(Ping(client, absl::ZeroDuration()).code(), absl::StatusCode::kDeadlineExceeded);
  }
  EXPECT_EQ(client.breaker_state(), BreakerState::kClosed);
}

TEST(RedisClient, BoundsAnAnswer) {
  RedisServer server;
  ClientOptions options = OptionsFor(server);
  options.reply_bytes_max = 100'000;
  Client client(options);
  ASSERT_TRUE(client.Command({"SETRANGE", "big", "200000", "x"}, kWithin).ok());
  EXPECT_EQ(client.Command({"GET", "big"}, kWithin).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(Ping(client, kWithin).ok());
}

TEST(RedisClient, AuthenticatesAndNeverTellsThePassword) {
  RedisServer server(RedisServer::Listen::kLoopbackPort, {"--requirepass", "s3cret"});
  ClientOptions options = OptionsFor(server);
  options.password = "s3cret";
  const auto ping = [&] {
    Client client(options);
    return Ping(client, kWithin);
  };
  EXPECT_TRUE(ping().ok());
  options.password = "wr0ng";
  const auto refused = ping();
  EXPECT_EQ(refused.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(refused.ToString(), Not(HasSubstr("wr0ng")));
  options.password = "";
  EXPECT_EQ(ping().code(), absl::StatusCode::kPermissionDenied);
}

TEST(RedisClient, SelectsItsDatabase) {
  RedisServer server;
  ClientOptions options = OptionsFor(server);
  options.endpoint = *ParseUrl(server.url() + "?db=3");
  Client client(options);
  ASSERT_TRUE(client.Command({"SET", "k", "in 3"}, kWithin).ok());
  const std::vector<Args> pipeline = {{"SELECT", "3"}, {"GET", "k"}};
  EXPECT_EQ(client.Pipeline(pipeline, kWithin)->at(1).Text(), "in 3");
  EXPECT_FALSE(client.Run(Script("not lua"), {}, {}, kWithin).ok());
}

}  // namespace
}  // namespace telex::redis
