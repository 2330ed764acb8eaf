#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/inlined_vector.h>
#include <absl/functional/function_ref.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "views/domain/counting_rule.h"
#include "views/domain/view.h"

namespace telex::views {

// By what a look is counted, so that it can be taken back.
struct CountedBy {
  std::int64_t time_ms = 0;    // of the look
  std::uint16_t language = 0;  // numbers in the totals of its story and day
  std::uint16_t partner = 0;
};

// When each visitor looked at the stories of one partition, as far as a later look may bear on it.
// Looks come in any order of their times. Pure; not thread-safe.
//
// A visitor's looks at a story are kept as visits: each look no longer than the rule's
// `repeat_within_ms` after the one before. The first look of a visit counts, and a look inside it
// changes nothing, so what is kept of a visitor is bounded, however often they look.
//
// A late look does not count. It still is a look: the one that follows it is a repeat. Because of
// that what is remembered at a position depends on Closed() and on the looks since
// `repeat_within_ms` before it, not on when they came: it can be rebuilt.
//
// Memory: about 85 bytes a visitor who looked since then.
class LookWindows {
 public:
  explicit LookWindows(const CountingRule& rule);

  // By what a look is counted; asked once it is known to count, so that no other leaves a trace in
  // the totals.
  using CountAs = absl::FunctionRef<CountedBy()>;
  struct VisitTimes {
    std::int64_t first_ms = 0;
    std::int64_t last_ms = 0;
  };
  struct LookResult {
    Filter filter = Filter::kNone;        // kNone: it counts; else kRepeat or kLate
    std::optional<CountedBy> counted;     // as what
    std::optional<CountedBy> taken_back;  // a look of the same visitor, counted until now
    std::optional<VisitTimes> visit;      // that it is in; its looks up to now
  };

  // A record says that it is so late. Its time is no later than that at which the broker appended
  // it: no clock but the broker's can close what is open.
  void Advance(std::int64_t time_ms);
  // After Advance.
  LookResult Look(Visitor visitor, std::int64_t time_ms, CountAs count_as);

  // Rebuilding: Closed() and Watermark() of a position, and then all looks before it.
  void Begin(std::int64_t closed_ms, std::int64_t watermark_ms);
  void Restore(Visitor visitor, std::int64_t time_ms, CountAs count_as);

  // Looks before it are late. A whole second; does not fall.
  std::int64_t Closed() const { return closed_ms_; }
  // The newest time that a record has said; does not fall.
  std::int64_t Watermark() const { return watermark_ms_; }

  std::size_t visitors() const { return visits_.size(); }
  // So many seconds were closed before the lateness was over, as visitors are bounded.
  std::uint64_t seconds_closed_early() const { return seconds_closed_early_; }

 private:
  struct Visit {
    CountedBy first;
    std::int64_t last_ms = 0;
    bool counted = false;
  };
  using Visits = absl::InlinedVector<Visit, 1>;  // newest first, too far apart to be one

  std::vector<Visitor>& LookedIn(std::int64_t time_ms);
  LookResult Note(Visitor visitor, std::int64_t time_ms, CountAs count_as);
  void CloseUpTo(std::int64_t closed_ms);
  void Forget(std::int64_t second_ms, std::int64_t before_ms);

  const CountingRule rule_;
  std::int64_t watermark_ms_ = 0;
  std::int64_t closed_ms_ = 0;
  std::uint64_t seconds_closed_early_ = 0;
  absl::flat_hash_map<Visitor, Visits> visits_;
  // Who looked in each second that is open or bears on open ones; modulo its size.
  std::vector<std::vector<Visitor>> looked_in_;
};

}  // namespace telex::views
