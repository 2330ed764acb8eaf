#include "views/domain/day_seam.h"

#include <algorithm>

#include "views/domain/salt_days.h"

namespace telex::views {

bool DaySeam::Ends(std::int64_t time_ms) const {
  return SaltDayOf(time_ms + repeat_within_ms_, zone_) != SaltDayOf(time_ms, zone_);
}

bool DaySeam::Begins(std::int64_t time_ms) const {
  return SaltDayOf(time_ms - open_ms_, zone_) != SaltDayOf(time_ms, zone_);
}

void DaySeam::Note(Visitor visitor, std::int64_t time_ms) {
  if (const SaltDay day = SaltDayOf(time_ms, zone_); day > day_) {
    day_ = day;
    last_looks_.clear();
  } else if (day < day_) {
    return;
  }
  if (last_looks_.size() == kVisitorsMax && !last_looks_.contains(visitor)) return;
  std::int64_t& last_ms = last_looks_[visitor];
  last_ms = std::max(last_ms, time_ms);
}

bool DaySeam::Continues(Visitor before, std::int64_t time_ms) {
  if (SaltDayOf(time_ms, zone_) != day_ + 1) return false;
  const auto last = last_looks_.find(before);
  if (last == last_looks_.end() || time_ms - last->second > repeat_within_ms_) return false;
  last->second = std::max(last->second, time_ms);
  return true;
}

}  // namespace telex::views
