#include "views/domain/recount.h"

#include <fmt/format.h>

#include <limits>

#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"

namespace telex::views {

void RecountResult::AddDifference(const RecountDifference& difference) {
  ++days_different;
  if (differences.size() < kDifferencesMax) differences.push_back(difference);
}

void RecountResult::ResolveMissing(absl::FunctionRef<bool(const news::ArticleId&)> is_purged) {
  for (const RecountDifference& one : missing) {
    if (is_purged(one.key.article)) continue;
    ++days_compared;
    views += one.recounted_views;
    AddDifference(one);
  }
  missing.clear();
}

std::string_view FirstDifference(const DayTotals& one, const DayTotals& other) {
  if (one.views != other.views) return "views";
  if (one.by_hour != other.by_hour) return "hours";
  if (one.by_language != other.by_language) return "languages";
  if (one.by_partner != other.by_partner) return "partners";
  if (one.filtered != other.filtered) return "filtered";
  if (one.visitors != other.visitors) return "visitors";
  return "";
}

PartitionRecount::PartitionRecount(const CountingRule& rule, absl::TimeZone zone,
                                   const RecountScope& scope, RecountResult& result)
    : rule_(rule),
      scope_(scope),
      result_(result),
      calendar_(zone),
      counts_(
          rule, zone, Checkpoint{},
          [](const DayKey&) -> absl::StatusOr<std::optional<DayTotals>> { return std::nullopt; }) {}

// What was appended before a record is of no later time. What was appended before the windows of a
// day opened does not bear on it.
void PartitionRecount::Begin(std::int64_t offset, std::int64_t append_ms) {
  ++result_.records;
  if (first_whole_) return;
  first_whole_ = offset == 0 ? std::numeric_limits<Day>::min()
                             : calendar_.Of(append_ms + WindowsMs(rule_)).day + 1;
}

absl::Status PartitionRecount::Count(std::int64_t offset, std::int64_t append_ms,
                                     const View& view) {
  Begin(offset, append_ms);
  RETURN_IF_ERROR(counts_.Count(offset, append_ms, view));
  if (counts_.changed() > kDaysMax) {
    return errors::Error(
        absl::StatusCode::kResourceExhausted, errors::kOverloaded,
        fmt::format("a partition has views of more than {} stories' days", kDaysMax));
  }
  Settle();
  return absl::OkStatus();
}

void PartitionRecount::Skip(std::int64_t offset, std::int64_t append_ms) {
  Begin(offset, append_ms);
  counts_.Skip(offset);
  Settle();
}

bool PartitionRecount::InScope(const DayKey& key) const {
  return (!scope_.article || key.article == *scope_.article) &&
         (!scope_.first_day || key.day >= *scope_.first_day);
}

void PartitionRecount::Compare(const DayKey& key, const DayTotals& live) {
  if (!InScope(key)) return;
  if (!first_whole_ || key.day < *first_whole_) {
    ++result_.days_closed;
    return;
  }
  compared_.insert(key);
  if (live.position <= counts_.position()) {
    Judge(key, live);
  } else {
    later_[live.position].emplace_back(key, live);
  }
}

void PartitionRecount::CompareMissing() {
  for (const auto& [key, totals] : counts_.Changed()) {
    if (!InScope(key) || key.day < *first_whole_ || compared_.contains(key)) continue;
    result_.missing.push_back({.key = key, .recounted_views = totals->views, .field = "day"});
  }
}

void PartitionRecount::Settle() {
  while (!later_.empty() && later_.begin()->first <= counts_.position()) {
    for (const auto& [key, live] : later_.begin()->second) Judge(key, live);
    later_.erase(later_.begin());
  }
}

void PartitionRecount::Judge(const DayKey& key, const DayTotals& live) {
  static const DayTotals kNone;
  const DayTotals* counted = counts_.ChangedOf(key);
  const DayTotals& recounted = counted == nullptr ? kNone : *counted;
  ++result_.days_compared;
  result_.views += recounted.views;
  const std::string_view field = FirstDifference(recounted, live);
  if (field.empty()) return;
  result_.AddDifference(
      {.key = key, .recounted_views = recounted.views, .live_views = live.views, .field = field});
}

}  // namespace telex::views
