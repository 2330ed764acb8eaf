#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "platform/errors/errors.h"
#include "tests/simulation/kernel/random.h"
#include "tests/simulation/kernel/worlds.h"
#include "tests/unit/views/arrivals.h"
#include "views/domain/recount.h"

namespace telex::views {
namespace {

using simulation::Random;

constexpr std::uint64_t kRecountedWorlds = 200;

// The counts of a partition, as an owner has written them every now and then; those that were
// written last are as of a later position than the checkpoint.
struct Live {
  std::map<DayKey, DayTotals> totals;
  std::int64_t checkpoint = -1;
};

Live CountLive(const CountingRule& rule, const std::vector<Arrival>& views, Random& random) {
  Live live;
  PartitionCounts counts(rule, absl::UTCTimeZone(), Checkpoint{},
                         [&live](const DayKey& key) -> absl::StatusOr<std::optional<DayTotals>> {
                           const auto found = live.totals.find(key);
                           return found == live.totals.end() ? std::nullopt
                                                             : std::optional(found->second);
                         });
  const auto write = [&] {
    for (const auto& [key, totals] : counts.Changed()) live.totals[key] = *totals;
    counts.Recorded();
  };
  for (std::size_t n = 0; n < views.size(); ++n) {
    EXPECT_TRUE(counts.Count(static_cast<std::int64_t>(n), views[n].append_ms, views[n].view).ok());
    const bool last = n + 1 == views.size();
    if (!last && !random.Chance(5)) continue;
    write();
    if (!last) live.checkpoint = counts.position();
  }
  return live;
}

RecountResult Recount(const CountingRule& rule, const std::vector<Arrival>& views, const Live& live,
                      std::int64_t beginning = 0, const RecountScope& scope = {}) {
  RecountResult result;
  PartitionRecount recount(rule, absl::UTCTimeZone(), scope, result);
  bool compared = false;
  for (std::int64_t n = beginning; n < static_cast<std::int64_t>(views.size()); ++n) {
    const Arrival& arrival = views[static_cast<std::size_t>(n)];
    EXPECT_TRUE(recount.Count(n, arrival.append_ms, arrival.view).ok());
    if (n < live.checkpoint || std::exchange(compared, true)) continue;
    for (const auto& [key, totals] : live.totals) recount.Compare(key, totals);
    recount.CompareMissing();
  }
  EXPECT_TRUE(recount.Settled());
  return result;
}

CountingRule SomeRule(Random& random) {
  CountingRule rule;
  rule.lateness_ms = 40'000 + static_cast<std::int64_t>(random.Below(std::uint64_t{100})) * 1'000;
  rule.same_event_within_ms =
      20'000 + static_cast<std::int64_t>(random.Below(std::uint64_t{100})) * 1'000;
  return rule;
}

std::string TextOf(const RecountResult& result) {
  if (!result.missing.empty()) return "missing: day " + DayText(result.missing.front().key.day);
  if (result.differences.empty()) return "";
  return std::string(result.differences.front().field) + " of " +
         DayText(result.differences.front().key.day);
}

TEST(RecountDifference, WhileViewsComeInThereIsNone) {
  const auto broken = simulation::RunWorlds(
      simulation::WorldsFromEnvironment(kRecountedWorlds), [](std::uint64_t seed) {
        Random random(seed);
        const CountingRule rule = SomeRule(random);
        const std::vector<Arrival> views = RandomArrivals(random, rule);
        const Live live = CountLive(rule, views, random);
        const RecountResult result = Recount(rule, views, live);
        if (result.days_compared != static_cast<std::int64_t>(live.totals.size())) {
          return std::string("not all days were compared");
        }
        return TextOf(result);
      });
  EXPECT_EQ(broken.law, "") << "TELEX_SIMULATION_SEED=" << broken.seed;
}

// Days before, and those that reach back beyond the beginning of the log, are closed.
TEST(RecountDifference, WhatRetentionHasTakenIsNoDifference) {
  std::int64_t compared = 0;
  std::int64_t closed = 0;
  const auto broken = simulation::RunWorlds(
      simulation::WorldsFromEnvironment(kRecountedWorlds), [&](std::uint64_t seed) {
        Random random(seed);
        const CountingRule rule = SomeRule(random);
        const std::vector<Arrival> views = RandomArrivals(random, rule);
        const Live live = CountLive(rule, views, random);
        const auto beginning = static_cast<std::int64_t>(random.Below(views.size()));
        if (beginning > live.checkpoint) return std::string();
        const RecountResult result = Recount(rule, views, live, beginning);
        compared += result.days_compared;
        closed += result.days_closed;
        return TextOf(result);
      });
  EXPECT_EQ(broken.law, "") << "TELEX_SIMULATION_SEED=" << broken.seed;
  EXPECT_GT(compared, 0);
  EXPECT_GT(closed, 0);
}

class FoundTest : public testing::Test {
 protected:
  FoundTest() : live_(CountLive(kCountingRule1, views_, random_)) {}

  RecountResult Compare(const RecountScope& scope = {}) {
    return Recount(kCountingRule1, views_, live_, 0, scope);
  }

  Random random_{7};
  const std::vector<Arrival> views_ = RandomArrivals(random_, kCountingRule1);
  Live live_;
};

TEST_F(FoundTest, OneViewTooManyIsOneDifference) {
  auto& [key, totals] = *live_.totals.begin();
  ++totals.views;
  const RecountResult result = Compare();
  EXPECT_EQ(result.days_different, 1);
  ASSERT_EQ(result.differences.size(), 1u);
  EXPECT_EQ(result.differences.front().key, key);
  EXPECT_EQ(result.differences.front().field, "views");
  EXPECT_EQ(result.differences.front().live_views, totals.views);
  EXPECT_EQ(result.differences.front().recounted_views, totals.views - 1);
}

TEST_F(FoundTest, SoIsOneOfNothingButFilteredOrVisitors) {
  DayTotals& totals = live_.totals.begin()->second;
  ++totals.filtered[static_cast<std::size_t>(Filter::kRobot)];
  EXPECT_EQ(TextOf(Compare()).substr(0, 8), "filtered");
  --totals.filtered[static_cast<std::size_t>(Filter::kRobot)];
  totals.visitors.Add(0x123456789abcdef);
  EXPECT_EQ(TextOf(Compare()).substr(0, 8), "visitors");
}

// Also one that says an older position than it has.
TEST_F(FoundTest, SoIsATotalThatStoodStill) {
  const auto last = std::max_element(
      live_.totals.begin(), live_.totals.end(),
      [](const auto& a, const auto& b) { return a.second.position < b.second.position; });
  ASSERT_GT(last->second.position, live_.checkpoint);
  last->second.position = live_.checkpoint;
  EXPECT_EQ(Compare().days_different, 1);
}

TEST_F(FoundTest, SoAreDaysThatOnlyOneOfTheTwoHas) {
  const auto first = live_.totals.begin()->first;
  live_.totals[{first.article, first.day + 100}] = {.views = 3, .position = 0};
  EXPECT_EQ(Compare().differences.front().recounted_views, 0);
  EXPECT_EQ(Compare().differences.front().live_views, 3);
  live_.totals.erase({first.article, first.day + 100});

  const std::int64_t all = Compare().days_compared;
  live_.totals.erase(first);
  RecountResult result = Compare();
  EXPECT_EQ(result.days_different, 0);
  RecountResult purged = result;
  purged.ResolveMissing([&](const news::ArticleId& article) { return article == first.article; });
  EXPECT_EQ(purged.days_different, 0);
  EXPECT_EQ(purged.days_compared, all - 1);
  result.ResolveMissing([](const news::ArticleId&) { return false; });
  EXPECT_EQ(result.days_different, 1);
  EXPECT_EQ(result.days_compared, all);
  EXPECT_EQ(result.differences.front().key, first);
}

TEST_F(FoundTest, NothingIsComparedThatWasNotAskedFor) {
  auto& [key, totals] = *live_.totals.begin();
  const RecountResult of_one = Compare({.article = key.article});
  EXPECT_GT(of_one.days_compared, 0);
  EXPECT_LT(of_one.days_compared, Compare().days_compared);
  const Day after = live_.totals.rbegin()->first.day + 100;
  EXPECT_EQ(Compare({.first_day = after}).days_compared, 0);
}

}  // namespace
}  // namespace telex::views
