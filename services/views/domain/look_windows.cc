#include "views/domain/look_windows.h"

#include <algorithm>

namespace telex::views {
namespace {

std::int64_t SecondBegin(std::int64_t time_ms) { return time_ms - time_ms % kSecondMs; }

}  // namespace

LookWindows::LookWindows(const CountingRule& rule)
    : rule_(rule),
      looked_in_(
          static_cast<std::size_t>((rule.lateness_ms + rule.repeat_within_ms) / kSecondMs + 3)) {}

std::vector<Visitor>& LookWindows::LookedIn(std::int64_t time_ms) {
  return looked_in_[static_cast<std::size_t>(time_ms / kSecondMs) % looked_in_.size()];
}

void LookWindows::Begin(std::int64_t closed_ms, std::int64_t watermark_ms) {
  closed_ms_ = closed_ms;
  watermark_ms_ = watermark_ms;
}

LookWindows::LookResult LookWindows::Look(Visitor visitor, std::int64_t time_ms, CountAs count_as) {
  if (time_ms < closed_ms_ - rule_.repeat_within_ms) return {.filter = Filter::kLate};
  if (visitor == kNoVisitor) {
    if (time_ms < closed_ms_) return {.filter = Filter::kLate};
    return {.counted = count_as()};
  }
  const LookResult result = Note(visitor, time_ms, count_as);
  // Afterwards: a look is judged by what was open when it came. The newest second stays open.
  while (visits_.size() > rule_.visitors_max && closed_ms_ < SecondBegin(watermark_ms_)) {
    CloseUpTo(closed_ms_ + kSecondMs);
    ++seconds_closed_early_;
  }
  return result;
}

void LookWindows::Restore(Visitor visitor, std::int64_t time_ms, CountAs count_as) {
  if (visitor != kNoVisitor && time_ms >= closed_ms_ - rule_.repeat_within_ms) {
    Note(visitor, time_ms, count_as);
  }
}

LookWindows::LookResult LookWindows::Note(Visitor visitor, std::int64_t time_ms, CountAs count_as) {
  LookedIn(time_ms).push_back(visitor);
  Visits& visits = visits_[visitor];
  const auto before = std::find_if(visits.begin(), visits.end(), [&](const Visit& visit) {
    return visit.first.time_ms <= time_ms;
  });
  const auto next = before == visits.begin() ? visits.end() : std::prev(before);
  const bool in_visit =
      before != visits.end() && time_ms - before->last_ms <= rule_.repeat_within_ms;
  const bool joins_next =
      next != visits.end() && next->first.time_ms - time_ms <= rule_.repeat_within_ms;
  const bool late = time_ms < closed_ms_;

  LookResult result;
  // What was closed stays as it was counted.
  if (joins_next && next->counted && next->first.time_ms >= closed_ms_) {
    result.taken_back = next->first;
  }
  if (in_visit) {
    result.filter = late ? Filter::kLate : Filter::kRepeat;
    result.visit = {.first_ms = before->first.time_ms, .last_ms = before->last_ms};
    before->last_ms = std::max(before->last_ms, time_ms);
    if (joins_next) {
      before->last_ms = next->last_ms;
      visits.erase(next);
    }
    return result;
  }
  Visit visit = {.first = {.time_ms = time_ms}, .last_ms = time_ms, .counted = !late};
  if (late) {
    result.filter = Filter::kLate;
  } else {
    visit.first = *(result.counted = count_as());
  }
  if (joins_next) {
    visit.last_ms = next->last_ms;
    *next = visit;
  } else {
    visits.insert(before, visit);
  }
  return result;
}

void LookWindows::Advance(std::int64_t time_ms) {
  if (time_ms <= watermark_ms_) return;
  watermark_ms_ = time_ms;
  CloseUpTo(SecondBegin(std::max<std::int64_t>(0, watermark_ms_ - rule_.lateness_ms)));
}

void LookWindows::CloseUpTo(std::int64_t closed_ms) {
  if (closed_ms <= closed_ms_) return;
  // Once around is all there is.
  const std::int64_t span =
      std::min(closed_ms - closed_ms_, static_cast<std::int64_t>(looked_in_.size()) * kSecondMs);
  const std::int64_t kept_from = closed_ms - rule_.repeat_within_ms;
  for (std::int64_t at = kept_from - span; at < kept_from; at += kSecondMs) Forget(at, kept_from);
  closed_ms_ = closed_ms;
}

void LookWindows::Forget(std::int64_t second_ms, std::int64_t before_ms) {
  if (second_ms < 0) return;
  std::vector<Visitor>& looked = LookedIn(second_ms);
  for (const Visitor visitor : looked) {
    const auto found = visits_.find(visitor);
    if (found == visits_.end()) continue;
    Visits& visits = found->second;
    while (!visits.empty() && visits.back().last_ms < before_ms) visits.pop_back();
    if (visits.empty()) visits_.erase(found);
  }
  looked.clear();
}

}  // namespace telex::views
