#include "feeds/domain/view_counts.h"

#include <algorithm>

namespace telex::feeds {

ViewCounts::ViewCounts(int partitions, absl::Duration every)
    : every_(every), offsets_(partitions, 0), waiting_(partitions) {}

std::int64_t ViewCounts::IntervalOf(absl::Time time) const {
  return absl::ToUnixMillis(time) / absl::ToInt64Milliseconds(every_);
}

void ViewCounts::Add(const news::ArticleId& article, std::int64_t views) {
  if (views == 0) return;
  const auto [place, added] = shown_.try_emplace(article, views);
  if (added) return;
  place->second += views;
  if (place->second == 0) shown_.erase(place);
}

void ViewCounts::MergeFirstTwo(Parts& parts) {
  for (const auto& [article, views] : parts[0].changes) parts[1].changes[article] += views;
  parts.pop_front();
}

void ViewCounts::LimitTo(std::int64_t latest, Parts& parts) {
  for (auto part = parts.rbegin(); part != parts.rend() && part->interval > latest; ++part) {
    part->interval = latest;
  }
}

void ViewCounts::Apply(int partition, std::int64_t offset, absl::Time appended,
                       const std::optional<Change>& change, absl::Time now) {
  Parts& parts = waiting_[partition];
  // A clock that is ahead delays a number by an interval, and no longer.
  std::int64_t interval = std::min(IntervalOf(appended), IntervalOf(now) + 1);
  if (!parts.empty()) interval = std::max(interval, parts.back().interval);
  if (parts.empty() || parts.back().interval < interval) {
    parts.push_back({.interval = interval});
    // Nothing is cut on the way to the end: what is over already is kept in one.
    if (!caught_up_ && parts.size() > 2) MergeFirstTwo(parts);
  }
  Part& part = parts.back();
  part.next_offset = offset + 1;
  if (change && change->by != 0) part.changes[change->article] += change->by;
}

bool ViewCounts::Cut(absl::Time now) {
  const std::int64_t due = IntervalOf(now - kGrace);
  // A clock that was ahead and is set back: it is cut by the time that it tells now, again.
  if (!caught_up_ || due == cut_) return false;
  cut_ = due;
  bool changed = false;
  for (std::size_t partition = 0; partition < waiting_.size(); ++partition) {
    Parts& parts = waiting_[partition];
    LimitTo(IntervalOf(now) + 1, parts);
    for (; !parts.empty() && parts.front().interval < due; parts.pop_front(), changed = true) {
      for (const auto& [article, views] : parts.front().changes) Add(article, views);
      offsets_[partition] = parts.front().next_offset;
    }
  }
  return changed;
}

absl::Time ViewCounts::NextCut() const {
  if (!caught_up_ || cut_ == INT64_MIN) return absl::InfinitePast();
  return absl::UnixEpoch() + (cut_ + 1) * every_ + kGrace;
}

std::int64_t ViewCounts::Of(const news::ArticleId& article) const {
  const auto place = shown_.find(article);
  return place == shown_.end() ? 0 : place->second;
}

}  // namespace telex::feeds
