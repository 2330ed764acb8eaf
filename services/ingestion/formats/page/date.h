#pragma once

#include <optional>
#include <string_view>

#include "ingestion/domain/draft.h"

namespace telex::ingestion::page {

// A line that is a date and nothing else, apart from labels, weekdays and the like.
struct DateLine {
  PrintedTime time;  // at midnight when has_time is false
  bool has_time = false;
  bool ambiguous = false;  // 03/04/2025: read as day/month
  bool is_update = false;  // labelled "Updated"
};

// Reads `key` (a line in lower case). Understands, in any of the languages of words.cc: "18 april
// 2025 14:25", "april 18, 2025 2:25 pm", "18.04.2025", "18/04/2025", "2025-04-18t14:25:00+04:00"
// (ISO 8601), the time before or behind the date, and offsets written as Z, UTC, GMT+4, +04:00 or
// MSK. Years from 1900.
std::optional<DateLine> ReadDateLine(std::string_view key);

struct ClockTime {
  int hour = 0;
  int minute = 0;
  int second = 0;
};
// A line that is a time of the day alone: "14:25", "2:25 pm".
std::optional<ClockTime> ReadTimeLine(std::string_view key);

}  // namespace telex::ingestion::page
