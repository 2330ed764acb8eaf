// Taking over partitions, with a library that is fed by hand and a log whose ends a test makes up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingestion/adapters/decider.h"
#include "platform/errors/errors.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/ingestion/library_records.h"

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
    auto library = Library::Open(
        {.folder = dir_ / "store", .cluster_id = kCluster, .partitions = kPartitions});
    EXPECT_TRUE(library.ok());
    library_ = *std::move(library);
    ends_.of_library = [] { return std::map<kafka::TopicPartition, std::int64_t>{}; };
    ends_.of_submissions = [] { return std::vector<std::int64_t>(kPartitions, 10); };
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
    ASSERT_TRUE(library_->log().OnBatch({&record, 1}, {}).status().ok());
  }
  absl::Status Assign(std::optional<std::int64_t> committed, std::stop_token stop = {}) {
    decider_ = std::make_unique<Decider>(KnownRules(), kCluster, *library_, ends_, *publisher_,
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
  std::unique_ptr<Library> library_;
  std::unique_ptr<kafka::Publisher> publisher_ = IdlePublisher();
  kafka::DeadLetters dead_letters_{*publisher_, kDecidersGroup, kPartitions};
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
  ReadDecision(3, 10);  // of a partition of another replica
  EXPECT_EQ(errors::ReasonOf(Assign(5)), errors::kLogTruncated);
}

TEST_F(DeciderTakeoverTest, WhatIsDecidedElsewhereWhileTheEndsAreAskedForIsNoTruncation) {
  ends_.of_submissions = [&] {
    // The answer was true when it left the broker; since then another replica has decided
    // submission 10 of partition 3.
    ReadDecision(3, 10);
    return std::vector<std::int64_t>(kPartitions, 10);
  };
  EXPECT_TRUE(Assign(5).ok());
}

TEST_F(DeciderTakeoverTest, ABrokerThatDoesNotAnswerIsAskedAgain) {
  int asked = 0;
  ends_.of_library = [&]() -> absl::StatusOr<std::map<kafka::TopicPartition, std::int64_t>> {
    if (++asked < 3) return absl::UnavailableError("no broker");
    return std::map<kafka::TopicPartition, std::int64_t>{};
  };
  int asked_submissions = 0;
  ends_.of_submissions = [&]() -> absl::StatusOr<std::vector<std::int64_t>> {
    if (++asked_submissions < 2) return absl::DeadlineExceededError("slow broker");
    return std::vector<std::int64_t>(kPartitions, 10);
  };
  EXPECT_TRUE(Assign(5).ok());
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(asked_submissions, 2);
}

TEST_F(DeciderTakeoverTest, ATakeoverThatCompactionMayOvertakeAsksForTheEndsAnew) {
  absl::Time now = absl::FromUnixSeconds(1'700'000'000);
  ends_.now = [&] { return now; };
  int asked = 0;
  ends_.of_library = [&] {
    if (++asked < 3) now += kCatchUpWithin + absl::Seconds(1);
    return std::map<kafka::TopicPartition, std::int64_t>{};
  };
  EXPECT_TRUE(Assign(5).ok());
  EXPECT_EQ(asked, 3);
}

TEST_F(DeciderTakeoverTest, AStopEndsTheAskingAndTheWaiting) {
  std::stop_source stop;
  ends_.of_library = [&]() -> absl::StatusOr<std::map<kafka::TopicPartition, std::int64_t>> {
    stop.request_stop();
    return absl::UnavailableError("no broker");
  };
  EXPECT_TRUE(absl::IsCancelled(Assign(5, stop.get_token())));
  ends_.of_library = [] {
    return std::map<kafka::TopicPartition, std::int64_t>{{{kDecisionsTopic, 1}, 99}};
  };
  EXPECT_TRUE(absl::IsCancelled(Assign(5, stop.get_token())));
}

TEST_F(DeciderTakeoverTest, WhatWaitingCannotMendStopsIt) {
  ends_.of_submissions = []() -> absl::StatusOr<std::vector<std::int64_t>> {
    return absl::PermissionDeniedError("no");
  };
  EXPECT_TRUE(absl::IsPermissionDenied(Assign(5)));
}

}  // namespace
}  // namespace telex::ingestion
