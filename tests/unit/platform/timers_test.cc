#include "platform/owner/timers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace telex::owner {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

absl::Time At(double seconds) {
  return absl::FromUnixSeconds(1'700'000'000) + absl::Seconds(seconds);
}

// What a local store knows to be due, and a replica that owns partition 0.
class TimersTest : public ::testing::Test {
 protected:
  std::vector<std::string> Due(double seconds) {
    visited_ = 0;
    return timers_.Due(At(seconds), owned_,
                       [this](std::int32_t partition, absl::Time until, const auto& visit) {
                         for (const auto& [instant, key] : pending_[partition]) {
                           if (instant > until) return;
                           ++visited_;
                           if (!visit(key)) return;
                         }
                       });
  }
  void Add(const std::string& key, double instant, std::int32_t partition = 0) {
    pending_[partition].emplace(At(instant), key);
  }
  void ReadBack(const std::string& key) {
    for (auto& [partition, pending] : pending_)
      std::erase_if(pending, [&](const auto& one) { return one.second == key; });
  }

  Timers<std::string> timers_{8};
  std::set<std::int32_t> owned_ = {0};
  std::map<std::int32_t, std::set<std::pair<absl::Time, std::string>>> pending_;
  std::size_t visited_ = 0;  // at the last look
};

TEST_F(TimersTest, NothingIsSentBeforeItsInstantAndTheEarliestFirst) {
  Add("late", 20);
  Add("early", 10);
  EXPECT_THAT(Due(9.999), IsEmpty());
  EXPECT_THAT(Due(10), ElementsAre("early"));
  EXPECT_THAT(Due(10.2), IsEmpty()) << "sent already";
  ReadBack("early");
  Add("earlier", 19);
  EXPECT_THAT(Due(20), ElementsAre("earlier", "late"));
}

TEST_F(TimersTest, WhatIsNotReadBackIsSentAgainAfterPausesThatGrow) {
  Add("a", 0);
  double now = 0;
  EXPECT_THAT(Due(now), SizeIs(1));
  for (const double pause : {1., 2., 4., 8., 16., 30., 30.}) {
    EXPECT_THAT(Due(now + pause - 0.001), IsEmpty()) << pause;
    now += pause;
    EXPECT_THAT(Due(now), SizeIs(1)) << pause;
  }
  ReadBack("a");
  EXPECT_THAT(Due(now + 100), IsEmpty());
}

TEST_F(TimersTest, AClockThatIsSetBackSaysAgainAtOnceWhatIsDueStill) {
  Add("due", 0);
  Add("not due", 3'000);
  EXPECT_THAT(Due(3'600), SizeIs(2)) << "an hour fast";
  EXPECT_THAT(Due(10), ElementsAre("due"));
  EXPECT_THAT(Due(2'999), ElementsAre("due"));
  EXPECT_THAT(Due(3'000), ElementsAre("not due")) << "as if it had never been sent";
}

TEST_F(TimersTest, ThePeerSaysWhatTheOwnerHasNot) {
  Add("of another", 0, 7);
  EXPECT_THAT(Due(3'600), IsEmpty()) << "after an outage the owner is to send it";
  EXPECT_THAT(Due(3'609.999), IsEmpty());
  EXPECT_THAT(Due(3'610), ElementsAre("of another"));
  EXPECT_THAT(Due(3'610.5), IsEmpty());
  EXPECT_THAT(Due(3'611), ElementsAre("of another"));
  owned_ = {7};
  EXPECT_THAT(Due(3'611.2), ElementsAre("of another")) << "the owner does not wait";
  EXPECT_THAT(Due(3'612), IsEmpty());
  EXPECT_THAT(Due(3'612.2), ElementsAre("of another"));
}

TEST_F(TimersTest, APeerSendsFewOfWhatIsDueInOnePartition) {
  for (int i = 0; i < 1'000; ++i) Add("held" + std::to_string(i), 0, 7);
  EXPECT_THAT(Due(0), IsEmpty());
  EXPECT_THAT(Due(10), SizeIs(kPeerOutstandingMax));
  EXPECT_THAT(Due(11), SizeIs(kPeerOutstandingMax)) << "the same";
}

TEST_F(TimersTest, APeerWhoseClockIsSetBackBeginsItsDelayAnew) {
  Add("of another", 0, 7);
  EXPECT_THAT(Due(3'600), IsEmpty());
  EXPECT_THAT(Due(100), IsEmpty());
  EXPECT_THAT(Due(109.9), IsEmpty());
  EXPECT_THAT(Due(110), ElementsAre("of another"));
}

TEST_F(TimersTest, APeerPausesForMinutesUntilItIsTheOwner) {
  Add("of a partition that is held", 0, 7);
  int sent = 0;
  for (int second = 0; second < 24 * 3'600; ++second) sent += static_cast<int>(Due(second).size());
  EXPECT_GT(sent, 24 * 6) << "every ten minutes at last";
  EXPECT_LT(sent, 24 * 6 + 12);
  owned_ = {7};
  sent = 0;
  for (int second = 0; second < 60; ++second)
    sent += static_cast<int>(Due(24 * 3'600 + second).size());
  EXPECT_GE(sent, 2);
}

TEST_F(TimersTest, APartitionThatIsLostIsForgotten) {
  Add("a", 0);
  EXPECT_THAT(Due(0), SizeIs(1));
  owned_.clear();
  EXPECT_THAT(Due(5), IsEmpty());
  owned_ = {0};
  EXPECT_THAT(Due(6), SizeIs(1)) << "from the beginning";
}

TEST_F(TimersTest, WhatIsRememberedIsBoundedAndAPartitionHoldsUpItselfAlone) {
  owned_ = {0, 1};
  for (std::size_t i = 0; i < 3 * kOutstandingMax; ++i)
    Add("stuck" + std::to_string(10'000 + i), 0);
  EXPECT_THAT(Due(0), SizeIs(kDueAtOnceMax));
  EXPECT_THAT(Due(0.2), IsEmpty()) << "none of them was read back";
  Add("of another partition", 0, 1);
  EXPECT_THAT(Due(0.4), ElementsAre("of another partition"));
  for (std::size_t i = 0; i < 10; ++i) ReadBack("stuck" + std::to_string(10'000 + i));
  EXPECT_THAT(Due(0.6), SizeIs(10)) << "the next ones";
  EXPECT_THAT(Due(0.8), IsEmpty());
}

TEST_F(TimersTest, ALookCostsWhatMayBeUnderWayHoweverMuchIsDue) {
  for (int i = 0; i < 30'000; ++i) {
    Add("own" + std::to_string(100'000 + i), i, 0);
    Add("of another" + std::to_string(100'000 + i), i, 7);
  }
  EXPECT_THAT(Due(100'000), SizeIs(kDueAtOnceMax));
  EXPECT_EQ(visited_, kOutstandingMax + kPeerOutstandingMax);
  for (int i = 0; i < 500; ++i) ReadBack("own" + std::to_string(100'000 + i));
  EXPECT_THAT(Due(100'000.2), SizeIs(500));
  EXPECT_EQ(visited_, kOutstandingMax + kPeerOutstandingMax);
}

TEST_F(TimersTest, PartitionsTakeTurnsWithWhatIsSentAtOnce) {
  owned_ = {0, 3, 5};
  for (std::size_t i = 0; i < kDueAtOnceMax; ++i) {
    Add("early" + std::to_string(10'000 + i), 0, 0);
    Add("late" + std::to_string(10'000 + i), 1, 3);
  }
  Add("of few", 2, 5);
  const auto due = Due(10);
  ASSERT_THAT(due, SizeIs(kDueAtOnceMax));
  EXPECT_THAT(std::vector(due.begin(), due.begin() + 5),
              ElementsAre("early10000", "late10000", "of few", "early10001", "late10001"));
}

TEST_F(TimersTest, WhatEarlierOnesPushBackIsSaidAgainWhenItIsItsTurn) {
  for (std::size_t i = 0; i < kOutstandingMax; ++i) Add("late" + std::to_string(10'000 + i), 50);
  EXPECT_THAT(Due(100), SizeIs(kOutstandingMax));
  Add("early", 40);
  EXPECT_THAT(Due(100.2), ElementsAre("early"));
  ReadBack("early");
  EXPECT_THAT(Due(100.4), ElementsAre("late10999"));
}

}  // namespace
}  // namespace telex::owner
