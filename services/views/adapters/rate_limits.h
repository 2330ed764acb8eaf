#pragma once

#include <cstddef>
#include <string_view>

#include "platform/resilience/token_bucket.h"
#include "views/adapters/recent_map.h"

namespace telex::views {

struct RateLimitOptions {
  double per_second = 50;          // looks of one key, on average
  double burst = 1'000;            // and at once: 150 browsers behind one address all count
  double refused_factor = 4;       // beyond so many times as much they are refused; at least 1
  std::size_t keys_max = 131'072;  // remembered; 200 bytes each. Those that came last
};

// How much each key (an address, a partner's) may send. The time is a parameter. Thread-safe.
class RateLimits {
 public:
  using Time = resilience::TokenBucket::Time;
  using Duration = resilience::TokenBucket::Duration;

  explicit RateLimits(RateLimitOptions options) : options_(options), buckets_(options.keys_max) {}

  struct Verdict {
    bool impossible = false;            // more than people can look at: it does not count
    Duration retry_after = Duration{};  // not zero: refused, and nothing was taken
  };
  Verdict Take(std::string_view key, std::size_t looks, Time now);

 private:
  struct Buckets {
    Buckets(const RateLimitOptions& options, Time now);
    resilience::TokenBucket counted;
    resilience::TokenBucket answered;
  };
  static constexpr std::size_t kShards = 32;

  const RateLimitOptions options_;
  RecentMap<Buckets, kShards> buckets_;
};

}  // namespace telex::views
