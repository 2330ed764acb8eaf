#pragma once

#include <absl/time/time.h>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "views/domain/calendar.h"
#include "views/domain/counting_rule.h"
#include "views/domain/visitor.h"

namespace telex::views {

// A day of the zone that is counted in: salts change with the days of the counts, so that a reader
// is one visitor of a day.
using SaltDay = Day;
SaltDay SaltDayOf(std::int64_t time_ms, const absl::TimeZone& zone);
// The first instant after the day.
std::int64_t EndOfSaltDayMs(SaltDay day, const absl::TimeZone& zone);

struct Salt {
  std::int64_t made_us = 0;  // since 1970, by the clock of whoever keeps them for all
  SaltBytes bytes = {};
  // Of two for one day the earlier stands: all replicas come to the same one.
  auto operator<=>(const Salt&) const = default;
};

struct SaltTimes {
  std::int64_t lateness_ms =
      kCountingRule1.lateness_ms;       // a day's salt is destroyed so long after the day
  std::int64_t missing_for_ms = 5'000;  // today's: by whoever has missed it for so long
};

// The salts that one replica holds, and what it asks the place that all of them share. Pure: times
// are parameters, of the wall clock for days and of the steady one for waiting. Not thread-safe.
//
// Today's salt is in use by others. If the shared place has lost it, whoever holds it puts it back
// within a moment; so one is made only by who has seen it missing for `missing_for_ms`. Tomorrow's
// nobody has used, and it is made at once, all day long: the shared place may be away for a while.
class SaltDays {
 public:
  SaltDays(const SaltTimes& times, absl::TimeZone zone) : times_(times), zone_(zone) {}

  struct Ask {
    SaltDay day = 0;
    std::optional<Salt> put_back;  // held here: offer it, as it was made
    bool make = false;             // not known, and may be made now
  };
  // What to ask of the shared place, now and again. Destroys what is over.
  std::vector<Ask> Due(std::int64_t now_ms, std::int64_t steady_ms);

  // The shared place has this one for the day: it holds here, unless an earlier one does.
  void Learned(SaltDay day, const Salt& salt);
  // It has none.
  void Missed(SaltDay day, std::int64_t steady_ms);
  // It could not be asked: what was missed before says nothing of what others put there meanwhile.
  void NotAsked() { missing_since_.reset(); }

  std::optional<SaltBytes> For(SaltDay day) const;
  ~SaltDays();

 private:
  static void Destroy(Salt& salt);

  const SaltTimes times_;
  const absl::TimeZone zone_;
  std::map<SaltDay, Salt> held_;
  SaltDay today_ = 0;
  std::optional<std::int64_t> missing_since_;  // today's
};

}  // namespace telex::views
