#include "views/domain/salt_days.h"

#include <gtest/gtest.h>

#include "views/domain/day_seam.h"

namespace telex::views {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kNoon = 100 * kDayMs + kDayMs / 2;
constexpr SaltDay kToday = 100;
constexpr SaltTimes kTimes = {.lateness_ms = 600'000, .missing_for_ms = 5'000};
const absl::TimeZone kUtc = absl::UTCTimeZone();

TEST(SaltDay, IsThatOfUtcBeforeTheEpochToo) {
  EXPECT_EQ(SaltDayOf(kDayMs - 1, kUtc), 0);
  EXPECT_EQ(SaltDayOf(kDayMs, kUtc), 1);
  EXPECT_EQ(SaltDayOf(0, kUtc), 0);
  EXPECT_EQ(SaltDayOf(-1, kUtc), -1);
  EXPECT_EQ(SaltDayOf(-kDayMs, kUtc), -1);
}

TEST(SaltDay, IsThatOfTheZone) {
  absl::TimeZone baku;
  ASSERT_TRUE(absl::LoadTimeZone("Asia/Baku", &baku));
  const std::int64_t midnight = 101 * kDayMs - 4 * 3'600'000;  // 1970: UTC+4, too
  const SaltDay day = SaltDayOf(101 * kDayMs, baku);
  EXPECT_EQ(SaltDayOf(101 * kDayMs - 1, baku), day);
  EXPECT_EQ(SaltDayOf(midnight, baku), day);
  EXPECT_EQ(SaltDayOf(midnight - 1, baku), day - 1);
  EXPECT_EQ(EndOfSaltDayMs(day - 1, baku), midnight);
}

TEST(SaltDays, TodaysIsMadeOnlyByWhoHasMissedItForAWhile) {
  SaltDays salts(kTimes, kUtc);
  auto asks = salts.Due(kNoon, 0);
  ASSERT_EQ(asks.size(), 2u);
  EXPECT_EQ(asks[0].day, kToday);
  EXPECT_FALSE(asks[0].make) << "others may hold it, and put it back";
  salts.Missed(kToday, 0);
  EXPECT_FALSE(salts.Due(kNoon, 4'999)[0].make);
  EXPECT_TRUE(salts.Due(kNoon, 5'000)[0].make);
  salts.NotAsked();
  EXPECT_FALSE(salts.Due(kNoon, 9'000)[0].make) << "away: nobody knows what is there by now";
  EXPECT_FALSE(salts.For(kToday));
}

TEST(SaltDays, TheEarlierOfTwoStandsInWhateverOrderTheyCome) {
  const Salt early = {.made_us = 1, .bytes = {9}};
  const Salt late = {.made_us = 2, .bytes = {1}};
  const Salt same_time = {.made_us = 1, .bytes = {10}};
  for (const auto& [first, second] : {std::pair(early, late), std::pair(late, early),
                                      std::pair(early, same_time), std::pair(same_time, early)}) {
    SaltDays salts(kTimes, kUtc);
    salts.Due(kNoon, 0);
    salts.Learned(kToday, first);
    salts.Learned(kToday, second);
    EXPECT_EQ(salts.For(kToday), early.bytes);
    const auto asks = salts.Due(kNoon, 1'000);
    EXPECT_EQ(asks[0].put_back, early) << "whoever holds it puts it back after a flush";
    EXPECT_FALSE(asks[0].make);
  }
}

TEST(SaltDays, TomorrowsIsMadeADayAheadAndAtOnce) {
  SaltDays salts(kTimes, kUtc);
  const auto asks = salts.Due(100 * kDayMs + kTimes.lateness_ms, 0);  // a day before
  ASSERT_EQ(asks.size(), 2u);
  EXPECT_EQ(asks[1].day, kToday + 1);
  EXPECT_TRUE(asks[1].make);
}

TEST(SaltDays, AreDestroyedWhenTheirDayAndTheLatenessAreOver) {
  SaltDays salts(kTimes, kUtc);
  salts.Due(kNoon, 0);
  salts.Learned(kToday, {.made_us = 1, .bytes = {7}});
  const std::int64_t midnight = 101 * kDayMs;
  EXPECT_EQ(salts.Due(midnight + kTimes.lateness_ms - 1, 0)[0].day, kToday);
  EXPECT_TRUE(salts.For(kToday));
  EXPECT_EQ(salts.Due(midnight + kTimes.lateness_ms, 0)[0].day, kToday + 1);
  EXPECT_FALSE(salts.For(kToday));
}

TEST(SaltDays, ADayThatIsMissedAtMidnightIsMissedAnew) {
  SaltDays salts(kTimes, kUtc);
  salts.Due(kNoon, 0);
  salts.Missed(kToday, 0);
  const auto asks = salts.Due(101 * kDayMs + 1, 60'000);
  for (const auto& ask : asks) EXPECT_FALSE(ask.make && ask.day == kToday + 1);
}

class Seam : public ::testing::Test {
 protected:
  static constexpr std::int64_t kMidnight = 101 * kDayMs;
  DaySeam seam{30'000, 600'000, kUtc};
};

TEST_F(Seam, AVisitOverMidnightKeepsItsVisitor) {
  EXPECT_FALSE(seam.Ends(kMidnight - 30'001));
  EXPECT_TRUE(seam.Ends(kMidnight - 30'000));
  EXPECT_TRUE(seam.Begins(kMidnight));
  EXPECT_TRUE(seam.Begins(kMidnight + 599'999));
  EXPECT_FALSE(seam.Begins(kMidnight + 600'000));
  seam.Note(5, kMidnight - 2'000);
  EXPECT_FALSE(seam.Continues(6, kMidnight + 1'000));
  EXPECT_TRUE(seam.Continues(5, kMidnight + 28'000)) << "30.000 s apart";
  EXPECT_TRUE(seam.Continues(5, kMidnight + 58'000)) << "and so on, as long as it goes on";
  EXPECT_FALSE(seam.Continues(5, kMidnight + 88'001)) << "that is another visit";
}

TEST_F(Seam, KnowsOneMidnight) {
  seam.Note(5, kMidnight - 1);
  EXPECT_FALSE(seam.Continues(5, kMidnight - 1));
  EXPECT_FALSE(seam.Continues(5, kMidnight + kDayMs));
  seam.Note(7, kMidnight + kDayMs - 1);
  EXPECT_FALSE(seam.Continues(5, kMidnight + 1)) << "the one before is forgotten";
  seam.Note(5, kMidnight - 1);  // late
  EXPECT_TRUE(seam.Continues(7, kMidnight + kDayMs));
}

TEST_F(Seam, IsBounded) {
  for (Visitor visitor = 1; visitor <= DaySeam::kVisitorsMax + 1; ++visitor)
    seam.Note(visitor, kMidnight - 1);
  EXPECT_TRUE(seam.Continues(DaySeam::kVisitorsMax, kMidnight));
  EXPECT_FALSE(seam.Continues(DaySeam::kVisitorsMax + 1, kMidnight));
}

}  // namespace
}  // namespace telex::views
