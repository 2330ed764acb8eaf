#include "translation/domain/engine_budget.h"

#include <absl/time/civil_time.h>

#include <algorithm>

namespace telex::translation {
namespace {

constexpr std::int64_t kUtcDayMs = std::int64_t{24} * 60 * 60 * 1'000;
constexpr absl::CivilDay kFirstUtcDay(1970, 1, 1);

UtcDay DayOf(absl::CivilDay day) { return static_cast<UtcDay>(day - kFirstUtcDay); }
absl::CivilMonth CivilMonthOf(UtcDay day) { return absl::CivilMonth(kFirstUtcDay + day); }

bool IsSpent(std::int64_t budget, std::int64_t spent, std::int64_t more) {
  return budget > 0 && spent > 0 && spent + more > budget;
}

}  // namespace

UtcDay UtcDayOf(std::int64_t time_ms) { return static_cast<UtcDay>(time_ms / kUtcDayMs); }
UtcDay MonthOf(UtcDay day) { return DayOf(absl::CivilDay(CivilMonthOf(day))); }
UtcDay NextMonthOf(UtcDay day) { return DayOf(absl::CivilDay(CivilMonthOf(day) + 1)); }
std::int64_t BeginMs(UtcDay day) { return day * kUtcDayMs; }

std::optional<std::int64_t> ClosedUntilMs(const EngineBudget& budget, const EngineSpent& spent,
                                          std::int64_t characters, std::int64_t now_ms) {
  const UtcDay today = UtcDayOf(now_ms);
  if (IsSpent(budget.characters_per_month, spent.month, characters))
    return BeginMs(NextMonthOf(today));
  if (IsSpent(budget.characters_per_day, spent.day, characters)) return BeginMs(today + 1);
  return std::nullopt;
}

void SpentCharacters::Add(UtcDay day, std::string_view engine, std::int64_t characters) {
  if (day < kept_since_) return;
  days_[day][std::string(engine)] += characters;
  kept_since_ = std::max(kept_since_, MonthOf(MonthOf(days_.rbegin()->first) - 1));
  days_.erase(days_.begin(), days_.lower_bound(kept_since_));
}

EngineSpent SpentCharacters::Of(std::string_view engine, UtcDay day) const {
  EngineSpent spent;
  const auto until = days_.lower_bound(NextMonthOf(day));
  for (auto at = days_.lower_bound(MonthOf(day)); at != until; ++at) {
    const auto found = at->second.find(engine);
    if (found == at->second.end()) continue;
    spent.month += found->second;
    if (at->first == day) spent.day = found->second;
  }
  return spent;
}

}  // namespace telex::translation
