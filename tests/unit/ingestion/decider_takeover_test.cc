// Taking over partitions, with a log store that is fed by hand and a log whose ends a test makes
// up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingestion/adapters/decider.h"
#include "platform/errors/errors.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/ingestion/log_store_records.h"

namespace telex::ingestion {
namespace {

using ::testing::ElementsAre;
using testing::FakeLog;
using testing::kCluster;
using testing::kPartitions;
using testing::Position;
using testing::RecordOf;

class DeciderTakeoverTest : public ::testing::Test {
 protected:
  DeciderTakeoverTest() {
    auto log_store = LogStore::Open(
        {.folder = dir_ / "store", .cluster_id = kCluster, .partitions = kPartitions});
    EXPECT_TRUE(log_store.ok());
    log_store_ = *std::move(log_store);
    ends_.of = [this](std::span<const kafka::TopicPartition> places) {
      return places.front().topic == kSubmissionsTopic ? of_submissions_(places)
                                                       : of_decided_(places);
    };
  }
  // No broker is there, and none is asked.
  static std::unique_ptr<kafka::Publisher> IdlePublisher() {
    auto publisher =
        kafka::Publisher::Create({.client = {.brokers = "127.0.0.1:1", .client_id = "test"}});
    EXPECT_TRUE(publisher.ok());
    return *std::move(publisher);
  }
  void ReadDecision(std::int32_t partition, std::int64_t offset) {
    Decision decision;
    decision.position = Position(offset, partition);
    decision.subject = "articles/x";
    const kafka::Record record = log_.Append(RecordOf(decision));
    ASSERT_TRUE(log_store_->log().OnBatch({&record, 1}, {}).status().ok());
  }
  absl::Status Assign(std::optional<std::int64_t> committed, std::stop_token stop = {}) {
    decider_ = std::make_unique<Decider>(KnownRules(), kCluster, *log_store_, ends_, *publisher_,
                                         dead_letters_, DeciderObserver{});
    const kafka::AssignedPartition assigned{{kSubmissionsTopic, 1}, committed};
    auto starts = decider_->OnAssigned({&assigned, 1}, stop);
    if (!starts.ok()) return starts.status();
    EXPECT_EQ(starts->size(), 1u);
    EXPECT_EQ(starts->front().offset, committed);
    return absl::OkStatus();
  }

  tests::TempDir dir_;
  FakeLog log_;
  std::unique_ptr<LogStore> log_store_;
  std::unique_ptr<kafka::Publisher> publisher_ = IdlePublisher();
  kafka::DeadLetters dead_letters_{*publisher_, kDecidersGroup, kPartitions};
  using Ends = absl::StatusOr<std::map<kafka::TopicPartition, std::int64_t>>;
  using Places = std::span<const kafka::TopicPartition>;
  static Ends All(Places places, std::int64_t end) {
    std::map<kafka::TopicPartition, std::int64_t> ends;
    for (const kafka::TopicPartition& place : places) ends[place] = end;
    return ends;
  }

  std::function<Ends(Places)> of_submissions_ = [](Places places) { return All(places, 10); };
  std::function<Ends(Places)> of_decided_ = [](Places places) { return All(places, 0); };
  LogEnds ends_;
  std::unique_ptr<Decider> decider_;
};

TEST_F(DeciderTakeoverTest, ItStartsWhereTheGroupStoredAndOwnsFromThenOn) {
  EXPECT_TRUE(Assign(7).ok());
  EXPECT_THAT(decider_->Owned(), ElementsAre(1));
  const kafka::TopicPartition place{kSubmissionsTopic, 1};
  decider_->OnRevoked({&place, 1}, false);
  EXPECT_TRUE(decider_->Owned().empty());
  EXPECT_TRUE(Assign(std::nullopt).ok());
}

TEST_F(DeciderTakeoverTest, ALogThatIsShorterThanWhatIsKnownIsRefused) {
  EXPECT_EQ(errors::ReasonOf(Assign(11)), errors::kLogTruncated);
  EXPECT_TRUE(decider_->Owned().empty());
  ReadDecision(1, 10);
  EXPECT_EQ(errors::ReasonOf(Assign(5)), errors::kLogTruncated);
}

TEST_F(DeciderTakeoverTest, WhatIsDecidedElsewhereWhileTheEndsAreAskedForIsNoTruncation) {
  of_submissions_ = [&](Places places) {
    // The answer was true when it left the broker; since then another replica, which does not know
    // yet that it lost the partition, has decided submission 10.
    ReadDecision(1, 10);
    return All(places, 10);
  };
  EXPECT_TRUE(Assign(5).ok());
}

TEST_F(DeciderTakeoverTest, ABrokerThatDoesNotAnswerIsAskedAgain) {
  int asked = 0;
  of_decided_ = [&](Places places) -> Ends {
    if (++asked < 3) return absl::UnavailableError("no broker");
    return All(places, 0);
  };
  int asked_submissions = 0;
  of_submissions_ = [&](Places places) -> Ends {
    if (++asked_submissions < 2) return absl::DeadlineExceededError("slow broker");
    return All(places, 10);
  };
  EXPECT_TRUE(Assign(5).ok());
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(asked_submissions, 2);
}

TEST_F(DeciderTakeoverTest, ATakeoverThatCompactionMayOvertakeAsksForTheEndsAnew) {
  absl::Time now = absl::FromUnixSeconds(1'700'000'000);
  ends_.now = [&] { return now; };
  int asked = 0;
  of_decided_ = [&](Places places) {
    if (++asked < 3) now += kCatchUpWithin + absl::Seconds(1);
    return All(places, 0);
  };
  EXPECT_TRUE(Assign(5).ok());
  EXPECT_EQ(asked, 3);
}

TEST_F(DeciderTakeoverTest, AStopEndsTheAskingAndTheWaiting) {
  std::stop_source stop;
  of_decided_ = [&](Places) -> Ends {
    stop.request_stop();
    return absl::UnavailableError("no broker");
  };
  EXPECT_TRUE(absl::IsCancelled(Assign(5, stop.get_token())));
  of_decided_ = [](Places places) { return All(places, 99); };
  EXPECT_TRUE(absl::IsCancelled(Assign(5, stop.get_token())));
}

TEST_F(DeciderTakeoverTest, WhatWaitingCannotMendStopsIt) {
  of_submissions_ = [](Places) -> Ends { return absl::PermissionDeniedError("no"); };
  EXPECT_TRUE(absl::IsPermissionDenied(Assign(5)));
}

// A partition whose leader is away holds up its own owner alone.
TEST_F(DeciderTakeoverTest, NothingIsAskedOfPartitionsThatWereNotAssigned) {
  std::set<kafka::TopicPartition> asked;
  ends_.of = [&](Places places) {
    asked.insert(places.begin(), places.end());
    return All(places, 0);
  };
  EXPECT_TRUE(Assign(std::nullopt).ok());
  EXPECT_THAT(asked, ElementsAre(kafka::TopicPartition{kArticlesTopic, 1},
                                 kafka::TopicPartition{kDecisionsTopic, 1},
                                 kafka::TopicPartition{kResourcesTopic, 1},
                                 kafka::TopicPartition{kSubmissionsTopic, 1}));
}

}  // namespace
}  // namespace telex::ingestion
