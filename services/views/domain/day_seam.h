#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>

#include "views/domain/view.h"

namespace telex::views {

// Joins a visit that goes on over midnight of the zone, when the salt changes and the same reader
// would be another visitor: such a look keeps the visitor of the day before. Remembers who looked
// in the last seconds of a day, and their looks that followed, up to `open_ms` after midnight.
// Pure; not thread-safe.
class DaySeam {
 public:
  static constexpr std::size_t kVisitorsMax = 100'000;  // those beyond become other visitors

  // `repeat_within_ms`: as the rule of counting has it.
  DaySeam(std::int64_t repeat_within_ms, std::int64_t open_ms, absl::TimeZone zone)
      : repeat_within_ms_(repeat_within_ms), open_ms_(open_ms), zone_(zone) {}

  // Whether looks at that time are to be told to Note: the day is about to end.
  bool Ends(std::int64_t time_ms) const;
  // Whether looks at that time are to be asked about: the day has just begun.
  bool Begins(std::int64_t time_ms) const;

  void Note(Visitor visitor, std::int64_t time_ms);
  // `before`: by the salt of the day before. True: it is the visitor of this look, too.
  bool Continues(Visitor before, std::int64_t time_ms);

 private:
  const std::int64_t repeat_within_ms_;
  const std::int64_t open_ms_;
  const absl::TimeZone zone_;
  std::int64_t day_ = 0;  // that ended, or is about to
  absl::flat_hash_map<Visitor, std::int64_t> last_looks_;
};

}  // namespace telex::views
