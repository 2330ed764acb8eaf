#include "views/adapters/counting_fold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "platform/errors/errors.h"
#include "tests/unit/views/counting_records.h"

namespace telex::views {
namespace {

using owner::Round;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t kNoon = kMidnight + 12 * kHourMs;

class CountingFoldTest : public ::testing::Test {
 protected:
  CountingFoldTest() { TakeOver(); }

  void TakeOver(CountingRule rule = kCountingRule1, absl::TimeZone zone = absl::UTCTimeZone(),
                std::size_t totals_bytes_max = PartitionCounts::kTotalsBytesMax) {
    reader_.ReadAll();
    fold_ = std::make_unique<CountingFold>(
        0, CountingParts{.rule = rule,
                         .zone = zone,
                         .totals_bytes_max = totals_bytes_max,
                         .recorded = reader_,
                         .dead_letters = dead_letters_,
                         .on_recorded =
                             [this](const CountingProgress& progress) {
                               done_ += progress.views;
                               not_remembered_ += progress.events_not_remembered;
                               closed_early_ += progress.seconds_closed_early;
                             },
                         .write_after_views = write_after_views_});
    fold_->OnOwned(static_cast<std::int64_t>(views_.size()));
  }
  // Another view in the log, so many seconds behind noon.
  kafka::Record& View(double seconds, Visitor visitor = kNoVisitor) {
    Arrival arrival;
    arrival.append_ms = kNoon + static_cast<std::int64_t>(seconds * 1'000);
    arrival.view.article = story_;
    arrival.view.id[0] = static_cast<std::uint8_t>(views_.size());
    arrival.view.visitor = visitor;
    arrival.view.time_ms = arrival.append_ms;
    arrival.view.language = "en";
    const auto offset = static_cast<std::int64_t>(views_.size());
    return *views_.emplace_back(std::make_unique<kafka::Record>(ViewRecord(arrival, offset)));
  }
  // All of the log from `first` on; the fold's status when no round is left.
  absl::Status Fold(std::size_t first = 0) {
    std::vector<kafka::RecordView> batch;
    for (std::size_t i = first; i < views_.size(); ++i) batch.emplace_back(*views_[i]);
    fold_->Take(batch);
    for (std::size_t taken = 0; taken < batch.size();) {
      const auto round = fold_->Next(false);
      if (!round.ok()) return round.status();
      taken += round->taken;
      Write(*round);
    }
    return absl::OkStatus();
  }
  void Write(const Round& round) {
    for (const auto& step : round.steps) {
      for (const kafka::Record& record : step) {
        if (record.topic == kViewCountsTopic) {
          AppendRecord(log_, record);
          ++written_;
        } else {
          set_aside_.push_back(record.topic);
        }
      }
    }
    fold_->Recorded();
    reader_.ReadAll();
  }
  // So many seconds behind noon, by the clock.
  std::size_t Idle(double seconds) {
    const auto round = fold_->Idle(absl::FromUnixMillis(kNoon) + absl::Seconds(seconds));
    EXPECT_TRUE(round.ok()) << round.status();
    const std::size_t before = written_;
    if (!round->steps.empty()) Write(*round);
    return written_ - before;
  }
  std::int64_t Views() const {
    std::int64_t views = 0;
    for (const auto& [key, totals] : reader_.Days()) views += totals.views;
    return views;
  }

  const news::ArticleId story_ = news::ArticleId::Of("desk.example", "story");
  const kafka::DeadLetters dead_letters_{kCountersGroup, 1};
  CountsLog log_;
  CountsReader reader_{log_};
  std::vector<std::unique_ptr<kafka::Record>> views_;
  std::vector<std::string> set_aside_;
  std::size_t written_ = 0;
  std::size_t done_ = 0;
  std::uint64_t not_remembered_ = 0;
  std::uint64_t closed_early_ = 0;
  std::size_t write_after_views_ = 1;
  std::unique_ptr<CountingFold> fold_;
};

TEST_F(CountingFoldTest, HoweverBusyCountsAreWrittenAfterSoManyViews) {
  write_after_views_ = 4;
  TakeOver();
  for (const double seconds : {0.0, 0.1, 0.9}) View(seconds);
  ASSERT_TRUE(Fold().ok());
  EXPECT_EQ(written_, 0u);
  EXPECT_EQ(done_, 3u);
  EXPECT_EQ(fold_->ResumeFrom(3), std::nullopt) << "nothing is on record";
  View(1.0);
  View(1.5);
  ASSERT_TRUE(Fold(3).ok());
  EXPECT_EQ(written_, 2u) << "a total, then the checkpoint";
  EXPECT_EQ(Views(), 4);
  EXPECT_EQ(reader_.CheckpointOf(0)->position, 3);
  EXPECT_EQ(fold_->ResumeFrom(5), 0);
}

TEST_F(CountingFoldTest, ASecondAfterAChangeItIsWritten) {
  write_after_views_ = 100;
  TakeOver();
  View(0);
  ASSERT_TRUE(Fold().ok());
  EXPECT_EQ(Idle(0.2), 0u);
  View(0.5);
  ASSERT_TRUE(Fold(1).ok());
  EXPECT_EQ(Idle(1.1), 0u);
  EXPECT_EQ(Idle(1.2), 2u);
  EXPECT_EQ(Views(), 2);
  EXPECT_EQ(Idle(5), 0u) << "nothing is left";
}

TEST_F(CountingFoldTest, WhereTheBoundsOfTheRuleAreReachedIsTold) {
  CountingRule rule;
  rule.events_per_second_max = 2;
  rule.visitors_max = 3;
  TakeOver(rule);
  for (Visitor visitor = 1; visitor <= 3; ++visitor) View(0.1, visitor);
  ASSERT_TRUE(Fold().ok());
  EXPECT_EQ(not_remembered_, 1u);
  EXPECT_EQ(closed_early_, 0u);
  View(40, 4);
  ASSERT_TRUE(Fold(3).ok());
  EXPECT_EQ(not_remembered_, 1u) << "as it was told already";
  EXPECT_EQ(closed_early_, 591u) << "until the others are 30 s back";
}

TEST_F(CountingFoldTest, AClockThatIsSetBackOnlyDelays) {
  write_after_views_ = 100;
  TakeOver();
  View(0);
  ASSERT_TRUE(Fold().ok());
  EXPECT_EQ(Idle(1'000), 0u);
  EXPECT_EQ(Idle(0), 0u);
  EXPECT_EQ(Idle(1), 2u);
}

TEST_F(CountingFoldTest, ASuccessorCountsOnAndNothingTwice) {
  View(0, 7);
  View(1, 8);
  ASSERT_TRUE(Fold().ok());
  EXPECT_EQ(Views(), 2);
  EXPECT_EQ(fold_->KnownEnd(), 2);
  TakeOver();
  View(10, 7);
  View(20, 9);
  ASSERT_TRUE(Fold().ok());
  EXPECT_EQ(Views(), 3) << "one of them is a repeat";
}

TEST_F(CountingFoldTest, AnotherLogInItsPlaceIsNotCounted) {
  View(0, 7);
  View(1, 8);
  ASSERT_TRUE(Fold().ok());
  // The topic was recreated, and has grown past the checkpoint.
  views_.clear();
  for (const double seconds : {50.0, 51.0, 52.0, 53.0}) View(seconds, 9);
  TakeOver();
  const std::size_t written = written_;
  EXPECT_TRUE(errors::Is(Fold(), errors::kLogTruncated));
  EXPECT_EQ(written_, written);
  EXPECT_EQ(Views(), 2);
}

TEST_F(CountingFoldTest, ACheckpointThatNotesNoRecordIsCountedOn) {
  View(0, 7);
  View(1, 8);
  ASSERT_TRUE(Fold().ok());
  Checkpoint old = *reader_.CheckpointOf(0);
  EXPECT_TRUE(old.last_record);
  old.last_record.reset();
  log_.Append(old);
  views_.clear();
  for (const double seconds : {50.0, 51.0, 52.0, 53.0}) View(seconds, 9);
  TakeOver();
  EXPECT_TRUE(Fold().ok());
}

// It is a record's own: whichever round it was counted in.
TEST_F(CountingFoldTest, TheCheckpointNotesItsLastRecord) {
  write_after_views_ = 100;
  TakeOver();
  View(0);
  View(1).value = "\xff";
  ASSERT_TRUE(Fold().ok());
  Idle(1);
  EXPECT_EQ(Idle(5), 2u);
  const kafka::Fingerprint last = kafka::FingerprintOf(*views_.back());
  EXPECT_EQ(reader_.CheckpointOf(0)->last_record,
            (RecordPrint{.timestamp_ms = last.timestamp_ms, .hash = last.hash}));
  TakeOver();
  ASSERT_TRUE(Fold().ok()) << "it is the same log";
}

TEST_F(CountingFoldTest, WhileItIsHeldNothingIsForgotten) {
  View(0);
  View(1);
  ASSERT_TRUE(Fold().ok());
  v1::View newer;
  ASSERT_TRUE(newer.ParseFromString(*View(2).value));
  newer.set_filter(static_cast<v1::Filter>(99));
  views_.back()->value = newer.SerializeAsString();
  EXPECT_TRUE(errors::Is(Fold(2), errors::kRecordFromNewerRelease));
  constexpr double kDay = 25 * 3'600;
  for (int minute = 0; minute < 40; ++minute) EXPECT_EQ(Idle(kDay + minute * 60), 0u);
  EXPECT_EQ(fold_->ResumeFrom(2), 0);
}

TEST_F(CountingFoldTest, WhatCannotBeDecodedIsSetAsideOnceAndTheRestIsCounted) {
  View(0);
  View(0.5).value = "\xff";
  View(1);
  View(2).key = "x";
  View(3);
  ASSERT_TRUE(Fold().ok());
  const std::string dlq = kafka::DeadLetterTopic(kViewsTopic, kCountersGroup);
  EXPECT_THAT(set_aside_, ElementsAre(dlq, dlq));
  EXPECT_EQ(Views(), 3);
  TakeOver();
  ASSERT_TRUE(Fold().ok());
  EXPECT_THAT(set_aside_, SizeIs(2)) << "by the owner before";
}

TEST_F(CountingFoldTest, WithTooManyTotalsItAwaitsThatTheyAreReadBack) {
  View(0);
  TakeOver(kCountingRule1, absl::UTCTimeZone(), /*totals_bytes_max=*/0);
  ASSERT_TRUE(Fold().ok());
  const kafka::RecordView next(View(0.1));
  fold_->Take({&next, 1});
  const auto waits = fold_->Next(/*read=*/false);
  ASSERT_TRUE(waits.ok());
  EXPECT_THAT(waits->read_first, ElementsAre(kafka::TopicPartition{kViewCountsTopic, 0}));
  EXPECT_EQ(waits->taken, 0u);
  EXPECT_EQ(fold_->Next(/*read=*/true)->taken, 1u);
}

TEST_F(CountingFoldTest, AViewOfANewerReleaseHoldsThePartitionBehindWhatWasCounted) {
  View(0);
  v1::View newer;
  ASSERT_TRUE(newer.ParseFromString(*View(0.1).value));
  newer.set_filter(static_cast<v1::Filter>(99));
  views_.back()->value = newer.SerializeAsString();
  View(0.2);
  EXPECT_TRUE(errors::Is(Fold(), errors::kRecordFromNewerRelease));
  EXPECT_EQ(Views(), 1);
  EXPECT_EQ(reader_.CheckpointOf(0)->position, 0);
  EXPECT_EQ(done_, 1u);
}

TEST_F(CountingFoldTest, ACheckpointOfAnotherRuleOrZoneHoldsThePartition) {
  View(0);
  View(1);
  ASSERT_TRUE(Fold().ok());
  CountingRule next = kCountingRule1;
  next.number = 2;
  TakeOver(next);
  EXPECT_TRUE(errors::Is(Fold(), errors::kUnknownRule));
  EXPECT_EQ(Idle(100), 0u);
  TakeOver(kCountingRule1, absl::FixedTimeZone(4 * 3'600));
  EXPECT_TRUE(errors::Is(Fold(), errors::kUnknownRule));
  TakeOver();
  EXPECT_TRUE(Fold().ok());
}

TEST_F(CountingFoldTest, WhatAZombieHasOvertakenIsAppendedAgain) {
  View(0);
  View(1);
  ASSERT_TRUE(Fold().ok());
  const auto old_totals = std::get<std::pair<DayKey, DayTotals>>(*log_.at(0));
  const auto old_checkpoint = std::get<Checkpoint>(*log_.at(1));
  View(2);
  ASSERT_TRUE(Fold(2).ok());
  EXPECT_EQ(Idle(10), 0u);
  log_.Append(old_totals);
  log_.Append(old_checkpoint);
  reader_.ReadAll();
  EXPECT_EQ(Idle(19), 0u) << "it has looked 9 s ago";
  EXPECT_EQ(Idle(20), 0u);
  EXPECT_EQ(Idle(21), 2u);
  EXPECT_THAT(reader_.OvertakenIn(0).days, IsEmpty());
  EXPECT_FALSE(reader_.OvertakenIn(0).checkpoint);
  EXPECT_EQ(Idle(31), 0u);
  EXPECT_EQ(Idle(32), 0u);
  log_.Append(old_checkpoint);
  reader_.ReadAll();
  EXPECT_EQ(Idle(42), 0u);
  EXPECT_EQ(Idle(43), 1u) << "the checkpoint alone";
  EXPECT_FALSE(reader_.OvertakenIn(0).checkpoint);
}

TEST_F(CountingFoldTest, BehindADayInWhichNothingCameTheSuccessorReadsNothingAgain) {
  View(0);
  View(1);
  ASSERT_TRUE(Fold().ok());
  constexpr double kDay = 25 * 3'600;
  EXPECT_EQ(Idle(kDay), 0u) << "it may have been away, and much may be on its way";
  for (int minute = 1; minute < 30; ++minute) EXPECT_EQ(Idle(kDay + minute * 60), 0u);
  EXPECT_EQ(fold_->ResumeFrom(2), 0);
  EXPECT_EQ(Idle(kDay + 30 * 60), 0u);
  EXPECT_EQ(Idle(kDay + 30 * 60 + 1), 1u);
  EXPECT_EQ(fold_->ResumeFrom(2), 2);
}

TEST_F(CountingFoldTest, AClockThatJumpsAheadMakesNoQuietDay) {
  View(0);
  View(1);
  ASSERT_TRUE(Fold().ok());
  EXPECT_EQ(Idle(2), 0u);
  for (int day = 2; day < 20; ++day) EXPECT_EQ(Idle(day * 86'400), 0u);
  EXPECT_EQ(fold_->ResumeFrom(2), 0);
}

TEST_F(CountingFoldTest, AnOwnerThatHasNotReadAllYetDoesNotRest) {
  View(0);
  View(1);
  ASSERT_TRUE(Fold().ok());
  View(2);
  TakeOver();
  EXPECT_EQ(Idle(100'000), 0u);
  EXPECT_EQ(Idle(200'000), 0u);
  EXPECT_EQ(Idle(200'001), 0u);
  EXPECT_EQ(fold_->ResumeFrom(2), 0);
}

}  // namespace
}  // namespace telex::views
