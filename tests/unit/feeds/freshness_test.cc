#include "feeds/domain/freshness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/errors/errors.h"

namespace telex::feeds {
namespace {

using ::testing::HasSubstr;

const absl::Time kStart = absl::FromUnixSeconds(1'000'000);
constexpr absl::Duration kStaleMax = absl::Hours(12);

TEST(FreshnessTest, AReplicaThatReadsItsLogAtAStartIsNotReadyHoweverYoungItsStoreIs) {
  Freshness freshness(kStaleMax);
  freshness.Stored(kStart - absl::Seconds(1));
  const absl::Status status = freshness.Readiness(kStart, "reading");
  EXPECT_TRUE(errors::Is(status, errors::kNotCaughtUp));
  EXPECT_EQ(status.message(), "reading");
  EXPECT_TRUE(freshness.MayServeStored(kStart)) << "what is asked of it is answered all the same";
  freshness.CaughtUp(kStart);
  EXPECT_TRUE(freshness.Readiness(kStart, "reading").ok());
}

TEST(FreshnessTest, WithNoBrokerAtAStartWhatIsStoredIsReadyUpToItsAge) {
  Freshness freshness(kStaleMax);
  freshness.BrokerAway();
  EXPECT_FALSE(freshness.Readiness(kStart, "waiting").ok()) << "nothing is stored";
  EXPECT_FALSE(freshness.MayServeStored(kStart));
  EXPECT_EQ(freshness.Age(kStart), absl::InfiniteDuration());
  freshness.Stored(kStart);
  EXPECT_TRUE(freshness.Readiness(kStart + kStaleMax, "waiting").ok());
  EXPECT_TRUE(freshness.MayServeStored(kStart + kStaleMax));
  const absl::Time late = kStart + kStaleMax + absl::Seconds(1);
  EXPECT_THAT(freshness.Readiness(late, "waiting").message(), HasSubstr("43201 s ago"));
  EXPECT_FALSE(freshness.MayServeStored(late));
}

TEST(FreshnessTest, ABrokerThatGoesAwayLaterCountsFromWhenItWasLastReadFrom) {
  Freshness freshness(kStaleMax);
  freshness.ReadOn(kStart);
  EXPECT_EQ(freshness.Age(kStart), absl::InfiniteDuration()) << "not caught up yet";
  freshness.CaughtUp(kStart);
  freshness.ReadOn(kStart + absl::Hours(5));
  EXPECT_TRUE(freshness.Readiness(kStart + absl::Hours(17), "").ok());
  EXPECT_FALSE(freshness.Readiness(kStart + absl::Hours(18), "").ok());
  freshness.ReadOn(kStart + absl::Hours(18));
  EXPECT_TRUE(freshness.Readiness(kStart + absl::Hours(18), "").ok());
}

TEST(FreshnessTest, AClockThatWasSetBackMakesNothingOld) {
  Freshness freshness(kStaleMax);
  freshness.CaughtUp(kStart);
  EXPECT_EQ(freshness.Age(kStart - absl::Hours(24)), absl::ZeroDuration());
  EXPECT_TRUE(freshness.Readiness(kStart - absl::Hours(24), "").ok());
}

}  // namespace
}  // namespace telex::feeds
