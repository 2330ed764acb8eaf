#include <gtest/gtest.h>

#include "platform/errors/errors.h"
#include "platform/kafka/dead_letter.h"

namespace telex::kafka {
namespace {

Record Input() {
  return {.topic = "telex.articles.v1",
          .partition = 7,
          .offset = 42,
          .timestamp_ms = 1'700'000'000'000,
          .key = "articles/a@1",
          .value = "bytes",
          .headers = {{"ce_type", "x"}, {"traceparent", "00-1"}}};
}

TEST(DeadLetter, KeepsTheRecordAndSaysWhy) {
  const absl::Status why =
      errors::Error(absl::StatusCode::kInvalidArgument, errors::kFieldInvalid, "no good");
  const Record letter = MakeDeadLetter(Input(), "feeds", why, 4);
  EXPECT_EQ(letter.topic, "telex.articles.v1.feeds.dlq");
  EXPECT_EQ(letter.partition, 3);
  EXPECT_EQ(letter.key, "articles/a@1");
  EXPECT_EQ(letter.value, "bytes");
  EXPECT_EQ(FindHeader(letter, "ce_type"), "x");
  EXPECT_EQ(FindHeader(letter, kDlqOffsetHeader), "42");
  EXPECT_EQ(FindHeader(letter, kDlqReasonHeader), errors::kFieldInvalid);
  EXPECT_EQ(FindHeader(letter, kDlqMessageHeader), "no good");
  EXPECT_EQ(FindHeader(letter, "absent"), std::nullopt);
}

TEST(DeadLetter, ComesBackAsItWas) {
  Record input = Input();
  input.value.reset();  // a tombstone stays one
  const Record letter = MakeDeadLetter(input, "feeds", absl::InternalError("x"), 12);
  EXPECT_EQ(FindHeader(letter, kDlqReasonHeader), "RECORD_UNREADABLE");
  const auto restored = RestoreDeadLetter(letter);
  ASSERT_TRUE(restored.ok());
  EXPECT_EQ(restored->topic, input.topic);
  EXPECT_EQ(restored->partition, input.partition);
  EXPECT_EQ(restored->value, std::nullopt);
  EXPECT_EQ(restored->headers, input.headers);
  EXPECT_FALSE(RestoreDeadLetter(input).ok());
}

TEST(DeadLetter, BoundsTheMessage) {
  const Record letter = MakeDeadLetter(
      Input(), "g", absl::InternalError(std::string(10 * kDlqMessageBytesMax, 'x')), 1);
  EXPECT_EQ(FindHeader(letter, kDlqMessageHeader)->size(), kDlqMessageBytesMax);
}

}  // namespace
}  // namespace telex::kafka
