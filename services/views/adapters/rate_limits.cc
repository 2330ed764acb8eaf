#include "views/adapters/rate_limits.h"

namespace telex::views {

RateLimits::Buckets::Buckets(const RateLimitOptions& options, Time now)
    : counted({.per_second = options.per_second, .burst = options.burst}, now),
      answered({.per_second = options.per_second * options.refused_factor,
                .burst = options.burst * options.refused_factor},
               now) {}

RateLimits::Verdict RateLimits::Take(std::string_view key, std::size_t looks, Time now) {
  return buckets_.UseOrMake(
      key,
      [&](Buckets& buckets) -> Verdict {
        const auto tokens = static_cast<double>(looks);
        const Duration wait = buckets.answered.TakeOrWait(now, tokens);
        if (wait != Duration{}) return {.retry_after = wait};
        return {.impossible = buckets.counted.TakeOrWait(now, tokens) != Duration{}};
      },
      options_, now);
}

}  // namespace telex::views
