#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/redis/client.h"

namespace telex::redis {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(RedisUrl, NamesAHost) {
  const auto plain = ParseUrl("redis://127.0.0.1");
  ASSERT_TRUE(plain.ok()) << plain.status();
  EXPECT_EQ(plain->host, "127.0.0.1");
  EXPECT_EQ(plain->port, 6379);
  EXPECT_EQ(plain->database, 0u);
  const auto full = ParseUrl("redis://telex@[::1]:6380/2");
  ASSERT_TRUE(full.ok()) << full.status();
  EXPECT_EQ(full->username, "telex");
  EXPECT_EQ(full->host, "::1");
  EXPECT_EQ(full->port, 6380);
  EXPECT_EQ(full->database, 2u);
  EXPECT_EQ(ParseUrl("redis://redis.svc:1/")->host, "redis.svc");
}

TEST(RedisUrl, NamesASocket) {
  const auto socket = ParseUrl("unix:///run/redis.sock?db=4");
  ASSERT_TRUE(socket.ok()) << socket.status();
  EXPECT_EQ(socket->unix_path, "/run/redis.sock");
  EXPECT_EQ(socket->database, 4u);
}

TEST(RedisUrl, RefusesAllElse) {
  for (const char* url : {"", "127.0.0.1:6379", "rediss://host", "redis://", "redis://:6379",
                          "redis://host:", "redis://host:0", "redis://host:99999", "redis://host/x",
                          "redis://::1", "redis://[::1", "redis://[::1]6379",
                          "unix://run/redis.sock", "unix:///s?db=", "unix:///s?x=1"}) {
    EXPECT_EQ(ParseUrl(url).status().code(), absl::StatusCode::kInvalidArgument) << url;
  }
  const auto with_password = ParseUrl("redis://telex:pa55@host");
  EXPECT_THAT(with_password.status().ToString(), HasSubstr("password"));
  EXPECT_THAT(with_password.status().ToString(), Not(HasSubstr("pa55")));
}

}  // namespace
}  // namespace telex::redis
