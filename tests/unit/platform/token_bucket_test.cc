#include "platform/resilience/token_bucket.h"

#include <gtest/gtest.h>

namespace telex::resilience {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Time = TokenBucket::Time;
using Duration = TokenBucket::Duration;

Time AtMs(int ms) { return Time(milliseconds(ms)); }

TEST(TokenBucketTest, GivesTheBurstAndThenTheRate) {
  TokenBucket bucket({.per_second = 2, .burst = 3}, AtMs(0));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(bucket.TakeOrWait(AtMs(0)), Duration::zero()) << i;
  const Duration wait = bucket.TakeOrWait(AtMs(0));
  EXPECT_GE(wait, milliseconds(500));
  EXPECT_LE(wait, milliseconds(501));
  EXPECT_EQ(bucket.TakeOrWait(AtMs(0) + wait), Duration::zero()) << "who waits as told gets one";
  EXPECT_GT(bucket.TakeOrWait(AtMs(0) + wait), Duration::zero());
}

TEST(TokenBucketTest, KeepsNoMoreThanTheBurst) {
  TokenBucket bucket({.per_second = 100, .burst = 2}, AtMs(0));
  EXPECT_EQ(bucket.TakeOrWait(AtMs(3'600'000)), Duration::zero());
  EXPECT_EQ(bucket.TakeOrWait(AtMs(3'600'000)), Duration::zero());
  EXPECT_GT(bucket.TakeOrWait(AtMs(3'600'000)), Duration::zero());
}

TEST(TokenBucketTest, AWaitTakesNothing) {
  TokenBucket bucket({.per_second = 1, .burst = 5}, AtMs(0));
  EXPECT_EQ(bucket.TakeOrWait(AtMs(0), 3), Duration::zero());
  EXPECT_GE(bucket.TakeOrWait(AtMs(0), 3), seconds(1));
  EXPECT_EQ(bucket.TakeOrWait(AtMs(0), 2), Duration::zero());
}

TEST(TokenBucketTest, MoreThanTheBurstIsNeverThere) {
  TokenBucket bucket({.per_second = 1, .burst = 5}, AtMs(0));
  EXPECT_EQ(bucket.TakeOrWait(AtMs(0), 6), Duration::max());
}

TEST(TokenBucketTest, ARateThatIsNoWholeNumberOfNanosecondsEndsInATokenAllTheSame) {
  TokenBucket bucket({.per_second = 3, .burst = 1}, AtMs(0));
  Time now = AtMs(0);
  for (int i = 0; i < 1000; ++i) {
    const Duration wait = bucket.TakeOrWait(now);
    if (i % 2 == 0) {
      EXPECT_EQ(wait, Duration::zero()) << i;
    } else {
      EXPECT_GT(wait, milliseconds(333)) << i;
    }
    now += wait;
  }
}

TEST(TokenBucketTest, TimeThatGoesBackwardsIsNoTime) {
  TokenBucket bucket({.per_second = 1, .burst = 1}, AtMs(10'000));
  EXPECT_EQ(bucket.TakeOrWait(AtMs(10'000)), Duration::zero());
  EXPECT_GT(bucket.TakeOrWait(AtMs(0)), Duration::zero());
  EXPECT_EQ(bucket.TakeOrWait(AtMs(11'000)), Duration::zero());
}

TEST(TokenBucketTest, ARateOfNothingIsASlowOne) {
  TokenBucket bucket({.per_second = 0, .burst = 0}, AtMs(0));
  EXPECT_EQ(bucket.TakeOrWait(AtMs(0)), Duration::zero());
  EXPECT_LT(bucket.TakeOrWait(AtMs(0)), std::chrono::hours(24 * 13));
}

}  // namespace
}  // namespace telex::resilience
