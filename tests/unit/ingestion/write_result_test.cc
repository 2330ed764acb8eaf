#include "ingestion/adapters/write_result.h"

#include <gtest/gtest.h>

#include "news/wire/time_codec.h"
#include "telex/ingestion/v1/decision.pb.h"

namespace telex::ingestion {
namespace {

using news::v1::WriteResult;

Decision Recorded() {
  return {.position = {.cluster = "c", .partition = 3, .offset = 7},
          .subject = "articles/x",
          .verdict = Verdict::kUnchanged,
          .version = news::Version{4},
          .reason = Reason::kSameContent,
          .time = absl::FromUnixMillis(1'744'971'900'123)};
}

TEST(WriteResultTest, HasTheVerdictsOfDecisions) {
  const auto* told = WriteResult::Verdict_descriptor();
  const auto* recorded = v1::Verdict_descriptor();
  ASSERT_EQ(told->value_count(), recorded->value_count());
  for (int i = 0; i < told->value_count(); ++i) {
    EXPECT_EQ(told->value(i)->name(), recorded->value(i)->name());
    EXPECT_EQ(told->value(i)->number(), recorded->value(i)->number());
  }
}

TEST(WriteResultTest, ADecisionOnRecordIsNamedAndDated) {
  const WriteResult result = RecordedResult(Recorded(), nullptr);
  EXPECT_EQ(result.verdict(), WriteResult::VERDICT_UNCHANGED);
  EXPECT_EQ(result.reason(), "SAME_CONTENT");
  EXPECT_EQ(result.version(), 4);
  EXPECT_FALSE(result.repeated());
  EXPECT_EQ(result.decision(), "submissions/3/7");
  EXPECT_EQ(news::FromProto(result.submit_time()), Recorded().time);
}

TEST(WriteResultTest, ARepeatIsToldOfWhatItRepeats) {
  Decision again = Recorded();
  again.repeats = SubmissionPosition{.cluster = "c", .partition = 3, .offset = 5};
  Decision first = Recorded();
  first.position.offset = 5;
  first.time -= absl::Hours(1);
  const WriteResult result = RecordedResult(again, &first);
  EXPECT_TRUE(result.repeated());
  EXPECT_EQ(result.verdict(), WriteResult::VERDICT_UNCHANGED);
  EXPECT_EQ(result.decision(), "submissions/3/5");
  EXPECT_EQ(news::FromProto(result.submit_time()), first.time);
  // Of one that is no longer kept the name is known, and not the time.
  const WriteResult of_old = RecordedResult(again, nullptr);
  EXPECT_EQ(of_old.decision(), "submissions/3/5");
  EXPECT_FALSE(of_old.has_submit_time());
}

TEST(WriteResultTest, WhatIsForeseenIsNoDecision) {
  const WriteResult result = ForeseenResult(Recorded());
  EXPECT_EQ(result.verdict(), WriteResult::VERDICT_UNCHANGED);
  EXPECT_EQ(result.reason(), "SAME_CONTENT");
  EXPECT_EQ(result.version(), 4);
  EXPECT_EQ(result.decision(), "");
  EXPECT_FALSE(result.has_submit_time());
}

}  // namespace
}  // namespace telex::ingestion
