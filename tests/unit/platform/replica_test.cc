#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "platform/errors/errors.h"
#include "platform/replica/log_replica.h"
#include "tests/support/temp_dir.h"

namespace telex::replica {
namespace {

using kafka::Outcome;
using kafka::Record;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kTopic[] = "t";
const absl::Time kNow = absl::FromUnixSeconds(1'790'000'000);

Record At(std::int32_t partition, std::int64_t offset, const std::string& value) {
  return {.topic = kTopic, .partition = partition, .offset = offset, .key = value, .value = value};
}

// Puts each record's value as a row; "bad", "newer" and "wrong" are what they say.
class Rows final : public Fold {
 public:
  explicit Rows(store::Database rows) : rows_(rows) {}

  absl::Status Apply(store::WriteTxn& txn, const Record& record) override {
    applied.push_back(*record.value);
    if (*record.value == "bad") return absl::InvalidArgumentError("bad");
    if (*record.value == "newer") return absl::UnimplementedError("newer");
    if (*record.value == "wrong") return absl::FailedPreconditionError("wrong");
    return txn.Put(rows_, record.key, record.value->substr(0, 1));
  }
  void Committed() override { applied.clear(); }
  void Undone() override {
    applied.clear();
    ++undone;
  }

  std::vector<std::string> applied;  // since the last commit
  int undone = 0;

 private:
  const store::Database rows_;
};

class LogReplicaTest : public ::testing::Test {
 protected:
  void Open(absl::Time now = kNow, std::uint64_t bytes_max = 16 << 20) {
    replica_.reset();
    auto opened = LogReplica::Open(
        {.store = {.path = folder_ / "store", .databases = {"rows"}, .map_bytes_max = bytes_max},
         .topics = {{kTopic}}},
        now);
    ASSERT_TRUE(opened.ok()) << opened.status();
    replica_ = *std::move(opened);
    rows_ = std::make_unique<Rows>(replica_->store().database("rows"));
    replica_->Follow(*rows_,
                     [this](const Record& record, const absl::Status& why, std::stop_token) {
                       if (!letters_work_) return absl::UnavailableError("away");
                       letters_.push_back(std::string(errors::ReasonOf(why)) + " " + *record.value);
                       return absl::OkStatus();
                     });
  }
  void OpenBound() {
    Open();
    ASSERT_TRUE(replica_->Bind("c1", 2, kNow).ok());
  }
  std::vector<std::string> Stored() const {
    std::vector<std::string> keys;
    const auto txn = *replica_->store().Read();
    for (auto row = txn.Scan(replica_->store().database("rows")); row.valid(); row.Next())
      keys.emplace_back(row.key());
    return keys;
  }
  Outcome Read(const std::vector<Record>& records) { return replica_->OnBatch(records, {}); }

  tests::TempDir folder_;
  std::unique_ptr<LogReplica> replica_;
  std::unique_ptr<Rows> rows_;
  std::vector<std::string> letters_;
  bool letters_work_ = true;
};

TEST_F(LogReplicaTest, GoesOnWhereItsStoreStands) {
  OpenBound();
  EXPECT_EQ(replica_->StartPositions().size(), 2u);
  EXPECT_EQ(replica_->StartPositions()[0].offset, std::nullopt);
  EXPECT_EQ(Read({At(0, 0, "a"), At(1, 7, "b"), At(0, 1, "c")}).kind(), Outcome::Kind::kDone);
  EXPECT_EQ(replica_->PositionOf({kTopic, 0}), 2);
  ASSERT_TRUE(replica_->Close().ok());

  OpenBound();
  EXPECT_THAT(Stored(), ElementsAre("a", "b", "c"));
  EXPECT_EQ(replica_->StartPositions()[0].offset, 2);
  EXPECT_EQ(replica_->StartPositions()[1].offset, 8);
}

TEST_F(LogReplicaTest, KnowsWhatTheRecordBeforeItsPositionWas) {
  OpenBound();
  EXPECT_EQ(replica_->StartPositions()[0].before, std::nullopt);
  Record last = At(0, 4, "c");
  last.timestamp_ms = 17;
  EXPECT_EQ(Read({At(0, 0, "a"), At(1, 7, "b"), last, At(1, 8, "bad")}).kind(),
            Outcome::Kind::kDone);
  EXPECT_EQ(Read({At(1, 9, "newer")}).kind(), Outcome::Kind::kDone) << "held, and not before";
  ASSERT_TRUE(replica_->Close().ok());

  OpenBound();
  EXPECT_EQ(replica_->StartPositions()[0].before, kafka::FingerprintOf(last));
  EXPECT_EQ(replica_->StartPositions()[1].before, kafka::FingerprintOf(At(1, 8, "bad")));
  // What a release that keeps none has read since.
  ASSERT_TRUE(replica_->store()
                  .Write([](store::WriteTxn& txn) { return txn.SetPosition(kTopic, 0, 9); })
                  .ok());
  ASSERT_TRUE(replica_->Close().ok());
  OpenBound();
  EXPECT_EQ(replica_->StartPositions()[0].offset, 9);
  EXPECT_EQ(replica_->StartPositions()[0].before, std::nullopt);
}

TEST_F(LogReplicaTest, ABatchThatMeetsAFaultLeavesNothing) {
  OpenBound();
  const Outcome outcome = Read({At(0, 0, "a"), At(1, 5, "wrong")});
  EXPECT_EQ(outcome.kind(), Outcome::Kind::kFatal);
  EXPECT_THAT(std::string(outcome.status().message()), HasSubstr("t/1 at 5: wrong"));
  EXPECT_THAT(Stored(), IsEmpty());
  EXPECT_EQ(rows_->undone, 1);
  EXPECT_EQ(replica_->PositionOf({kTopic, 0}), 0);
}

TEST_F(LogReplicaTest, WhatCannotBeUnderstoodIsSetAsideBeforeThePositionMovesOn) {
  OpenBound();
  letters_work_ = false;
  EXPECT_EQ(Read({At(0, 0, "a"), At(0, 1, "bad"), At(0, 2, "c")}).kind(), Outcome::Kind::kRetry);
  EXPECT_THAT(Stored(), IsEmpty());
  letters_work_ = true;
  EXPECT_EQ(Read({At(0, 0, "a"), At(0, 1, "bad"), At(0, 2, "c")}).kind(), Outcome::Kind::kDone);
  EXPECT_THAT(Stored(), ElementsAre("a", "c"));
  EXPECT_THAT(letters_, ElementsAre("RECORD_UNREADABLE bad"));
  EXPECT_EQ(replica_->PositionOf({kTopic, 0}), 3);
}

TEST_F(LogReplicaTest, WithNowhereToSetItAsideReadingEnds) {
  OpenBound();
  replica_->Follow(*rows_);
  const Outcome outcome = Read({At(0, 0, "bad")});
  EXPECT_EQ(outcome.kind(), Outcome::Kind::kFatal);
  EXPECT_EQ(errors::ReasonOf(outcome.status()), errors::kRecordUnreadable);
}

TEST_F(LogReplicaTest, ARecordOfANewerReleaseHoldsItsPartitionAlone) {
  OpenBound();
  EXPECT_TRUE(replica_->Held().ok());
  EXPECT_EQ(Read({At(0, 0, "a"), At(0, 1, "newer"), At(1, 0, "b"), At(0, 2, "c")}).kind(),
            Outcome::Kind::kDone);
  EXPECT_EQ(Read({At(0, 3, "d"), At(1, 1, "e")}).kind(), Outcome::Kind::kDone);
  replica_->OnCaughtUp({kTopic, 0}, 4);
  EXPECT_THAT(Stored(), ElementsAre("a", "b", "e"));
  EXPECT_EQ(replica_->PositionOf({kTopic, 0}), 1);
  EXPECT_EQ(replica_->PositionOf({kTopic, 1}), 2);
  EXPECT_EQ(errors::ReasonOf(replica_->Held()), errors::kRecordFromNewerRelease);
  EXPECT_THAT(std::string(replica_->Held().message()), HasSubstr("t/0 at 1"));
  ASSERT_TRUE(replica_->Close().ok());

  OpenBound();  // the newer release
  EXPECT_TRUE(replica_->Held().ok());
  EXPECT_EQ(replica_->StartPositions()[0].offset, 1);
}

TEST_F(LogReplicaTest, AStoreThatIsFullHasTheBatchComeAgain) {
  Open(kNow, 1 << 20);
  ASSERT_TRUE(replica_->Bind("c1", 2, kNow).ok());
  Outcome outcome = Outcome::Done();
  for (std::int64_t i = 0; i < 10'000 && outcome.kind() == Outcome::Kind::kDone; ++i)
    outcome = Read({At(0, i, std::to_string(i) + std::string(400, 'x'))});
  EXPECT_EQ(outcome.kind(), Outcome::Kind::kRetry);
  EXPECT_EQ(errors::ReasonOf(outcome.status()), errors::kStoreFailed);
  EXPECT_EQ(static_cast<std::size_t>(replica_->PositionOf({kTopic, 0})), Stored().size());
}

TEST_F(LogReplicaTest, IsEmptiedWhenItMayHaveMissedTombstones) {
  OpenBound();
  Read({At(0, 0, "a")});
  replica_->OnAllCaughtUp();
  ASSERT_TRUE(replica_->Touch(kNow + absl::Hours(24)).ok());
  ASSERT_TRUE(replica_->Close().ok());

  Open(kNow + absl::Hours(24 * 26));
  EXPECT_THAT(Stored(), ElementsAre("a"));
  EXPECT_TRUE(replica_->kept()->caught_up);
  ASSERT_TRUE(replica_->Close().ok());

  Open(kNow + absl::Hours(24 * 26) + absl::Seconds(1));
  EXPECT_THAT(Stored(), IsEmpty());
  EXPECT_FALSE(replica_->kept());
  EXPECT_EQ(replica_->PositionOf({kTopic, 0}), 0);
}

TEST_F(LogReplicaTest, IsNoOlderThanWhenItWasLastWhole) {
  OpenBound();
  ASSERT_TRUE(replica_->Touch(kNow + absl::Hours(1)).ok());
  EXPECT_FALSE(replica_->kept()->caught_up) << "it never was all there is";
  EXPECT_EQ(replica_->kept()->touched, kNow);
  Read({At(0, 0, "newer")});
  replica_->OnAllCaughtUp();
  ASSERT_TRUE(replica_->Touch(kNow + absl::Hours(1)).ok());
  EXPECT_EQ(replica_->kept()->touched, kNow) << "a partition is held";
}

TEST_F(LogReplicaTest, IsOfOneClusterAndOneNumberOfPartitions) {
  OpenBound();
  EXPECT_TRUE(replica_->Bind("c1", 2, kNow).ok());
  EXPECT_EQ(errors::ReasonOf(replica_->Bind("c2", 2, kNow)), errors::kLogTruncated);
  EXPECT_EQ(errors::ReasonOf(replica_->Bind("c1", 3, kNow)), errors::kWrongPartitionCount);
}

}  // namespace
}  // namespace telex::replica
