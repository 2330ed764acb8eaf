#pragma once

// Stops asking a server that does not answer: after `failures_max` failures in a row it is open and
// refuses at once; after `open_for` it lets one call through as a probe (half-open), and that one
// decides. Pure but for its lock: the time is handed in. Thread-safe.

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>

namespace telex::redis {

enum class BreakerState { kClosed, kOpen, kHalfOpen };

class Breaker {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;

  Breaker(std::uint32_t failures_max, Duration open_for,
          std::function<void(BreakerState)> on_change = nullptr);

  // kProbe: this call is the probe; whoever got it must report an outcome (or Abandon).
  enum class Admission { kGo, kProbe, kRefused };
  Admission Admit(Time now);
  void Succeeded();
  void Failed(Time now);
  // The call told nothing about the server (e.g. no connection was free): a probe is given back.
  void Abandon(Admission admission);
  BreakerState state() const;

 private:
  void Change(BreakerState state);

  const std::uint32_t failures_max_;
  const Duration open_for_;
  const std::function<void(BreakerState)> on_change_;
  mutable std::mutex mutex_;
  BreakerState state_ = BreakerState::kClosed;
  std::uint32_t failures_ = 0;
  Time retry_at_{};
};

}  // namespace telex::redis
