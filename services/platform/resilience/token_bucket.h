#pragma once

// A token bucket: `per_second` calls on average, `burst` at once. It starts full.
//
// Pure but for its lock: the time is a parameter; one that goes backwards counts as no time gone
// by. Thread-safe.

#include <chrono>
#include <mutex>

namespace telex::resilience {

struct TokenBucketOptions {
  double per_second = 1;  // > 0
  double burst = 1;       // tokens; at least 1
};

class TokenBucket {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;

  TokenBucket(TokenBucketOptions options, Time now);

  // Zero: `tokens` were taken. Else nothing was taken, and this is how long until so many may be
  // there: ask again then, as others may have taken them. Duration::max(): never, as `tokens` is
  // more than `burst`.
  Duration TakeOrWait(Time now, double tokens = 1);

 private:
  const TokenBucketOptions options_;
  std::mutex mutex_;
  double tokens_;
  Time filled_at_;
};

}  // namespace telex::resilience
