#include "platform/service/clock_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "platform/errors/errors.h"

namespace telex::service {
namespace {

using ::testing::HasSubstr;

class ClockComparisonTest : public ::testing::Test {
 protected:
  std::chrono::steady_clock::time_point now_{std::chrono::hours(5)};
  ClockComparison clocks_{absl::Seconds(5), [this] { return now_; }};
};

TEST_F(ClockComparisonTest, AClockThatDiffersByMoreThanItMayIsTold) {
  EXPECT_TRUE(clocks_.Check().ok()) << "nothing is known";
  for (const auto& [ahead, text] : {std::pair(absl::Seconds(6), "6.0 s ahead of the broker's"),
                                    std::pair(-absl::Seconds(3'600), "3600.0 s behind")}) {
    now_ += 2 * ClockComparison::kCountsFor;
    clocks_.Learn(ahead);
    EXPECT_EQ(errors::ReasonOf(clocks_.Check()), errors::kClockSkewed);
    EXPECT_THAT(std::string(clocks_.Check().message()), HasSubstr(text));
    EXPECT_EQ(clocks_.Ahead(), ahead);
  }
  for (const absl::Duration ahead : {absl::Seconds(5), -absl::Seconds(5), absl::ZeroDuration()}) {
    clocks_.Learn(ahead);
    EXPECT_TRUE(clocks_.Check().ok()) << ahead;
  }
}

TEST_F(ClockComparisonTest, WhatWasLearntCountsForAMinute) {
  clocks_.Learn(absl::Hours(1));
  now_ += ClockComparison::kCountsFor;
  EXPECT_FALSE(clocks_.Check().ok());
  now_ += std::chrono::milliseconds(1);
  EXPECT_TRUE(clocks_.Check().ok());
  EXPECT_EQ(clocks_.Ahead(), absl::ZeroDuration());
}

TEST_F(ClockComparisonTest, OneBrokerThatIsWrongIsNotBelievedAgainstOneThatAgrees) {
  clocks_.Learn(absl::Hours(1));
  EXPECT_FALSE(clocks_.Check().ok());
  clocks_.Learn(absl::ZeroDuration());
  EXPECT_TRUE(clocks_.Check().ok());
  clocks_.Learn(absl::Hours(1));
  EXPECT_TRUE(clocks_.Check().ok());
}

}  // namespace
}  // namespace telex::service
