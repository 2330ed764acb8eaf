// What is due, with a log store that is fed by hand and clocks that are set.
#include "ingestion/adapters/timekeeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/unit/ingestion/log_store_fixture.h"

namespace telex::ingestion {
namespace {

using testing::At;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kPartitions;
using testing::Made;
using testing::PartitionOfStory;
using testing::Story;

constexpr int kRule = 4;

class TimekeeperTest : public testing::LogStoreTest {
 protected:
  // A replica whose clock is off.
  struct Clock {
    absl::Duration ahead;
    std::set<std::int32_t> owned;
  };
  std::unique_ptr<Timekeeper> Make(const Clock& clock) {
    auto timekeeper = std::make_unique<Timekeeper>(
        *log_store_, kPartitions, kRule,
        Timekeeper::Ports{
            .now = [this, &clock] { return now_ + clock.ahead; },
            .owned = [&clock] { return clock.owned; },
            .submit = [this](const Submission& submission) { submitted_.push_back(submission); }});
    timekeeper->Stop();  // its own thread: the test says when it looks
    submitted_.clear();
    return timekeeper;
  }
  void Embargo(double until) {
    ReadAll(Made("a", 1, 1, [until](news::Article& article) {
      article.content.embargoed = At(until);
      article.availability = news::Availability::kEmbargoed;
    }));
  }

  absl::Time now_ = At(0);
  std::vector<Submission> submitted_;
};

TEST_F(TimekeeperTest, ItSaysWhichVersionAndWhichInstant) {
  Embargo(100);
  const Clock clock{.owned = {0, 1, 2, 3}};
  const auto timekeeper = Make(clock);
  now_ = At(99.999);
  EXPECT_EQ(timekeeper->Tick(), 0u);
  now_ = At(100) + absl::Microseconds(1'500);
  EXPECT_EQ(timekeeper->Tick(), 1u);
  Submission expected;
  expected.rule = kRule;
  expected.time = At(100.001);  // in milliseconds
  expected.actor = "telex";
  expected.subject = Story("a");
  expected.action = TimeReached{.version = news::Version{1}, .instant = At(100)};
  ASSERT_EQ(submitted_.size(), 1u);
  EXPECT_EQ(submitted_.front(), expected);
}

// The owner's clock is an hour slow: its partition would wait for an hour.
TEST_F(TimekeeperTest, ASlowOwnersEmbargoIsEndedByItsPeerTenSecondsLate) {
  Embargo(100);
  const std::int32_t partition = PartitionOfStory(Story("a"));
  const Clock slow{.ahead = -absl::Hours(1), .owned = {partition}};
  const Clock right{.owned = {(partition + 1) % kPartitions}};
  const auto owner = Make(slow);
  const auto peer = Make(right);
  now_ = At(100);
  EXPECT_EQ(owner->Tick() + peer->Tick(), 0u);
  now_ = At(100) + owner::kPeerDelay - absl::Milliseconds(1);
  EXPECT_EQ(owner->Tick() + peer->Tick(), 0u);
  now_ += absl::Milliseconds(1);
  EXPECT_EQ(owner->Tick(), 0u);
  EXPECT_EQ(peer->Tick(), 1u);
  ASSERT_EQ(submitted_.size(), 1u);
  EXPECT_EQ(submitted_.front().time, now_) << "by the clock that is right";
}

// Under the rules before 4 a fast clock would end the embargo early; a newer one its owner may not
// know.
TEST_F(TimekeeperTest, APeerNamesTheOldestRuleThatIsBoundByTheLogsClockOrIsSilent) {
  Embargo(100);
  const std::int32_t partition = PartitionOfStory(Story("a"));
  const std::set<std::int32_t> own = {partition};
  const std::set<std::int32_t> others = {(partition + 1) % kPartitions};
  const auto index = std::bind_front(&LogStore::VisitPending, log_store_.get());
  const auto rules_of = [&](int rule, const std::set<std::int32_t>& owned) {
    DueTimes times(kPartitions, rule);
    std::vector<int> rules;
    for (const absl::Duration later : {absl::ZeroDuration(), owner::kPeerDelay}) {
      for (const Submission& due : times.Due(At(100) + later, owned, index))
        rules.push_back(due.rule);
    }
    return rules;
  };
  EXPECT_THAT(rules_of(3, own), ElementsAre(3, 3));
  EXPECT_THAT(rules_of(3, others), IsEmpty());
  EXPECT_THAT(rules_of(kRule, others), ElementsAre(4));
  EXPECT_THAT(rules_of(99, others), IsEmpty()) << "a rule that this release does not know";
}

}  // namespace
}  // namespace telex::ingestion
