#include "views/domain/partition_counts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "platform/errors/errors.h"

namespace telex::views {
namespace {

constexpr std::int64_t kToday = 1'795'003'200'000;  // 2026-11-18T12:00:00Z

class PartitionCountsTest : public ::testing::Test {
 protected:
  PartitionCounts Owner() {
    return PartitionCounts(kCountingRule1, absl::UTCTimeZone(), checkpoint_,
                           [this](const DayKey& key) -> absl::StatusOr<std::optional<DayTotals>> {
                             if (!load_.ok()) return load_;
                             const auto found = recorded_.find(key);
                             if (found == recorded_.end()) return std::nullopt;
                             return found->second;
                           });
  }
  void Record(PartitionCounts& counts, bool checkpoint = true) {
    for (const auto& [key, totals] : counts.Changed()) recorded_[key] = *totals;
    if (checkpoint) checkpoint_ = counts.CheckpointNow();
    counts.Recorded();
  }
  View Look(double seconds, Visitor visitor, std::string_view language = "en",
            std::string_view partner = "") {
    View view;
    view.article = article_;
    view.id[3] = ++events_;
    view.visitor = visitor;
    view.time_ms = kToday + static_cast<std::int64_t>(seconds * 1'000);
    view.language = language;
    view.partner = partner;
    return view;
  }
  const DayTotals& Totals(Day behind = 0) {
    return recorded_[{article_, Calendar(absl::UTCTimeZone()).Of(kToday).day + behind}];
  }

  const news::ArticleId article_ = news::ArticleId::Of("desk.example", "story");
  std::map<DayKey, DayTotals> recorded_;
  Checkpoint checkpoint_;
  absl::Status load_ = absl::OkStatus();
  std::uint8_t events_ = 0;
};

std::int64_t CountOf(const NamedCounts& counts, std::string_view name) {
  for (const NamedCounts::Entry& entry : counts.entries()) {
    if (entry.name == name) return entry.count;
  }
  return -1;
}

TEST_F(PartitionCountsTest, AViewIsCountedByHourLanguageAndPartner) {
  PartitionCounts counts = Owner();
  ASSERT_TRUE(counts.Count(0, kToday, Look(0, 1, "hy", "news.example")).ok());
  ASSERT_TRUE(counts.Count(1, kToday, Look(-3'600, 2)).ok());
  Record(counts);
  EXPECT_EQ(Totals().views, 1);  // the second is later than the lateness
  EXPECT_EQ(CountOf(Totals().by_language, "hy"), 1);
  EXPECT_EQ(CountOf(Totals().by_partner, "news.example"), 1);
  EXPECT_EQ(Totals().by_hour[12], 1);
  EXPECT_EQ(Totals().filtered[static_cast<int>(Filter::kLate)], 1);
  EXPECT_EQ(Totals().position, 1);
  EXPECT_EQ(ShownVisitors(Totals()), 1);
}

TEST_F(PartitionCountsTest, ATimeBehindTheBrokersIsTheBrokers) {
  PartitionCounts counts = Owner();
  ASSERT_TRUE(counts.Count(0, kToday, Look(86'400, 1)).ok());
  Record(counts);
  EXPECT_EQ(Totals().views, 1);
  EXPECT_EQ(counts.windows().Watermark(), kToday + 999) << "to the second";
}

TEST_F(PartitionCountsTest, ALeaderWhoseClockIsBehindMakesNothingLate) {
  PartitionCounts counts = Owner();
  ASSERT_TRUE(counts.Count(0, kToday, Look(0, 1)).ok());
  ASSERT_TRUE(counts.Count(1, kToday - 700'000, Look(1, 2)).ok());
  ASSERT_TRUE(counts.Count(2, kToday - 690'000, Look(10, 3)).ok());
  Record(counts);
  EXPECT_EQ(Totals().views, 3);
}

TEST_F(PartitionCountsTest, WhatIsTakenBackIsTakenFromItsOwnDayHourLanguageAndPartner) {
  PartitionCounts counts = Owner();
  const std::int64_t midnight = kToday + 12 * 3'600'000;
  ASSERT_TRUE(counts.Count(0, midnight + 60'000, Look(12 * 3'600 + 10, 1, "ru", "a.example")).ok());
  Record(counts);
  EXPECT_EQ(Totals(1).views, 1);
  ASSERT_TRUE(counts.Count(1, midnight + 60'000, Look(12 * 3'600 - 10, 1, "en", "b.example")).ok());
  Record(counts);
  EXPECT_EQ(Totals(1).views, 0);
  EXPECT_EQ(CountOf(Totals(1).by_language, "ru"), 0);
  EXPECT_EQ(CountOf(Totals(1).by_partner, "a.example"), 0);
  EXPECT_EQ(Totals(1).by_hour[0], 0);
  EXPECT_EQ(Totals().views, 1);
  EXPECT_EQ(Totals().by_hour[23], 1);
}

TEST_F(PartitionCountsTest, BeyondItsBoundAPartnerIsOther) {
  PartitionCounts counts = Owner();
  for (std::size_t i = 0; i <= DayTotals::kPartnersMax; ++i) {
    View view = Look(0, 1 + i, "en", std::to_string(i));
    view.id[0] = static_cast<std::uint8_t>(i);
    view.id[1] = static_cast<std::uint8_t>(i >> 8);
    ASSERT_TRUE(counts.Count(static_cast<std::int64_t>(i), kToday, view).ok());
  }
  Record(counts);
  EXPECT_EQ(CountOf(Totals().by_partner, "0"), 1);
  EXPECT_EQ(CountOf(Totals().by_partner, NamedCounts::kOther), 1);
  EXPECT_EQ(Totals().views, static_cast<std::int64_t>(DayTotals::kPartnersMax) + 1);
}

TEST_F(PartitionCountsTest, ASuccessorAddsNothingTwiceThoughItsCheckpointIsOld) {
  PartitionCounts counts = Owner();
  ASSERT_TRUE(counts.Count(0, kToday, Look(0, 1)).ok());
  Record(counts);
  ASSERT_TRUE(counts.Count(1, kToday, Look(1, 2)).ok());
  Record(counts, /*checkpoint=*/false);
  PartitionCounts next = Owner();
  events_ = 0;
  ASSERT_TRUE(next.Count(0, kToday, Look(0, 1)).ok());
  ASSERT_TRUE(next.Count(1, kToday, Look(1, 2)).ok());
  ASSERT_TRUE(next.Count(2, kToday, Look(2, 1)).ok());
  Record(next);
  EXPECT_EQ(Totals().views, 2);
  EXPECT_EQ(Totals().filtered[static_cast<int>(Filter::kRepeat)], 1);
}

TEST_F(PartitionCountsTest, AViewThatCouldNotBeCountedMayComeAgain) {
  PartitionCounts counts = Owner();
  const View view = Look(0, 1);
  load_ = absl::UnavailableError("the disk");
  EXPECT_FALSE(counts.Count(0, kToday, view).ok());
  load_ = absl::OkStatus();
  EXPECT_TRUE(counts.Count(0, kToday, view).ok());
  Record(counts);
  EXPECT_EQ(Totals().views, 1);
}

TEST_F(PartitionCountsTest, WhateverARecordSaysClosesWhatIsOpen) {
  PartitionCounts counts = Owner();
  View robot = Look(0, 1);
  robot.filter = Filter::kRobot;
  ASSERT_TRUE(counts.Count(0, kToday, robot).ok());
  EXPECT_EQ(counts.windows().Watermark(), kToday);
  robot.time_ms += 2'000'000;
  ASSERT_TRUE(counts.Count(1, kToday + 2'000'000, robot).ok()) << "the same event";
  EXPECT_EQ(counts.windows().Watermark(), kToday + 2'000'000);
  EXPECT_EQ(counts.CheckpointNow().rewind_offset, 1) << "a partition of robots moves on";
}

TEST_F(PartitionCountsTest, OnlyALookThatCountsAddsANameToTheDay) {
  PartitionCounts counts = Owner();
  ASSERT_TRUE(counts.Count(0, kToday, Look(0, 1, "en", "a.example")).ok());
  ASSERT_TRUE(counts.Count(1, kToday, Look(10, 1, "ru", "b.example")).ok());
  ASSERT_TRUE(counts.Count(2, kToday, Look(-3'600, 2, "hy", "c.example")).ok());
  Record(counts);
  EXPECT_EQ(Totals().by_language.entries().size(), 2u);
  EXPECT_EQ(Totals().by_partner.entries().size(), 2u);
}

TEST_F(PartitionCountsTest, WhatIsNotReadBackIsNotForgotten) {
  std::map<DayKey, DayTotals> read;
  PartitionCounts counts(
      kCountingRule1, absl::UTCTimeZone(), checkpoint_,
      [&](const DayKey& key) -> absl::StatusOr<std::optional<DayTotals>> {
        const auto found = read.find(key);
        if (found == read.end()) return std::nullopt;
        return found->second;
      },
      /*totals_bytes_max=*/0);
  for (std::int64_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(counts.Count(i, kToday, Look(0, static_cast<Visitor>(i + 1))).ok());
    Record(counts);
    counts.Recorded();
  }
  EXPECT_EQ(Totals().views, 3);
  EXPECT_TRUE(counts.OverBudget());
  read = recorded_;
  counts.Recorded();
  counts.Recorded();
  EXPECT_FALSE(counts.OverBudget());
  ASSERT_TRUE(counts.Count(3, kToday, Look(0, 9)).ok());
  Record(counts);
  EXPECT_EQ(Totals().views, 4);
}

TEST_F(PartitionCountsTest, WhatIsOvertakenIsGivenOnceMore) {
  PartitionCounts counts = Owner();
  ASSERT_TRUE(counts.Count(0, kToday, Look(0, 1)).ok());
  Record(counts);
  const DayKey key = recorded_.begin()->first;
  EXPECT_EQ(counts.changed(), 0u);
  ASSERT_TRUE(counts.MarkChanged(key).ok());
  ASSERT_EQ(counts.changed(), 1u);
  EXPECT_EQ(counts.Changed().front().second->views, 1);
  Record(counts);
  ASSERT_TRUE(counts.MarkChanged({news::ArticleId::Of("desk.example", "purged"), key.day}).ok());
  EXPECT_EQ(counts.changed(), 0u) << "there is none";
}

TEST_F(PartitionCountsTest, BehindADayInWhichNothingCameTheNextOwnerReadsNothingAgain) {
  PartitionCounts counts = Owner();
  EXPECT_FALSE(counts.RewindToEnd(kToday)) << "there is nothing";
  ASSERT_TRUE(counts.Count(7, kToday, Look(0, 1)).ok());
  EXPECT_FALSE(counts.RewindToEnd(kToday + 24 * 3'600'000));
  EXPECT_EQ(counts.CheckpointNow().rewind_offset, 7);
  EXPECT_TRUE(counts.RewindToEnd(kToday + 25 * 3'600'000));
  EXPECT_FALSE(counts.RewindToEnd(kToday + 26 * 3'600'000)) << "it has been told";
  Record(counts);
  EXPECT_EQ(checkpoint_.rewind_offset, 8);
  PartitionCounts next = Owner();
  EXPECT_EQ(next.CheckpointNow(), checkpoint_);
  ASSERT_TRUE(next.Count(7, kToday, Look(0, 1)).ok()) << "before it, skipped";
  ASSERT_TRUE(next.Count(8, kToday + 90'000'000, Look(90'000, 1)).ok());
  EXPECT_EQ(next.CheckpointNow().rewind_offset, 8);
  Record(next);
  EXPECT_EQ(Totals(1).views, 1);
}

TEST_F(PartitionCountsTest, WhatWasCountedByAnotherRuleOrZoneIsNotCountedOn) {
  using errors::kUnknownRule;
  EXPECT_TRUE(PartitionCounts::CheckAlike(kCountingRule1, "UTC", 1, "UTC").ok());
  EXPECT_TRUE(
      errors::Is(PartitionCounts::CheckAlike(kCountingRule1, "UTC", 2, "UTC"), kUnknownRule));
  EXPECT_TRUE(
      errors::Is(PartitionCounts::CheckAlike(kCountingRule1, "UTC", 1, "Asia/Baku"), kUnknownRule));
  PartitionCounts counts = Owner();
  ASSERT_TRUE(counts.Count(0, kToday, Look(0, 1)).ok());
  Record(counts);
  EXPECT_EQ(checkpoint_.rule, 1);
  EXPECT_EQ(checkpoint_.zone, "UTC");
  recorded_.begin()->second.rule = 2;
  PartitionCounts next = Owner();
  EXPECT_TRUE(absl::IsFailedPrecondition(next.Count(1, kToday, Look(0, 2))));
}

TEST_F(PartitionCountsTest, OfATotalThatWasPurgedNothingIsTakenBack) {
  PartitionCounts counts = Owner();
  ASSERT_TRUE(counts.Count(0, kToday + 60'000, Look(20, 1)).ok());
  Record(counts);
  recorded_.clear();
  counts.ForgetUnchanged();
  ASSERT_TRUE(counts.Count(1, kToday + 60'000, Look(0, 1)).ok());
  Record(counts);
  EXPECT_EQ(Totals().views, 1);
}

}  // namespace
}  // namespace telex::views
