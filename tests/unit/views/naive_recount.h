#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/unit/views/arrivals.h"
#include "views/domain/calendar.h"
#include "views/domain/day_totals.h"

namespace telex::views {

// What a story and a day come to, told in words, so that two tellings can be compared.
using Telling = std::map<std::string, std::int64_t>;
using DaysCounted = std::map<DayKey, DayTotals>;

inline Telling Tell(const DaysCounted& days) {
  Telling told;
  for (const auto& [key, totals] : days) {
    const std::string place = key.article.ToString() + " day " + std::to_string(key.day) + " ";
    const auto tell = [&](const std::string& what, std::int64_t count) {
      if (count != 0) told[place + what] += count;
    };
    tell("views", totals.views);
    const auto tell_names = [&](const std::string& what, const NamedCounts& counts) {
      for (const auto& entry : counts.entries()) {
        tell(what + entry.name, entry.count);
        if (entry.name != NamedCounts::kOther) tell("named " + what + entry.name, 1);
      }
    };
    tell_names("in ", totals.by_language);
    tell_names("at ", totals.by_partner);
    for (std::size_t i = 0; i < totals.by_hour.size(); ++i)
      tell("hour " + std::to_string(i), totals.by_hour[i]);
    for (std::size_t i = 0; i < kFilters; ++i)
      tell("filter " + std::to_string(i), totals.filtered[i]);
    tell("visitors", std::llround(totals.visitors.Estimate()));
  }
  return told;
}

// Where two tellings differ first; "" when they do not.
inline std::string Difference(const Telling& one, const Telling& other) {
  for (const auto& [what, count] : one) {
    const auto found = other.find(what);
    const std::int64_t others = found == other.end() ? 0 : found->second;
    if (count != others)
      return what + ": " + std::to_string(count) + ", not " + std::to_string(others);
  }
  return one.size() == other.size() ? "" : "something is there that should not be";
}

// Knows nothing of windows or owners: looks at every earlier look of the visitor, as the rule says.
class NaiveRecount {
 public:
  explicit NaiveRecount(const CountingRule& rule) : rule_(rule) {}

  Telling Of(const std::vector<Arrival>& log) {
    for (const Arrival& arrival : log) Take(arrival);
    Telling told;
    for (const Seen& seen : looks_) {
      if (!seen.counts) continue;
      const std::string place = Place(seen.view, seen.time_ms);
      ++told[place + "views"];
      ++told[place + "in " + std::string(seen.view.language)];
      ++told[place + "at " + std::string(seen.view.partner)];
      ++told[place + "hour " + std::to_string(calendar_.Of(seen.time_ms).hour)];
    }
    for (const std::string& what : named_) told[what] = 1;
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
    bool is_look = false;
  };

  std::string Place(const View& view, std::int64_t time_ms) {
    return view.article.ToString() + " day " + std::to_string(calendar_.Of(time_ms).day) + " ";
  }

  void Take(const Arrival& arrival) {
    second_ = std::max(second_, arrival.append_ms / 1'000);
    const std::int64_t time_ms = std::min(arrival.view.time_ms, second_ * 1'000 + 999);
    const std::string counted_at = Place(arrival.view, std::max(time_ms, closed_));
    watermark_ = std::max(watermark_, time_ms);
    closed_ = std::max(closed_, (watermark_ - rule_.lateness_ms) / 1'000 * 1'000);
    if (IsSameEvent(arrival)) return;
    Filter filter = arrival.view.filter;
    if (filter == Filter::kNone) {
      Seen seen = {.view = arrival.view, .time_ms = time_ms};
      const bool late = time_ms < closed_;
      seen.is_look = seen.view.visitor != kNoVisitor && time_ms >= closed_ - rule_.repeat_within_ms;
      if (late) {
        filter = Filter::kLate;
      } else if (seen.is_look && HasPredecessor(seen)) {
        filter = Filter::kRepeat;
      }
      if (seen.is_look) TakeBackSuccessors(seen);
      seen.counts = filter == Filter::kNone;
      if (seen.counts) {
        named_.insert(counted_at + "named in " + std::string(seen.view.language));
        named_.insert(counted_at + "named at " + std::string(seen.view.partner));
      }
      if (!late && seen.view.visitor != kNoVisitor) visitors_[counted_at].insert(seen.view.visitor);
      looks_.push_back(seen);
    }
    if (filter != Filter::kNone)
      ++filtered_[counted_at + "filter " + std::to_string(static_cast<int>(filter))];
  }

  bool IsSameEvent(const Arrival& arrival) {
    const auto [known, fresh] =
        events_.try_emplace({arrival.view.article, arrival.view.id}, second_);
    const bool same = !fresh && known->second >= second_ - rule_.same_event_within_ms / 1'000;
    known->second = second_;
    return same;
  }

  bool HasPredecessor(const Seen& seen) const {
    return std::any_of(looks_.begin(), looks_.end(), [&](const Seen& other) {
      return other.is_look && other.view.visitor == seen.view.visitor &&
             other.time_ms <= seen.time_ms &&
             seen.time_ms - other.time_ms <= rule_.repeat_within_ms;
    });
  }
  void TakeBackSuccessors(const Seen& seen) {
    for (Seen& other : looks_) {
      if (other.view.visitor != seen.view.visitor || other.time_ms < closed_) continue;
      const std::int64_t behind = other.time_ms - seen.time_ms;
      if (behind > 0 && behind <= rule_.repeat_within_ms) other.counts = false;
    }
  }

  const CountingRule rule_;
  Calendar calendar_{absl::UTCTimeZone()};
  std::int64_t watermark_ = 0;
  std::int64_t closed_ = 0;
  std::int64_t second_ = 0;  // the newest in which a record was appended
  std::map<std::pair<news::ArticleId, EventId>, std::int64_t> events_;
  std::vector<Seen> looks_;
  Telling filtered_;
  std::set<std::string> named_;  // by looks that counted, if only until they were taken back
  std::map<std::string, std::set<Visitor>> visitors_;
};

}  // namespace telex::views
