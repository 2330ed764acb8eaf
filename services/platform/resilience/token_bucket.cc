#include "platform/resilience/token_bucket.h"

#include <algorithm>

namespace telex::resilience {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr double kPerSecondMin = 1e-6;  // a token in twelve days: a rate of 0 would never give one
// Rates are no exact numbers: what is missing by less than this of a token is there.
constexpr double kTokensEpsilon = 1e-9;

TokenBucketOptions Bounded(TokenBucketOptions options) {
  options.per_second = std::max(options.per_second, kPerSecondMin);
  options.burst = std::max(options.burst, 1.0);
  return options;
}

}  // namespace

TokenBucket::TokenBucket(TokenBucketOptions options, Time now)
    : options_(Bounded(options)), tokens_(options_.burst), filled_at_(now) {}

TokenBucket::Duration TokenBucket::TakeOrWait(Time now, double tokens) {
  if (tokens > options_.burst) return Duration::max();
  const std::lock_guard lock(mutex_);
  if (now > filled_at_) {
    tokens_ =
        std::min(options_.burst, tokens_ + Seconds(now - filled_at_).count() * options_.per_second);
    filled_at_ = now;
  }
  const double missing = tokens - tokens_;
  if (missing <= kTokensEpsilon) {
    tokens_ = std::max(0.0, tokens_ - tokens);
    return Duration::zero();
  }
  // Rounded up, so that who waits as told finds the token.
  const Seconds until_full(missing / options_.per_second);
  return std::chrono::duration_cast<Duration>(until_full) + Duration(1);
}

}  // namespace telex::resilience
