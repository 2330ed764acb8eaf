#include "views/domain/salt_days.h"

namespace telex::views {
SaltDay SaltDayOf(std::int64_t time_ms, const absl::TimeZone& zone) {
  return DayOf(absl::ToCivilDay(absl::FromUnixMillis(time_ms), zone));
}

std::int64_t EndOfSaltDayMs(SaltDay day, const absl::TimeZone& zone) {
  return absl::ToUnixMillis(absl::FromCivil(CivilDayOf(day + 1), zone));
}

std::vector<SaltDays::Ask> SaltDays::Due(std::int64_t now_ms, std::int64_t steady_ms) {
  const SaltDay first = SaltDayOf(now_ms - times_.lateness_ms, zone_);
  const SaltDay today = SaltDayOf(now_ms, zone_);
  const SaltDay last = today + 1;
  if (today != today_) missing_since_.reset();
  today_ = today;
  for (auto held = held_.begin(); held != held_.end() && held->first < first;) {
    Destroy(held->second);
    held = held_.erase(held);
  }
  std::vector<Ask> asks;
  for (SaltDay day = first; day <= last; ++day) {
    const auto held = held_.find(day);
    Ask ask = {.day = day};
    if (held != held_.end()) {
      ask.put_back = held->second;
    } else if (day > today) {
      ask.make = true;
    } else if (day == today && missing_since_) {
      ask.make = steady_ms - *missing_since_ >= times_.missing_for_ms;
    }
    asks.push_back(ask);
  }
  return asks;
}

void SaltDays::Learned(SaltDay day, const Salt& salt) {
  if (day == today_) missing_since_.reset();
  const auto [held, is_new] = held_.try_emplace(day, salt);
  if (!is_new && salt < held->second) held->second = salt;
}

void SaltDays::Missed(SaltDay day, std::int64_t steady_ms) {
  if (day == today_ && !missing_since_) missing_since_ = steady_ms;
}

std::optional<SaltBytes> SaltDays::For(SaltDay day) const {
  const auto held = held_.find(day);
  if (held == held_.end()) return std::nullopt;
  return held->second.bytes;
}

SaltDays::~SaltDays() {
  for (auto& [day, salt] : held_) Destroy(salt);
}

void SaltDays::Destroy(Salt& salt) {
  // Volatile: what is written last and never read would be left out.
  for (volatile std::uint8_t& byte : salt.bytes) byte = 0;
}

}  // namespace telex::views
