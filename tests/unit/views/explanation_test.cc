// What became of each view, one by one, against the counts of all. A failure names its seed:
// TELEX_SIMULATION_SEED replays it.
#include "views/domain/explanation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "tests/simulation/kernel/random.h"
#include "tests/simulation/kernel/worlds.h"
#include "tests/unit/views/naive_recount.h"

namespace telex::views {
namespace {

using Outcome = ExplainedView::Outcome;

constexpr std::uint64_t kExplainedWorlds = 12;
constexpr std::int64_t kNoonMs = 1'795'003'200'000;  // 2026-11-18T12:00:00Z

CountingRule ShortRule(simulation::Random& random) {
  CountingRule rule;
  rule.lateness_ms = 40'000 + static_cast<std::int64_t>(random.Below(100)) * 1'000;
  rule.same_event_within_ms = 20'000 + static_cast<std::int64_t>(random.Below(100)) * 1'000;
  return rule;
}

// Counts them from `first` on; what was said once it was settled.
std::vector<ExplainedView> CountAll(ViewExplanation& explanation, std::span<const Arrival> log,
                                    std::size_t first = 0) {
  std::optional<std::vector<ExplainedView>> settled;
  for (std::size_t at = first; at < log.size(); ++at) {
    const auto offset = static_cast<std::int64_t>(at);
    EXPECT_TRUE(explanation.Count(offset, log[at].append_ms, log[at].view).ok());
    if (!settled && explanation.Settled()) settled = explanation.found();
  }
  return settled.value_or(explanation.found());
}

// What is told of each record; "" : nothing that differs.
std::string TellingOf(const ExplainedView& one) {
  return std::to_string(one.offset) + ": " + std::to_string(static_cast<int>(one.outcome)) + " " +
         std::to_string(static_cast<int>(one.filter)) + " day " + std::to_string(one.under.day) +
         " hour " + std::to_string(one.under.hour) + " " + one.language + " " + one.partner +
         (one.taken_back_by ? " by " + std::to_string(one.taken_back_by->offset) : "");
}

void AddTo(Telling& told, const news::ArticleId& article, const ExplainedView& one) {
  const std::string place = article.ToString() + " day " + std::to_string(one.under.day) + " ";
  if (one.outcome == Outcome::kFiltered) {
    ++told[place + "filter " + std::to_string(static_cast<int>(one.filter))];
  } else if (one.outcome == Outcome::kCounted) {
    ++told[place + "views"];
    ++told[place + "in " + one.language];
    ++told[place + "at " + one.partner];
    ++told[place + "hour " + std::to_string(one.under.hour)];
  }
}

void ExpectAllExplained(const std::function<std::string(simulation::Random&)>& world) {
  const auto broken = simulation::RunWorlds(simulation::WorldsFromEnvironment(kExplainedWorlds),
                                            [&](std::uint64_t seed) {
                                              simulation::Random random(seed);
                                              return world(random);
                                            });
  EXPECT_EQ(broken.law, "") << "TELEX_SIMULATION_SEED=" << broken.seed;
}

using Event = std::pair<news::ArticleId, EventId>;
std::set<Event> EventsOf(std::span<const Arrival> log) {
  std::set<Event> events;
  for (const Arrival& arrival : log) events.emplace(arrival.view.article, arrival.view.id);
  return events;
}

TEST(ViewExplanation, AllOfThemSumUpToTheCountsByReason) {
  ExpectAllExplained([](simulation::Random& random) -> std::string {
    const CountingRule rule = ShortRule(random);
    const std::vector<Arrival> log = RandomArrivals(random, rule);
    Telling told;
    std::size_t records = 0;
    for (const auto& [article, id] : EventsOf(log)) {
      ViewExplanation explanation(rule, absl::UTCTimeZone(), article, id);
      const std::vector<ExplainedView> settled = CountAll(explanation, log);
      const std::vector<ExplainedView>& found = explanation.found();
      for (std::size_t n = 0; n < settled.size(); ++n) {
        if (TellingOf(settled[n]) == TellingOf(found[n])) continue;
        return "settled too early: " + TellingOf(settled[n]) + ", then " + TellingOf(found[n]);
      }
      for (const ExplainedView& one : found) {
        AddTo(told, article, one);
        if (one.uncertain) return "the log's beginning has nothing before it";
      }
      records += found.size();
    }
    if (records != log.size()) return "records are left out";
    Telling counted = NaiveRecount(rule).Of(log);
    std::erase_if(counted, [](const auto& one) {
      return one.first.find(" visitors") != std::string::npos ||
             one.first.find(" named ") != std::string::npos;
    });
    return Difference(told, counted);
  });
}

TEST(ViewExplanation, WhatIsCertainIsTheSameWhereverReadingBegins) {
  ExpectAllExplained([](simulation::Random& random) -> std::string {
    const CountingRule rule = ShortRule(random);
    std::vector<Arrival> log = RandomArrivals(random, rule);
    std::int64_t newest = 0;
    for (Arrival& arrival : log) {
      newest = std::max(newest, arrival.append_ms);
      arrival.append_ms = newest;
    }
    const std::size_t first = 1 + random.Below(log.size() - 1);
    std::optional<std::int64_t> whole_from;
    if (random.Chance(50)) whole_from = log[first - 1].append_ms + 1 + WindowsMs(rule);
    // All records since then are counted, also those of the same moment.
    if (whole_from && log[first].append_ms == log[first - 1].append_ms) return "";
    for (const auto& [article, id] : EventsOf(log)) {
      ViewExplanation whole(rule, absl::UTCTimeZone(), article, id);
      ViewExplanation rest(rule, absl::UTCTimeZone(), article, id, whole_from);
      CountAll(whole, log);
      CountAll(rest, log, first);
      for (const ExplainedView& one : rest.found()) {
        if (one.uncertain) continue;
        const bool same =
            std::any_of(whole.found().begin(), whole.found().end(),
                        [&](const ExplainedView& of) { return TellingOf(of) == TellingOf(one); });
        if (!same) return "told otherwise from " + std::to_string(first) + ": " + TellingOf(one);
      }
    }
    return "";
  });
}

class ExplainingTest : public ::testing::Test {
 protected:
  // `seconds` after noon; appended then, or `late` seconds later.
  Arrival Look(std::uint8_t id, double seconds, Visitor visitor, double late = 0) const {
    Arrival arrival;
    arrival.view.article = article_;
    arrival.view.id[3] = id;
    arrival.view.visitor = visitor;
    arrival.view.time_ms = kNoonMs + static_cast<std::int64_t>(seconds * 1'000);
    arrival.view.language = "en";
    arrival.view.partner = "panorama";
    arrival.append_ms = arrival.view.time_ms + static_cast<std::int64_t>(late * 1'000);
    return arrival;
  }
  std::vector<ExplainedView> Explain(std::uint8_t id, const std::vector<Arrival>& log) const {
    EventId event = {};
    event[3] = id;
    ViewExplanation explanation(kCountingRule1, absl::UTCTimeZone(), article_, event);
    CountAll(explanation, log);
    return explanation.found();
  }

  const news::ArticleId article_ = news::ArticleId::Of("desk.example", "story");
};

TEST_F(ExplainingTest, ARepeatNamesTheVisitThatItIsIn) {
  const auto found = Explain(3, {Look(1, 0, 7), Look(2, 20, 7), Look(3, 45, 7)});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].outcome, Outcome::kFiltered);
  EXPECT_EQ(found[0].filter, Filter::kRepeat);
  ASSERT_TRUE(found[0].visit);
  EXPECT_EQ(found[0].visit->first_ms, kNoonMs);
  EXPECT_EQ(found[0].visit->last_ms, kNoonMs + 20'000);
  EXPECT_EQ(found[0].partner, "panorama");
}

TEST_F(ExplainingTest, OneThatIsTakenBackNamesTheOneThatCameLate) {
  const auto found = Explain(2, {Look(2, 20, 7), Look(1, 0, 7, 30)});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].outcome, Outcome::kTakenBack);
  ASSERT_TRUE(found[0].taken_back_by);
  EXPECT_EQ(found[0].taken_back_by->offset, 1);
  EXPECT_EQ(found[0].taken_back_by->time_ms, kNoonMs);
  const auto others = Explain(2, {Look(2, 20, 7), Look(1, 0, 8, 30)});
  EXPECT_EQ(others[0].outcome, Outcome::kCounted) << "another visitor's takes nothing back";
}

TEST_F(ExplainingTest, ALateOneSaysFromWhenOnLooksWereOpen) {
  const auto found = Explain(2, {Look(1, 0, 7), Look(2, -700, 8, 700)});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].filter, Filter::kLate);
  EXPECT_EQ(found[0].closed_ms, kNoonMs - 600'000);
  EXPECT_EQ(found[0].time_ms, kNoonMs - 700'000);
}

TEST_F(ExplainingTest, OneThatIsSentAgainIsToldTwice) {
  const auto found = Explain(1, {Look(1, 0, 7), Look(2, 1, 8), Look(1, 0, 7, 60)});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].outcome, Outcome::kCounted);
  EXPECT_EQ(found[1].outcome, Outcome::kSameEvent);
  EXPECT_EQ(found[1].offset, 2);
}

// Totals of others are forgotten meanwhile, those of the article are not.
TEST_F(ExplainingTest, NamesOfLanguagesAndPartnersOutliveManyOtherStories) {
  std::vector<Arrival> log = {Look(1, 0, 7)};
  for (std::size_t n = 0; n <= 2 * ViewExplanation::kDaysMax; ++n) {
    Arrival other = Look(9, 1, 7);
    other.view.article = news::ArticleId::Of("desk.example", std::to_string(n));
    log.push_back(other);
  }
  Arrival last = Look(2, 2, 8);
  last.view.partner = "azertag";
  log.push_back(last);
  const auto found = Explain(2, log);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].partner, "azertag");
  EXPECT_EQ(found[0].language, "en");
}

TEST_F(ExplainingTest, WhatLiesBehindWhatRetentionHasDeletedIsUncertain) {
  EventId event = {};
  event[3] = 1;
  ViewExplanation explanation(kCountingRule1, absl::UTCTimeZone(), article_, event);
  const Arrival look = Look(1, 0, 7);
  ASSERT_TRUE(explanation.Count(50, look.append_ms, look.view).ok());
  ASSERT_EQ(explanation.found().size(), 1u);
  EXPECT_TRUE(explanation.found()[0].uncertain);
  EXPECT_EQ(explanation.first_append_ms(), kNoonMs);
}

}  // namespace
}  // namespace telex::views
