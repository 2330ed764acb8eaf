#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <chrono>
#include <functional>
#include <mutex>

#include "platform/runtime/health.h"

namespace telex::service {

// Whether the clock of this machine agrees with any broker's. What was learnt counts for a minute:
// a replica that is not ready is asked for nothing, and would not learn that its clock was set.
// Thread-safe.
class ClockComparison {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  static constexpr std::chrono::minutes kCountsFor{1};

  ClockComparison(absl::Duration skew_max, Clock clock)
      : skew_max_(skew_max), clock_(std::move(clock)) {}

  // kafka::PublisherObserver::on_clock.
  void Learn(absl::Duration ahead);
  // Zero when nothing is known.
  absl::Duration Ahead() const;
  // UNAVAILABLE / CLOCK_SKEWED, with by how much.
  absl::Status Check() const;

 private:
  const absl::Duration skew_max_;
  const Clock clock_;
  mutable std::mutex mutex_;
  absl::Duration ahead_;
  std::chrono::steady_clock::time_point learnt_;
};

runtime::Check ClockCheck(const ClockComparison& clocks);

}  // namespace telex::service
