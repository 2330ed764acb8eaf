// What is due, with a log store that is fed by hand and clocks that are set.
#include "ingestion/adapters/due_times.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/unit/ingestion/log_store_fixture.h"

namespace telex::ingestion {
namespace {

using testing::At;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using testing::kPartitions;
using testing::Made;
using testing::PartitionOfStory;
using testing::Story;

constexpr int kRule = 4;

class DueTimesTest : public testing::LogStoreTest {
 protected:
  // A replica whose clock may be off.
  struct Replica {
    absl::Duration ahead;
    std::set<std::int32_t> owned;
    DueTimes times{kPartitions, kRule};
  };
  std::vector<Submission> Due(Replica& replica) {
    return replica.times.Due(now_ + replica.ahead, replica.owned, pending_);
  }
  void Embargo(double until) {
    ReadAll(Made("a", 1, 1, [until](news::Article& article) {
      article.content.embargoed = At(until);
      article.availability = news::Availability::kEmbargoed;
    }));
  }

  absl::Time now_ = At(0);
  const DueTimes::Index pending_ = std::bind_front(&LogStore::VisitPending, log_store_.get());
};

TEST_F(DueTimesTest, ASubmissionNamesTheVersionAndTheInstant) {
  Embargo(100);
  Replica replica{.owned = {0, 1, 2, 3}};
  now_ = At(99.999);
  EXPECT_THAT(Due(replica), IsEmpty());
  now_ = At(100) + absl::Microseconds(1'500);
  Submission expected;
  expected.rule = kRule;
  expected.time = At(100.001);  // in milliseconds
  expected.actor = "telex";
  expected.subject = Story("a");
  expected.action = TimeReached{.version = news::Version{1}, .instant = At(100)};
  EXPECT_THAT(Due(replica), ElementsAre(expected));
}

// The owner's clock is an hour slow: its partition would wait for an hour.
TEST_F(DueTimesTest, ASlowOwnersEmbargoIsEndedByItsPeerTenSecondsLate) {
  Embargo(100);
  const std::int32_t partition = PartitionOfStory(Story("a"));
  Replica owner{.ahead = -absl::Hours(1), .owned = {partition}};
  Replica peer{.owned = {(partition + 1) % kPartitions}};
  for (const absl::Duration after :
       {absl::ZeroDuration(), owner::kPeerDelay - absl::Milliseconds(1)}) {
    now_ = At(100) + after;
    EXPECT_THAT(Due(owner), IsEmpty());
    EXPECT_THAT(Due(peer), IsEmpty());
  }
  now_ += absl::Milliseconds(1);
  EXPECT_THAT(Due(owner), IsEmpty());
  EXPECT_THAT(Due(peer), ElementsAre(Field(&Submission::time, now_)))
      << "by the clock that is right";
}

// Under the rules before 4 a fast clock would end the embargo early; a newer one its owner may not
// know.
TEST_F(DueTimesTest, APeerNamesTheOldestRuleThatIsBoundByTheLogsClockOrIsSilent) {
  Embargo(100);
  const std::int32_t partition = PartitionOfStory(Story("a"));
  const std::set<std::int32_t> own = {partition};
  const std::set<std::int32_t> others = {(partition + 1) % kPartitions};
  const auto rules_of = [&](int rule, const std::set<std::int32_t>& owned) {
    DueTimes times(kPartitions, rule);
    std::vector<int> rules;
    for (const absl::Duration later : {absl::ZeroDuration(), owner::kPeerDelay}) {
      for (const Submission& due : times.Due(At(100) + later, owned, pending_))
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
