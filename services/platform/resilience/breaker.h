#pragma once

// A circuit breaker: stops asking a peer that does not answer. After `failures_max` failures in a
// row, all within `window`, it is open and refuses at once; after `open_for`, or at the time that
// the peer itself has named, it lets one call through as a probe (half-open), and that one decides.
// One breaker for each thing that fails by itself, e.g. (engine, class of error).
//
// Pure but for its lock: the time is handed in. Thread-safe.

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string_view>

namespace telex::resilience {

// The numbers are the values of a gauge.
enum class BreakerState : std::uint8_t { kClosed = 0, kHalfOpen = 1, kOpen = 2 };

std::string_view NameOf(BreakerState state);  // "closed", "half-open", "open"

struct BreakerOptions {
  using Duration = std::chrono::steady_clock::duration;

  std::uint32_t failures_max = 5;  // at least 1
  Duration open_for = std::chrono::seconds(1);
  // From the first of the failures in a row to the last; by default they may be any time apart.
  Duration window = Duration::max();
};

class Breaker {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Duration = BreakerOptions::Duration;

  // `on_change` is called under the lock: it must be quick and not call the breaker.
  explicit Breaker(BreakerOptions options, std::function<void(BreakerState)> on_change = nullptr);

  // kProbe: this call is the probe; whoever got it must report an outcome (or Abandon).
  enum class Admission { kGo, kProbe, kRefused };
  Admission Admit(Time now);
  void Succeeded();
  void Failed(Time now);
  // The peer has said itself until when it is not to be asked: open at once. An earlier time than
  // the one that stands changes nothing.
  void OpenUntil(Time until);
  // The call told nothing about the server (e.g. no connection was free): a probe is given back.
  void Abandon(Admission admission);
  BreakerState state() const;

 private:
  void Change(BreakerState state);

  const BreakerOptions options_;
  const std::function<void(BreakerState)> on_change_;
  mutable std::mutex mutex_;
  BreakerState state_ = BreakerState::kClosed;
  std::uint32_t failures_ = 0;  // in a row
  Time first_failure_{};
  Time retry_at_{};
};

}  // namespace telex::resilience
