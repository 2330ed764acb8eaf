// Random views, duplicates, late arrivals and takeovers, against a recount that knows nothing of
// windows. A failure names its seed: TELEX_VIEWS_SEED replays it.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "views/domain/partition_counts.h"

namespace telex::views {
namespace {

constexpr std::int64_t kMidnight = 1'795'046'400'000;  // 2026-11-19T00:00:00Z
constexpr std::array<std::string_view, 3> kLanguages = {"en", "ru", "hy"};
constexpr std::array<std::string_view, 4> kPartners = {"", "a.example", "b.example", "c.example"};

struct Arrival {
  View view;
  std::int64_t append_ms = 0;
};

using Random = std::mt19937_64;

std::int64_t Below(Random& random, std::int64_t bound) {
  return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(bound));
}

// Around midnight, as the day of a look is part of what can be wrong.
std::vector<Arrival> MakeLog(Random& random, const CountingRule& rule) {
  std::vector<Arrival> log;
  std::int64_t now = kMidnight - 300'000;
  const std::int64_t pace = 200 + Below(random, 4'000);
  const std::int64_t views = 50 + Below(random, 400);
  for (std::int64_t i = 0; i < views; ++i) {
    now += Below(random, pace);
    if (Below(random, 60) == 0) now += Below(random, 2 * rule.lateness_ms);
    if (!log.empty() && Below(random, 12) == 0) {  // sent again, as it was or as of now
      Arrival again =
          log[static_cast<std::size_t>(Below(random, static_cast<std::int64_t>(log.size())))];
      again.append_ms = now;
      if (Below(random, 4) == 0) again.view.time_ms = now;
      log.push_back(again);
      continue;
    }
    const std::int64_t story = Below(random, 3);
    View view;
    view.article = news::ArticleId::Of("desk.example", std::to_string(story));
    for (std::size_t b = 0; b < view.id.size(); ++b)
      view.id[b] = static_cast<std::uint8_t>(random());
    const std::int64_t reader = Below(random, 6);
    view.visitor =
        reader == 0 ? kNoVisitor : static_cast<Visitor>(reader * 10 + story) * 0x9e3779b97f4a7c15;
    const std::int64_t age =
        Below(random, 3) == 0 ? Below(random, rule.lateness_ms * 3 / 2) : Below(random, 3'000);
    view.time_ms = now - age + (Below(random, 40) == 0 ? 100'000 : 0);
    view.language = kLanguages[static_cast<std::size_t>(Below(random, 3))];
    view.partner = kPartners[static_cast<std::size_t>(Below(random, 4))];
    view.filter = Below(random, 10) == 0 ? Filter::kRobot : Filter::kNone;
    log.push_back({view, now});
  }
  return log;
}

// What a story and a day come to, told in words, so that two tellings can be compared.
using Telling = std::map<std::string, std::int64_t>;

std::string Place(Calendar& calendar, const View& view, std::int64_t time_ms) {
  return view.article.ToString() + " day " + std::to_string(calendar.Of(time_ms).day) + " ";
}

Telling Tell(const std::map<DayKey, DayTotals>& recorded) {
  Telling told;
  for (const auto& [key, totals] : recorded) {
    const std::string place = key.article.ToString() + " day " + std::to_string(key.day) + " ";
    const auto tell = [&](const std::string& what, std::int64_t count) {
      if (count != 0) told[place + what] += count;
    };
    tell("views", totals.views);
    for (const auto& entry : totals.by_language.entries()) tell("in " + entry.name, entry.count);
    for (const auto& entry : totals.by_partner.entries()) tell("at " + entry.name, entry.count);
    for (std::size_t i = 0; i < totals.by_hour.size(); ++i)
      tell("hour " + std::to_string(i), totals.by_hour[i]);
    for (std::size_t i = 0; i < kFilters; ++i)
      tell("filter " + std::to_string(i), totals.filtered[i]);
    tell("visitors", std::llround(totals.visitors.Estimate()));
  }
  return told;
}

// Where two tellings differ first; "" when they do not.
std::string Difference(const Telling& one, const Telling& other) {
  for (const auto& [what, count] : one) {
    const auto found = other.find(what);
    const std::int64_t others = found == other.end() ? 0 : found->second;
    if (count != others)
      return what + ": " + std::to_string(count) + ", not " + std::to_string(others);
  }
  return one.size() == other.size() ? "" : "something is there that should not be";
}

// Looks at every earlier look of the visitor, as the rule says it.
class Recount {
 public:
  explicit Recount(const CountingRule& rule) : rule_(rule) {}

  Telling Of(const std::vector<Arrival>& log) {
    for (const Arrival& arrival : log) Take(arrival);
    Telling told;
    for (const Seen& seen : looks_) {
      if (!seen.counts) continue;
      const std::string place = Place(calendar_, seen.view, seen.time_ms);
      ++told[place + "views"];
      ++told[place + "in " + std::string(seen.view.language)];
      ++told[place + "at " + std::string(seen.view.partner)];
      ++told[place + "hour " + std::to_string(calendar_.Of(seen.time_ms).hour)];
    }
    for (const auto& [what, count] : filtered_) told[what] += count;
    for (const auto& [place, visitors] : visitors_) {
      UniqueVisitors unique;
      for (const Visitor visitor : visitors) unique.Add(visitor);
      told[place + "visitors"] = std::llround(unique.Estimate());
    }
    return told;
  }

 private:
  struct Seen {
    View view;
    std::int64_t time_ms = 0;
    bool counts = false;
  };

  void Take(const Arrival& arrival) {
    const std::int64_t time_ms = std::min(arrival.view.time_ms, arrival.append_ms);
    const std::int64_t counted_ms = std::max(time_ms, closed_);
    const std::string counted_at = Place(calendar_, arrival.view, counted_ms);
    const std::int64_t second = arrival.append_ms / 1'000;
    const auto known = events_.find(arrival.view.id);
    const bool same =
        known != events_.end() && known->second >= second - rule_.same_event_within_ms / 1'000;
    events_[arrival.view.id] = second;
    if (same) return;
    Filter filter = arrival.view.filter;
    bool late = false;
    if (filter == Filter::kNone) {
      watermark_ = std::max(watermark_, time_ms);
      closed_ = std::max(closed_, (watermark_ - rule_.lateness_ms) / 1'000 * 1'000);
      late = time_ms < closed_;
      Seen seen = {arrival.view, time_ms};
      if (late) filter = Filter::kLate;
      if (IsLook(seen)) {
        if (!late && HasPredecessor(seen)) filter = Filter::kRepeat;
        TakeBackSuccessors(seen);
      }
      seen.counts = filter == Filter::kNone;
      if (!late && arrival.view.visitor != kNoVisitor) {
        visitors_[counted_at].insert(arrival.view.visitor);
      }
      looks_.push_back(seen);
    }
    if (filter != Filter::kNone)
      ++filtered_[counted_at + "filter " + std::to_string(static_cast<int>(filter))];
  }

  bool IsLook(const Seen& seen) const {
    return seen.view.visitor != kNoVisitor && seen.time_ms >= closed_ - rule_.repeat_within_ms;
  }
  bool HasPredecessor(const Seen& seen) const {
    return std::any_of(looks_.begin(), looks_.end(), [&](const Seen& other) {
      return other.view.visitor == seen.view.visitor &&
             was_look_.contains(&other - looks_.data()) && other.time_ms <= seen.time_ms &&
             seen.time_ms - other.time_ms <= rule_.repeat_within_ms;
    });
  }
  void TakeBackSuccessors(const Seen& seen) {
    for (Seen& other : looks_) {
      if (other.view.visitor != seen.view.visitor || other.time_ms < closed_) continue;
      const std::int64_t behind = other.time_ms - seen.time_ms;
      if (behind > 0 && behind <= rule_.repeat_within_ms) other.counts = false;
    }
    was_look_.insert(static_cast<std::ptrdiff_t>(looks_.size()));
  }

  const CountingRule rule_;
  Calendar calendar_{absl::UTCTimeZone()};
  std::int64_t watermark_ = 0;
  std::int64_t closed_ = 0;
  std::map<EventId, std::int64_t> events_;
  std::vector<Seen> looks_;
  std::set<std::ptrdiff_t> was_look_;
  Telling filtered_;
  std::map<std::string, std::set<Visitor>> visitors_;
};

// Owners that write and die at any moment, and what they leave behind.
class Owners {
 public:
  explicit Owners(const CountingRule& rule) : rule_(rule) {}

  // With `random` they die; without, one owner counts all.
  const std::map<DayKey, DayTotals>& Of(const std::vector<Arrival>& log, Random* random) {
    std::int64_t next = 0;
    while (next < static_cast<std::int64_t>(log.size())) next = Own(log, random);
    return recorded_;
  }

 private:
  // One owner, from its takeover to its death or to the log's end. Where it came to.
  std::int64_t Own(const std::vector<Arrival>& log, Random* random) {
    PartitionCounts counts(rule_, absl::UTCTimeZone(), checkpoint_,
                           [this](const DayKey& key) -> absl::StatusOr<std::optional<DayTotals>> {
                             const auto found = recorded_.find(key);
                             if (found == recorded_.end()) return std::nullopt;
                             return found->second;
                           });
    std::int64_t next = checkpoint_.rewind_offset;
    const auto end = static_cast<std::int64_t>(log.size());
    for (; next < end; ++next) {
      const Arrival& arrival = log[static_cast<std::size_t>(next)];
      EXPECT_TRUE(counts.Count(next, arrival.append_ms, arrival.view).ok());
      if (random == nullptr) continue;
      if (Below(*random, 80) == 0) return Write(counts, static_cast<int>(Below(*random, 3))), 0;
      if (Below(*random, 15) == 0) Write(counts, kAll);
    }
    Write(counts, kAll);
    return end;
  }

  static constexpr int kSome = 0;    // of the totals
  static constexpr int kTotals = 1;  // and no checkpoint
  static constexpr int kAll = 2;
  void Write(PartitionCounts& counts, int how_far) {
    bool skip = false;
    for (const auto& [key, totals] : counts.Changed()) {
      skip = !skip;
      if (how_far != kSome || !skip) recorded_[key] = *totals;
    }
    if (how_far != kAll) return;
    checkpoint_ = counts.CheckpointNow();
    counts.Recorded();
  }

  const CountingRule rule_;
  std::map<DayKey, DayTotals> recorded_;
  Checkpoint checkpoint_;
};

std::uint64_t FirstSeed() {
  const char* const given = std::getenv("TELEX_VIEWS_SEED");
  return given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
}

TEST(Recount, ComesToWhatWasCountedWhoeverDiedMeanwhile) {
  const std::uint64_t first = FirstSeed();
  for (std::uint64_t seed = first; seed < first + 2'000; ++seed) {
    SCOPED_TRACE("TELEX_VIEWS_SEED=" + std::to_string(seed));
    Random random(seed);
    CountingRule rule;
    rule.lateness_ms = 40'000 + Below(random, 100) * 1'000;
    rule.same_event_within_ms = 20'000 + Below(random, 100) * 1'000;
    const std::vector<Arrival> log = MakeLog(random, rule);
    const Telling undisturbed = Tell(Owners(rule).Of(log, nullptr));
    ASSERT_EQ(Difference(undisturbed, Recount(rule).Of(log)), "");
    ASSERT_EQ(Difference(Tell(Owners(rule).Of(log, &random)), undisturbed), "");
  }
}

// The recount knows no bounds.
TEST(Recount, AtItsBoundsEveryOwnerComesToTheSame) {
  const std::uint64_t first = FirstSeed();
  for (std::uint64_t seed = first; seed < first + 2'000; ++seed) {
    SCOPED_TRACE("TELEX_VIEWS_SEED=" + std::to_string(seed));
    Random random(seed);
    CountingRule rule;
    rule.lateness_ms = 120'000;
    rule.visitors_max = static_cast<std::size_t>(2 + Below(random, 10));
    rule.events_per_second_max = static_cast<std::size_t>(1 + Below(random, 2));
    const std::vector<Arrival> log = MakeLog(random, rule);
    ASSERT_EQ(Difference(Tell(Owners(rule).Of(log, &random)), Tell(Owners(rule).Of(log, nullptr))),
              "");
  }
}

}  // namespace
}  // namespace telex::views
