#include "translation/domain/engine_budget.h"

#include <absl/time/time.h>
#include <gtest/gtest.h>

#include <string_view>

namespace telex::translation {
namespace {

std::int64_t Ms(std::string_view text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, std::string(text), &time, &error)) << error;
  return absl::ToUnixMillis(time);
}

TEST(EngineBudget, DaysAndMonthsAreThoseOfUtc) {
  EXPECT_EQ(UtcDayOf(0), 0);
  EXPECT_EQ(UtcDayOf(Ms("2026-12-31T23:59:59.999Z")) + 1, UtcDayOf(Ms("2027-01-01T00:00:00Z")));
  const UtcDay day = UtcDayOf(Ms("2028-02-29T12:00:00Z"));
  EXPECT_EQ(BeginMs(MonthOf(day)), Ms("2028-02-01T00:00:00Z"));
  EXPECT_EQ(BeginMs(NextMonthOf(day)), Ms("2028-03-01T00:00:00Z"));
  EXPECT_EQ(BeginMs(NextMonthOf(UtcDayOf(Ms("2026-12-05T00:00:00Z")))), Ms("2027-01-01T00:00:00Z"));
}

TEST(EngineBudget, IsClosedUntilTheNextDayOrMonth) {
  const EngineBudget budget{.characters_per_day = 100, .characters_per_month = 1'000};
  const std::int64_t now = Ms("2026-09-04T10:00:00Z");
  EXPECT_EQ(ClosedUntilMs(budget, {.day = 90, .month = 90}, 10, now), std::nullopt);
  EXPECT_EQ(ClosedUntilMs(budget, {.day = 90, .month = 90}, 11, now), Ms("2026-09-05T00:00:00Z"));
  EXPECT_EQ(ClosedUntilMs(budget, {.day = 0, .month = 995}, 11, now), Ms("2026-10-01T00:00:00Z"));
  EXPECT_EQ(ClosedUntilMs(budget, {.day = 99, .month = 995}, 11, now), Ms("2026-10-01T00:00:00Z"));
  EXPECT_EQ(ClosedUntilMs({}, {.day = 1'000'000, .month = 1'000'000}, 1'000'000, now),
            std::nullopt);
}

TEST(EngineBudget, WhatIsMoreThanAWholeBudgetGoesOutWhileNothingIsSpent) {
  const EngineBudget budget{.characters_per_day = 100};
  EXPECT_EQ(ClosedUntilMs(budget, {}, 500, Ms("2026-09-04T10:00:00Z")), std::nullopt);
  EXPECT_NE(ClosedUntilMs(budget, {.day = 1, .month = 1}, 500, Ms("2026-09-04T10:00:00Z")),
            std::nullopt);
}

TEST(EngineBudget, SumsByEngineDayAndMonth) {
  SpentCharacters spent;
  const UtcDay day = UtcDayOf(Ms("2026-09-04T10:00:00Z"));
  spent.Add(day, "deepl", 5);
  spent.Add(day - 3, "deepl", 7);
  spent.Add(day, "deepl", 2);
  spent.Add(day, "google", 100);
  spent.Add(MonthOf(day) - 1, "deepl", 1'000);  // in August
  EXPECT_EQ(spent.Of("deepl", day), (EngineSpent{.day = 7, .month = 14}));
  EXPECT_EQ(spent.Of("deepl", day + 1), (EngineSpent{.day = 0, .month = 14}));
  EXPECT_EQ(spent.Of("google", day), (EngineSpent{.day = 100, .month = 100}));
  EXPECT_EQ(spent.Of("deepl", MonthOf(day) - 1), (EngineSpent{.day = 1'000, .month = 1'000}));
  EXPECT_EQ(spent.Of("none", day), EngineSpent{});
}

TEST(EngineBudget, ForgetsWhatIsOlderThanTheMonthBefore) {
  SpentCharacters spent;
  const UtcDay day = UtcDayOf(Ms("2026-09-04T10:00:00Z"));
  spent.Add(UtcDayOf(Ms("2026-07-31T10:00:00Z")), "deepl", 1);
  spent.Add(UtcDayOf(Ms("2026-08-01T10:00:00Z")), "deepl", 2);
  spent.Add(day, "deepl", 4);
  EXPECT_EQ(spent.kept_since(), UtcDayOf(Ms("2026-08-01T00:00:00Z")));
  EXPECT_EQ(spent.Of("deepl", UtcDayOf(Ms("2026-07-31T10:00:00Z"))), EngineSpent{});
  EXPECT_EQ(spent.Of("deepl", UtcDayOf(Ms("2026-08-01T10:00:00Z"))).day, 2);
  spent.Add(UtcDayOf(Ms("2026-06-01T10:00:00Z")), "deepl", 8);  // too late to matter
  EXPECT_EQ(spent.Of("deepl", UtcDayOf(Ms("2026-06-01T10:00:00Z"))), EngineSpent{});
}

}  // namespace
}  // namespace telex::translation
