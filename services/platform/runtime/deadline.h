#pragma once

#include <absl/time/time.h>

#include <algorithm>
#include <chrono>

namespace telex::runtime {

// When a wait is to end, by the steady clock: a wall clock that is set neither ends the wait nor
// makes it endless. absl::Time is for instants of the world alone (an embargo, a record's time).
class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  // Negative: has passed. What lies beyond a century is never.
  static Deadline After(absl::Duration within, Clock::time_point now = Clock::now()) {
    static constexpr absl::Duration kNever = absl::Hours(24 * 36'525);
    if (within > kNever) return Never();
    return Deadline(now + absl::ToChronoNanoseconds(std::max(within, -kNever)));
  }
  static Deadline Never() { return Deadline(Clock::time_point::max()); }

  bool Passed(Clock::time_point now = Clock::now()) const { return now >= end_; }
  // Never negative; infinite when it never passes.
  absl::Duration Left(Clock::time_point now = Clock::now()) const {
    if (end_ == Clock::time_point::max()) return absl::InfiniteDuration();
    return std::max(absl::FromChrono(end_ - now), absl::ZeroDuration());
  }
  // For the waits of the standard library (wait_until).
  Clock::time_point time() const { return end_; }

 private:
  explicit Deadline(Clock::time_point end) : end_(end) {}
  Clock::time_point end_;
};

}  // namespace telex::runtime
