#include "views/domain/calendar.h"

#include <algorithm>

namespace telex::views {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;

}  // namespace

std::string DayText(Day day) { return absl::FormatCivilTime(CivilDayOf(day)); }

std::optional<Day> ParseDay(std::string_view text) {
  absl::CivilDay parsed;
  if (!absl::ParseCivilTime(std::string(text), &parsed)) return std::nullopt;
  const Day day = DayOf(parsed);
  return DayText(day) == text ? std::optional(day) : std::nullopt;
}

Calendar::Place Calendar::Of(std::int64_t time_ms) {
  if (time_ms < begin_ms_ || time_ms >= end_ms_) {
    const absl::CivilDay day = absl::ToCivilDay(absl::FromUnixMillis(time_ms), zone_);
    day_ = DayOf(day);
    begin_ms_ = absl::ToUnixMillis(absl::FromCivil(day, zone_));
    end_ms_ = absl::ToUnixMillis(absl::FromCivil(day + 1, zone_));
  }
  // A zone may have left out more than a day's 25 hours can hold, but no newsroom's has.
  const auto hour = static_cast<int>((time_ms - begin_ms_) / kHourMs);
  return {.day = day_, .hour = std::clamp(hour, 0, kHoursMax - 1)};
}

}  // namespace telex::views
