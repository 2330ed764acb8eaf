#include "views/adapters/counts_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "platform/store/keys.h"
#include "tests/support/temp_dir.h"
#include "views/adapters/count_codec.h"

namespace telex::views {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int32_t kPartition = 3;
constexpr Day kDay = 20'776;

class Told final : public CountsObserver {
 public:
  void OnDay(const DayKey& key, const DayTotals* before, const DayTotals* after) override {
    const auto views = [](const DayTotals* of) {
      return of == nullptr ? std::string("none") : std::to_string(of->views);
    };
    told.push_back(std::to_string(key.day - kDay) + ": " + views(before) + " -> " + views(after));
  }
  void OnCommitted() override { told.emplace_back("committed"); }
  void OnUndone() override { told.emplace_back("undone"); }

  std::vector<std::string> told;
};

class CountsStoreTest : public ::testing::Test {
 protected:
  CountsStoreTest() { Open(); }

  void Open() {
    counts_.reset();
    store_.reset();
    store_ = *store::Store::Open({.path = dir_ / "store", .databases = CountsStore::Databases()});
    counts_ = std::make_unique<CountsStore>(
        *store_, [this](const store::WriteTxn&, const news::ArticleId& article) {
          return purged_.contains(article);
        });
    counts_->Observe(told_);
  }
  absl::Status Apply(const kafka::Record& record) {
    return store_->Write([&](store::WriteTxn& txn) { return counts_->Apply(txn, record); });
  }
  void Read(const kafka::Record& record) {
    const absl::Status applied = Apply(record);
    EXPECT_TRUE(applied.ok()) << applied;
  }
  kafka::Record Of(std::int64_t position, std::int64_t views, Day behind = 0) const {
    DayTotals totals;
    totals.position = position;
    totals.views = views;
    totals.rule = 1;
    totals.zone = "UTC";
    return RecordOf(kPartition, Key(behind), totals, absl::UnixEpoch());
  }
  static kafka::Record Until(std::int64_t position, std::int64_t rewind_offset = 0) {
    return RecordOf(
        kPartition,
        {.position = position, .rewind_offset = rewind_offset, .rule = 1, .zone = "UTC"});
  }
  DayKey Key(Day behind = 0) const { return {story_, kDay + behind}; }
  std::int64_t Views(Day behind = 0) const {
    const auto totals = counts_->Totals(Key(behind));
    return totals ? totals->views : -1;
  }
  std::vector<Day> DaysIn(Day first, Day last) const {
    std::vector<Day> days;
    counts_->VisitDays(story_, kDay + first, kDay + last, [&](const DayKey& key, const DayTotals&) {
      days.push_back(key.day - kDay);
      return true;
    });
    return days;
  }
  std::vector<DayKey> Unpurged() const {
    std::vector<DayKey> keys;
    counts_->VisitUnpurged([&](const DayKey& key) { keys.push_back(key); });
    return keys;
  }

  const news::ArticleId story_ = news::ArticleId::Of("desk.example", "story");
  tests::TempDir dir_;
  Told told_;
  std::set<news::ArticleId> purged_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<CountsStore> counts_;
};

TEST_F(CountsStoreTest, TheGreaterPositionHoldsAndTheOlderValueBehindItIsNoted) {
  Read(Of(10, 5));
  Read(Of(7, 3));
  EXPECT_EQ(Views(), 5);
  EXPECT_THAT(counts_->OvertakenIn(kPartition).days, ElementsAre(Key()));
  EXPECT_THAT(counts_->OvertakenIn(kPartition + 1).days, IsEmpty());
  Read(Of(10, 5));
  EXPECT_THAT(counts_->OvertakenIn(kPartition).days, IsEmpty()) << "an equal one is last now";
  Read(Of(7, 3));
  Read(Of(12, 6));
  EXPECT_EQ(Views(), 6);
  EXPECT_THAT(counts_->OvertakenIn(kPartition).days, IsEmpty());
  EXPECT_THAT(told_.told, ElementsAre("0: none -> 5", "0: 5 -> 5", "0: 5 -> 6"));
}

TEST_F(CountsStoreTest, ACheckpointIsOvertakenByOneThatReadsFromFurtherBackToo) {
  Read(Until(10, 8));
  Read(Until(9, 2));
  EXPECT_EQ(counts_->CheckpointOf(kPartition)->position, 10);
  EXPECT_TRUE(counts_->OvertakenIn(kPartition).checkpoint);
  Read(Until(10, 11));
  EXPECT_FALSE(counts_->OvertakenIn(kPartition).checkpoint);
  Read(Until(10, 8));
  EXPECT_EQ(counts_->CheckpointOf(kPartition)->rewind_offset, 11);
  EXPECT_TRUE(counts_->OvertakenIn(kPartition).checkpoint);
  EXPECT_FALSE(counts_->CheckpointOf(kPartition + 1).has_value());
}

TEST_F(CountsStoreTest, ATombstoneTakesTheRowAndItsNotes) {
  Read(Of(10, 5));
  Read(Of(7, 3));
  Read(TombstoneOf(kPartition, Key()));
  EXPECT_EQ(Views(), -1);
  EXPECT_THAT(counts_->OvertakenIn(kPartition).days, IsEmpty());
  EXPECT_EQ(told_.told.back(), "0: 5 -> none");
  Read(TombstoneOf(kPartition, Key()));
  EXPECT_EQ(told_.told.size(), 2u) << "there was none";
}

TEST_F(CountsStoreTest, AnArticlesDaysAreVisitedInOrderAndAllRowsAre) {
  const DayKey other{news::ArticleId::Of("desk.example", "another"), kDay};
  DayTotals totals;
  totals.position = 1;
  totals.rule = 1;
  totals.zone = "UTC";
  Read(RecordOf(kPartition, other, totals, absl::UnixEpoch()));
  for (const Day day : {2, -1, 0, 5}) Read(Of(10, 1, day));
  EXPECT_THAT(DaysIn(-1, 2), ElementsAre(-1, 0, 2));
  EXPECT_THAT(DaysIn(3, 4), IsEmpty());
  std::size_t rows = 0;
  counts_->VisitAll([&](const DayKey&, const DayTotals&) { return ++rows < 100; });
  EXPECT_EQ(rows, 5u);
  rows = 0;
  counts_->VisitAll([&](const DayKey&, const DayTotals&) { return ++rows < 2; });
  EXPECT_EQ(rows, 2u);
}

TEST_F(CountsStoreTest, OfAPurgedArticleNothingIsKeptButWhatIsToBeForgottenInTheLog) {
  Read(Of(10, 5));
  Read(Of(11, 2, 1));
  ASSERT_TRUE(
      store_->Write([&](store::WriteTxn& txn) { return counts_->Purge(txn, story_); }).ok());
  purged_.insert(story_);
  EXPECT_THAT(DaysIn(-10, 10), IsEmpty());
  EXPECT_EQ(told_.told.back(), "1: 2 -> none");
  EXPECT_THAT(Unpurged(), ElementsAre(Key(), Key(1)));
  Read(TombstoneOf(kPartition, Key()));
  EXPECT_THAT(Unpurged(), ElementsAre(Key(1)));
  Read(Of(12, 6));  // a zombie's
  EXPECT_EQ(Views(), -1);
  EXPECT_THAT(Unpurged(), ElementsAre(Key(), Key(1)));
}

TEST_F(CountsStoreTest, WhatIsUndoneIsNotThereAndWhatIsCommittedOutlivesTheProcess) {
  Read(Of(10, 5));
  counts_->Committed();
  const absl::Status undone = store_->Write([&](store::WriteTxn& txn) {
    EXPECT_TRUE(counts_->Apply(txn, Of(11, 6)).ok());
    return absl::CancelledError("another record of the batch");
  });
  EXPECT_TRUE(absl::IsCancelled(undone));
  counts_->Undone();
  EXPECT_THAT(told_.told, ElementsAre("0: none -> 5", "committed", "0: 5 -> 6", "undone"));
  Open();
  EXPECT_EQ(Views(), 5);
}

TEST_F(CountsStoreTest, WhatCannotBeReadIsNotApplied) {
  kafka::Record record = Of(10, 5);
  record.key = "articles/x";
  EXPECT_TRUE(absl::IsInvalidArgument(Apply(record)));
  record = Of(10, 5);
  record.value = "\xff";
  EXPECT_TRUE(absl::IsInvalidArgument(Apply(record)));
  record = Until(10);
  record.partition = kPartition + 1;
  EXPECT_TRUE(absl::IsInvalidArgument(Apply(record)));
}

TEST_F(CountsStoreTest, ARowThatCannotBeDecodedIsAFault) {
  const std::string row = store::KeyBuilder().Raw(story_.bytes()).I64(kDay).bytes();
  const absl::Status written = store_->Write(
      [&](store::WriteTxn& txn) { return txn.Put(store_->database("view-days"), row, "\xff"); });
  ASSERT_TRUE(written.ok());
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(static_cast<void>(counts_->Totals(Key())), "DayCounts");
}

}  // namespace
}  // namespace telex::views
