#include "views/domain/calendar.h"

#include <gtest/gtest.h>

namespace telex::views {
namespace {

std::int64_t Ms(const char* rfc3339) {
  absl::Time time;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, rfc3339, &time, nullptr)) << rfc3339;
  return absl::ToUnixMillis(time);
}

absl::TimeZone Zone(const char* name) {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone(name, &zone)) << name;
  return zone;
}

TEST(Calendar, DaysBeginAtMidnightOfTheZone) {
  Calendar baku(Zone("Asia/Baku"));  // +04:00
  const Calendar::Place last = baku.Of(Ms("2026-11-26T19:59:59.999Z"));
  const Calendar::Place first = baku.Of(Ms("2026-11-26T20:00:00Z"));
  EXPECT_EQ(CivilDayOf(last.day), absl::CivilDay(2026, 11, 26));
  EXPECT_EQ(last.hour, 23);
  EXPECT_EQ(CivilDayOf(first.day), absl::CivilDay(2026, 11, 27));
  EXPECT_EQ(first.hour, 0);
  EXPECT_EQ(first.day, last.day + 1);
}

TEST(Calendar, AnHourThatTheClockShowsTwiceIsTwo) {
  Calendar berlin(Zone("Europe/Berlin"));
  EXPECT_EQ(berlin.Of(Ms("2026-10-25T00:30:00Z")).hour, 2);  // 02:30 summer time
  EXPECT_EQ(berlin.Of(Ms("2026-10-25T01:30:00Z")).hour, 3);  // 02:30 once more
  EXPECT_EQ(berlin.Of(Ms("2026-10-25T22:59:59Z")).hour, 24);
  EXPECT_EQ(CivilDayOf(berlin.Of(Ms("2026-10-25T23:00:00Z")).day), absl::CivilDay(2026, 10, 26));
}

TEST(Calendar, ADayWithAnHourLessHas23) {
  Calendar berlin(Zone("Europe/Berlin"));
  EXPECT_EQ(berlin.Of(Ms("2026-03-29T21:59:59Z")).hour, 22);
  EXPECT_EQ(CivilDayOf(berlin.Of(Ms("2026-03-29T22:00:00Z")).day), absl::CivilDay(2026, 3, 30));
}

TEST(DayTextTest, IsReadAsItIsWritten) {
  EXPECT_EQ(DayText(0), "1970-01-01");
  for (const Day day : {-1, 0, 20'700}) EXPECT_EQ(ParseDay(DayText(day)), day);
  for (const char* text : {"", "2026-9-4", "2026-02-30", "2026-09-04T00", "04.09.2026", "today"}) {
    EXPECT_EQ(ParseDay(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace telex::views
