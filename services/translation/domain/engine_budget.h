// What engines may be sent, and what they were: characters by day and month (UTC). Pure; not
// thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace telex::translation {

// Days since 1970-01-01, UTC.
using UtcDay = std::int32_t;
UtcDay UtcDayOf(std::int64_t time_ms);  // since 1970
UtcDay MonthOf(UtcDay day);             // its first day
UtcDay NextMonthOf(UtcDay day);         // the first day of the next one
std::int64_t BeginMs(UtcDay day);       // since 1970

struct EngineBudget {
  std::int64_t characters_per_day = 0;  // 0: no bound
  std::int64_t characters_per_month = 0;
  bool operator==(const EngineBudget&) const = default;
};

struct EngineSpent {
  std::int64_t day = 0;  // characters
  std::int64_t month = 0;
  bool operator==(const EngineSpent&) const = default;
};

// Nothing: so many characters more are within the budget. Else when they may be (ms since 1970):
// the next day, or the next month. What is more than a budget as a whole may be sent while nothing
// is spent, for it would never be else.
std::optional<std::int64_t> ClosedUntilMs(const EngineBudget& budget, const EngineSpent& spent,
                                          std::int64_t characters, std::int64_t now_ms);

// What was spent, by engine and day: a sum, in whatever order it is added. Days before the month
// before the newest are forgotten.
class SpentCharacters {
 public:
  void Add(UtcDay day, std::string_view engine, std::int64_t characters);
  EngineSpent Of(std::string_view engine, UtcDay day) const;

  // The first day that is not forgotten.
  UtcDay kept_since() const { return kept_since_; }

 private:
  std::map<UtcDay, std::map<std::string, std::int64_t, std::less<>>> days_;
  UtcDay kept_since_ = 0;
};

}  // namespace telex::translation
