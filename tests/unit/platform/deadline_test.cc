#include "platform/runtime/deadline.h"

#include <gtest/gtest.h>

namespace telex::runtime {
namespace {

using Clock = Deadline::Clock;

TEST(DeadlineTest, PassesWhenItsTimeIsOver) {
  const Clock::time_point now = Clock::now();
  const Deadline deadline = Deadline::After(absl::Seconds(2), now);
  EXPECT_EQ(deadline.time(), now + std::chrono::seconds(2));
  EXPECT_EQ(deadline.Left(now), absl::Seconds(2));
  EXPECT_FALSE(deadline.Passed(now + std::chrono::milliseconds(1999)));
  EXPECT_TRUE(deadline.Passed(now + std::chrono::seconds(2)));
  EXPECT_EQ(deadline.Left(now + std::chrono::seconds(5)), absl::ZeroDuration());
}

TEST(DeadlineTest, NoDurationIsTooLongOrTooShort) {
  const Clock::time_point now = Clock::now();
  for (const absl::Duration none :
       {absl::ZeroDuration(), absl::Seconds(-1), -absl::InfiniteDuration()}) {
    EXPECT_TRUE(Deadline::After(none, now).Passed(now)) << none;
    EXPECT_EQ(Deadline::After(none, now).Left(now), absl::ZeroDuration());
  }
  const Deadline never = Deadline::After(absl::InfiniteDuration(), now);
  EXPECT_FALSE(never.Passed(now + std::chrono::hours(1'000'000)));
  EXPECT_EQ(never.Left(now), absl::InfiniteDuration());
}

}  // namespace
}  // namespace telex::runtime
