#pragma once

#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace telex::views {

// A day of the zone that counts are kept in: days since 1970-01-01, as its calendar has them.
using Day = std::int32_t;

inline absl::CivilDay CivilDayOf(Day day) { return absl::CivilDay(1970, 1, 1) + day; }
inline Day DayOf(absl::CivilDay civil) { return static_cast<Day>(civil - CivilDayOf(0)); }

// "2026-09-04"; the years 0001 to 9999 have four digits. Nothing for what is not spelled so.
std::string DayText(Day day);
std::optional<Day> ParseDay(std::string_view text);

// The n-th hour that has begun on a day: 0 to 23, or 24 where the clock is set back. Not the number
// on the clock, so that no hour is two.
inline constexpr int kHoursMax = 25;

// Days and hours of instants. Remembers the day it was last asked for, as the next question is
// nearly always about the same. Not thread-safe.
class Calendar {
 public:
  explicit Calendar(absl::TimeZone zone) : zone_(zone) {}

  struct Place {
    Day day = 0;
    int hour = 0;
  };
  // `time_ms` since 1970.
  Place Of(std::int64_t time_ms);

 private:
  const absl::TimeZone zone_;
  Day day_ = 0;
  std::int64_t begin_ms_ = 0;  // of day_; nothing is remembered yet while the two are equal
  std::int64_t end_ms_ = 0;
};

}  // namespace telex::views
