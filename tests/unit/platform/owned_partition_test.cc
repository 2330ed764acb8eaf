#include "platform/owner/owned_partition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "platform/errors/errors.h"

namespace telex::owner {
namespace {

using kafka::Progress;
using kafka::Record;
using kafka::TopicPartition;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using State = kafka::Progress::State;

const TopicPartition kInput{"input", 3};
const TopicPartition kResults{"results", 3};
const TopicPartition kVerdicts{"verdicts", 3};

// Takes records two by two: a result each, then a verdict each.
class TestFold final : public Fold {
 public:
  std::int64_t KnownEnd() const override { return known_end; }
  void Take(std::span<const kafka::RecordView> records) override {
    batch.clear();
    for (const kafka::RecordView& record : records) batch.emplace_back(record.key());
    done = 0;
    ++taken;
  }
  absl::StatusOr<Round> Next(bool read) override {
    EXPECT_LT(done, batch.size()) << "asked though nothing is left";
    if (batch[done] == "newer") return absl::FailedPreconditionError("of a newer release");
    if (batch[done] == "another log") {
      return errors::Error(absl::StatusCode::kFailedPrecondition, errors::kLogTruncated,
                           "replaced");
    }
    if (batch[done] == "broken") return absl::DataLossError("broken");
    if (batch[done] == "unread" && !read) return Round{.read_first = {kVerdicts}};
    Round round;
    round.steps.resize(2);
    for (; round.taken < 2 && done + round.taken < batch.size(); ++round.taken) {
      const std::string& key = batch[done + round.taken];
      if (round.taken > 0 && key == "newer") break;
      round.steps[0].push_back(Made("results", key));
      round.steps[1].push_back(Made("verdicts", key));
    }
    next = done + round.taken;
    return round;
  }
  void OnOwned(std::int64_t end) override { input_end = end; }
  absl::StatusOr<Round> Idle(absl::Time now) override {
    asked_idle = now;
    Round round;
    if (!std::exchange(wants_to_append, false)) return round;
    round.steps = {{Made("results", "idle")}, {Made("verdicts", "idle")}};
    return round;
  }
  void Recorded() override {
    done = next;
    ++recorded;
  }
  std::optional<std::int64_t> ResumeFrom(std::int64_t behind) const override {
    return behind - rewind;
  }

  Record Made(const std::string& topic, const std::string& key) const {
    return {.topic = topic, .partition = 3, .key = key, .value = std::string(weight, 'x')};
  }

  std::int64_t known_end = 0;
  std::int64_t input_end = -1;
  std::int64_t rewind = 0;
  bool wants_to_append = false;
  absl::Time asked_idle;
  int recorded = 0;
  std::size_t weight = 1;
  int taken = 0;
  std::vector<std::string> batch;
  std::size_t done = 0;
  std::size_t next = 0;
};

class FakeSurroundings final : public Surroundings {
 public:
  void AskForEnds(std::vector<TopicPartition> places) override { asked.push_back(places); }
  std::int64_t PositionOf(const TopicPartition& place) const override {
    const auto found = positions.find(place);
    return found == positions.end() ? 0 : found->second;
  }
  void Append(Record record) override { appended.push_back(record.topic + " " + record.key); }
  absl::Time Now() const override { return now; }

  std::vector<std::vector<TopicPartition>> asked;
  std::map<TopicPartition, std::int64_t> positions;
  std::vector<std::string> appended;
  absl::Time now = absl::FromUnixSeconds(1'700'000'000);
};

class OwnedPartitionTest : public ::testing::Test {
 protected:
  void Assign(std::optional<std::int64_t> committed = {}) {
    auto fold = std::make_unique<TestFold>();
    fold_ = fold.get();
    partition_ = std::make_unique<OwnedPartition>(
        Takeover{.assigned = {kInput, committed}, .derived = {kResults, kVerdicts}},
        std::move(fold), surroundings_);
  }
  void TakeOver() {
    Assign();
    partition_->OnEnds(Ends{{kResults, 0}, {kVerdicts, 0}});
    EXPECT_TRUE(partition_->Advance().ok());
    partition_->OnEnds(Ends{{kInput, 0}});
    EXPECT_TRUE(partition_->Advance().ok());
    EXPECT_TRUE(partition_->Owned());
  }
  // A batch of these keys, from offset 10 on.
  void Batch(std::vector<std::string> keys) {
    records_.clear();
    views_.clear();
    for (std::size_t i = 0; i < keys.size(); ++i) {
      records_.push_back({.topic = "input", .partition = 3, .key = keys[i], .value = ""});
      records_.back().offset = 10 + static_cast<std::int64_t>(i);
    }
    for (const Record& record : records_) views_.emplace_back(record);
  }
  Progress Offer(bool finishing = false) {
    const auto progress = partition_->OnBatch(views_, finishing);
    EXPECT_TRUE(progress.ok()) << progress.status();
    return progress.value_or(Progress{});
  }
  void Acknowledge(std::size_t records, const absl::Status& result = absl::OkStatus()) {
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < records; ++i) bytes += WeightOf(fold_->Made("", "a"));
    partition_->OnAppended(records, bytes, result);
  }

  FakeSurroundings surroundings_;
  TestFold* fold_ = nullptr;
  std::unique_ptr<OwnedPartition> partition_;
  std::vector<Record> records_;
  std::vector<kafka::RecordView> views_;
};

// --- taking over -------------------------------------------------------------------------------

TEST_F(OwnedPartitionTest, IsOwnedOnceAllThatWasDerivedIsReadAndTheInputIsWhole) {
  Assign(7);
  Batch({"a"});
  ASSERT_THAT(surroundings_.asked, ElementsAre(ElementsAre(kResults, kVerdicts)));
  EXPECT_EQ(Offer().state, State::kWorking);
  partition_->OnEnds(Ends{{kResults, 5}, {kVerdicts, 2}});
  surroundings_.positions = {{kResults, 4}, {kVerdicts, 2}};
  EXPECT_TRUE(partition_->Advance().ok());
  EXPECT_THAT(surroundings_.asked, SizeIs(1)) << "one is not read to its end";
  surroundings_.positions[kResults] = 5;
  EXPECT_TRUE(partition_->Advance().ok());
  EXPECT_THAT(surroundings_.asked.back(), ElementsAre(kInput));
  EXPECT_FALSE(partition_->Owned());
  EXPECT_EQ(Offer().state, State::kWorking);
  EXPECT_THAT(surroundings_.appended, IsEmpty());
  partition_->OnEnds(Ends{{kInput, 7}});
  EXPECT_TRUE(partition_->Advance().ok());
  EXPECT_TRUE(partition_->Owned());
  EXPECT_EQ(Offer().state, State::kWorking);
  EXPECT_THAT(surroundings_.appended, ElementsAre("results a"));
}

TEST_F(OwnedPartitionTest, AnInputThatIsShorterThanWhatIsKnownIsRefused) {
  for (const auto& [committed, known] :
       std::vector<std::pair<std::optional<std::int64_t>, std::int64_t>>{{11, 0}, {5, 11}}) {
    Assign(committed);
    fold_->known_end = known;
    partition_->OnEnds(Ends{{kResults, 0}, {kVerdicts, 0}});
    EXPECT_TRUE(partition_->Advance().ok());
    partition_->OnEnds(Ends{{kInput, 10}});
    EXPECT_EQ(errors::ReasonOf(partition_->Advance()), errors::kLogTruncated);
  }
}

// The group's offset survives what was derived: as after a topic of results was restored older.
TEST_F(OwnedPartitionTest, AGroupsOffsetBehindAllThatWasDerivedIsRefused) {
  for (const auto& [known, refused] : std::vector<std::pair<std::int64_t, bool>>{
           {100, true}, {149, true}, {150, false}, {200, false}}) {
    Assign(150);
    fold_->rewind = 80;
    fold_->known_end = known;
    partition_->OnEnds(Ends{{kResults, 0}, {kVerdicts, 0}});
    EXPECT_TRUE(partition_->Advance().ok());
    partition_->OnEnds(Ends{{kInput, 1'000}});
    EXPECT_EQ(errors::Is(partition_->Advance(), errors::kLogTruncated), refused) << known;
  }
}

// The answer was true when it left the broker; since then another member, which does not know yet
// that it lost the partition, has decided the record at 10.
TEST_F(OwnedPartitionTest, WhatIsDecidedElsewhereWhileTheEndIsAskedForIsNoTruncation) {
  Assign(5);
  partition_->OnEnds(Ends{{kResults, 0}, {kVerdicts, 0}});
  EXPECT_TRUE(partition_->Advance().ok());
  fold_->known_end = 11;
  partition_->OnEnds(Ends{{kInput, 10}});
  EXPECT_TRUE(partition_->Advance().ok());
}

TEST_F(OwnedPartitionTest, ATakeoverThatCompactionMayOvertakeAsksForTheEndsAnew) {
  Assign();
  partition_->OnEnds(Ends{{kResults, 1}, {kVerdicts, 0}});
  surroundings_.now += OwnedPartition::kCatchUpWithin + absl::Seconds(1);
  surroundings_.positions[kResults] = 1;
  EXPECT_TRUE(partition_->Advance().ok());
  EXPECT_THAT(surroundings_.asked.back(), ElementsAre(kResults, kVerdicts));
  partition_->OnEnds(Ends{{kResults, 1}, {kVerdicts, 0}});
  EXPECT_TRUE(partition_->Advance().ok());
  EXPECT_THAT(surroundings_.asked.back(), ElementsAre(kInput));
}

TEST_F(OwnedPartitionTest, WhatWaitingCannotMendEndsIt) {
  Assign();
  partition_->OnEnds(absl::PermissionDeniedError("no"));
  EXPECT_TRUE(absl::IsPermissionDenied(partition_->Advance()));
}

TEST_F(OwnedPartitionTest, TheFoldHearsWhereItsInputEndsOnceItIsOwned) {
  Assign();
  partition_->OnEnds(Ends{{kResults, 0}, {kVerdicts, 0}});
  EXPECT_TRUE(partition_->Advance().ok());
  EXPECT_EQ(fold_->input_end, -1);
  partition_->OnEnds(Ends{{kInput, 12}});
  EXPECT_EQ(fold_->input_end, 12);
}

// --- between batches ---------------------------------------------------------------------------

TEST_F(OwnedPartitionTest, AFoldMayAppendThoughNothingCame) {
  Assign();
  EXPECT_TRUE(partition_->Advance().ok());
  EXPECT_EQ(fold_->asked_idle, absl::Time()) << "not owned yet";
  TakeOver();
  surroundings_.now += absl::Seconds(1);
  fold_->wants_to_append = true;
  EXPECT_TRUE(partition_->Advance().ok());
  EXPECT_EQ(fold_->asked_idle, surroundings_.now);
  EXPECT_THAT(surroundings_.appended, ElementsAre("results idle"));
  fold_->wants_to_append = true;
  Acknowledge(1);
  EXPECT_TRUE(partition_->Advance().ok());
  EXPECT_THAT(surroundings_.appended, ElementsAre("results idle", "verdicts idle"));
  EXPECT_EQ(fold_->recorded, 0);
  Acknowledge(1);
  EXPECT_TRUE(partition_->Advance().ok());
  EXPECT_EQ(fold_->recorded, 1);
  EXPECT_THAT(surroundings_.appended, SizeIs(3)) << "and the next one is begun";
}

TEST_F(OwnedPartitionTest, ABatchWaitsForWhatWasBegunBeforeIt) {
  TakeOver();
  fold_->wants_to_append = true;
  EXPECT_TRUE(partition_->Advance().ok());
  Batch({"a"});
  EXPECT_EQ(Offer().state, State::kWorking);
  EXPECT_EQ(Offer(/*finishing=*/true).state, State::kWorking);
  EXPECT_EQ(fold_->taken, 0);
  Acknowledge(1);
  EXPECT_EQ(Offer().next, 10);
  Acknowledge(1);
  EXPECT_EQ(Offer().next, 10);
  EXPECT_EQ(fold_->taken, 1);
  EXPECT_EQ(surroundings_.appended.back(), "results a");
  fold_->wants_to_append = true;
  EXPECT_TRUE(partition_->Advance().ok());
  EXPECT_TRUE(fold_->wants_to_append) << "not asked while a batch is in work";
}

TEST_F(OwnedPartitionTest, TheFoldSaysFromWhereItsSuccessorReads) {
  TakeOver();
  EXPECT_EQ(partition_->ResumeFrom(12), 12);
  fold_->rewind = 5;
  EXPECT_EQ(partition_->ResumeFrom(12), 7);
}

TEST_F(OwnedPartitionTest, AnAppendBetweenBatchesThatFailsForGoodEndsIt) {
  TakeOver();
  fold_->wants_to_append = true;
  EXPECT_TRUE(partition_->Advance().ok());
  Acknowledge(1, absl::NotFoundError("no such topic"));
  EXPECT_TRUE(absl::IsNotFound(partition_->Advance()));
}

// --- batches -----------------------------------------------------------------------------------

TEST_F(OwnedPartitionTest, AStepIsAcknowledgedBeforeTheNextIsBegun) {
  TakeOver();
  Batch({"a", "b", "c"});
  EXPECT_EQ(Offer().next, 10);
  EXPECT_THAT(surroundings_.appended, ElementsAre("results a", "results b"));
  Acknowledge(1);
  EXPECT_EQ(Offer().next, 10);
  EXPECT_THAT(surroundings_.appended, SizeIs(2));
  Acknowledge(1);
  EXPECT_EQ(Offer().next, 10);
  EXPECT_THAT(surroundings_.appended,
              ElementsAre("results a", "results b", "verdicts a", "verdicts b"));
  EXPECT_EQ(fold_->done, 0u) << "not on record yet";
  Acknowledge(2);
  EXPECT_EQ(Offer().next, 12);
  EXPECT_EQ(fold_->done, 2u);
  EXPECT_EQ(surroundings_.appended.back(), "results c");
  Acknowledge(1);
  Offer();
  Acknowledge(1);
  EXPECT_EQ(Offer().state, State::kDone);
  EXPECT_EQ(fold_->taken, 1);
}

TEST_F(OwnedPartitionTest, AppendsNoMoreThanItsShareUntilThatIsAcknowledged) {
  TakeOver();
  fold_->weight = OwnedPartition::kUnackedBytesMax;
  Batch({"a", "b"});
  Offer();
  EXPECT_THAT(surroundings_.appended, ElementsAre("results a"));
  Acknowledge(1);
  Offer();
  EXPECT_THAT(surroundings_.appended, ElementsAre("results a", "results b"));
}

TEST_F(OwnedPartitionTest, AskedToFinishItEndsTheRoundAndBeginsNoOther) {
  TakeOver();
  Batch({"a", "b", "c"});
  Offer();
  Acknowledge(2);
  EXPECT_EQ(Offer(/*finishing=*/true).state, State::kWorking);
  Acknowledge(2);
  const Progress stopped = Offer(/*finishing=*/true);
  EXPECT_EQ(stopped.state, State::kStopped);
  EXPECT_EQ(stopped.next, 12);
  EXPECT_THAT(surroundings_.appended, SizeIs(4));
}

TEST_F(OwnedPartitionTest, ARecordThatThisReleaseCannotDealWithHoldsThePartitionThere) {
  TakeOver();
  Batch({"a", "newer", "c"});
  Offer();
  Acknowledge(1);
  Offer();
  Acknowledge(1);
  const Progress held = Offer();
  EXPECT_EQ(held.state, State::kHeld);
  EXPECT_EQ(held.next, 11);
  EXPECT_FALSE(partition_->Owned());
  EXPECT_THAT(std::string(partition_->held().message()), ::testing::HasSubstr("input/3 at 11"));
}

TEST_F(OwnedPartitionTest, WhileItIsHeldTheFoldGoesOnWithItsOwn) {
  TakeOver();
  Batch({"newer"});
  EXPECT_EQ(Offer().state, State::kHeld);
  fold_->wants_to_append = true;
  EXPECT_TRUE(partition_->Advance().ok());
  Acknowledge(1);
  EXPECT_TRUE(partition_->Advance().ok());
  EXPECT_THAT(surroundings_.appended, ElementsAre("results idle", "verdicts idle"));
  EXPECT_FALSE(partition_->Owned());
}

TEST_F(OwnedPartitionTest, AnotherLogIsNotHeldButEndsTheProcess) {
  TakeOver();
  Batch({"another log"});
  EXPECT_TRUE(errors::Is(partition_->OnBatch(views_, false).status(), errors::kLogTruncated));
  EXPECT_TRUE(partition_->held().ok());
}

TEST_F(OwnedPartitionTest, WhatMustBeReadFirstIsReadUpToItsEndOfNow) {
  TakeOver();
  Batch({"unread"});
  EXPECT_EQ(Offer().state, State::kWorking);
  EXPECT_THAT(surroundings_.asked.back(), ElementsAre(kVerdicts));
  EXPECT_EQ(Offer().state, State::kWorking) << "no answer yet";
  partition_->OnEnds(Ends{{kVerdicts, 4}});
  EXPECT_EQ(Offer().state, State::kWorking);
  EXPECT_THAT(surroundings_.appended, IsEmpty());
  surroundings_.positions[kVerdicts] = 4;
  EXPECT_EQ(Offer().state, State::kWorking);
  EXPECT_THAT(surroundings_.appended, ElementsAre("results unread"));
}

TEST_F(OwnedPartitionTest, AnAppendThatFailsForGoodOrABrokenFoldEndsIt) {
  TakeOver();
  Batch({"a"});
  Offer();
  Acknowledge(1, absl::NotFoundError("no such topic"));
  EXPECT_TRUE(absl::IsNotFound(partition_->OnBatch(views_, false).status()));
  TakeOver();
  Batch({"broken"});
  EXPECT_TRUE(absl::IsDataLoss(partition_->OnBatch(views_, false).status()));
}

}  // namespace
}  // namespace telex::owner
