#pragma once

// A circuit breaker: stops asking a peer that does not answer. After `failures_max` failures in a
// row it is open and refuses at once; after `open_for` it lets one call through as a probe
// (half-open), and that one decides.
// One breaker for each thing that fails by itself.
//
// Pure but for its lock: the time is a parameter. Thread-safe.

#include <chrono>
#include <cstdint>
#include <mutex>

namespace telex::resilience {

enum class BreakerState : std::uint8_t { kClosed, kHalfOpen, kOpen };

struct BreakerOptions {
  using Duration = std::chrono::steady_clock::duration;

  std::uint32_t failures_max = 5;  // at least 1
  Duration open_for = std::chrono::seconds(1);
};

class Breaker {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Duration = BreakerOptions::Duration;

  explicit Breaker(BreakerOptions options);

  // kProbe: this call is the probe; whoever got it must report an outcome (or Abandon).
  enum class Admission { kGo, kProbe, kRefused };
  Admission Admit(Time now);
  void Succeeded();
  void Failed(Time now);
  // The call told nothing about the server (e.g. no connection was free): a probe is given back.
  void Abandon(Admission admission);
  BreakerState state() const;

 private:
  const BreakerOptions options_;
  mutable std::mutex mutex_;
  BreakerState state_ = BreakerState::kClosed;
  std::uint32_t failures_ = 0;  // in a row
  Time retry_at_{};
};

}  // namespace telex::resilience
