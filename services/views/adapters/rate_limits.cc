#include "views/adapters/rate_limits.h"

#include <algorithm>
#include <functional>
#include <tuple>
#include <utility>

namespace telex::views {

RateLimits::Buckets::Buckets(const RateLimitOptions& options, Time now)
    : counted({.per_second = options.per_second, .burst = options.burst}, now),
      answered({.per_second = options.per_second * options.refused_factor,
                .burst = options.burst * options.refused_factor},
               now) {}

RateLimits::Buckets& RateLimits::BucketsOf(Shard& shard, std::string_view key, Time now) {
  const absl::string_view name(key.data(), key.size());
  if (const auto found = shard.young.find(name); found != shard.young.end()) return found->second;
  if (shard.young.size() >= std::max<std::size_t>(options_.keys_max / kShards / 2, 1)) {
    shard.old = std::exchange(shard.young, {});
  }
  if (const auto found = shard.old.find(name); found != shard.old.end()) {
    return shard.young.insert(shard.old.extract(found)).position->second;
  }
  return shard.young.try_emplace(std::string(key), options_, now).first->second;
}

RateLimits::Verdict RateLimits::Take(std::string_view key, std::size_t looks, Time now) {
  Shard& shard = shards_[std::hash<std::string_view>()(key) % kShards];
  const std::lock_guard lock(shard.mutex);
  Buckets& buckets = BucketsOf(shard, key, now);
  const auto tokens = static_cast<double>(looks);
  const Duration wait = buckets.answered.TakeOrWait(now, tokens);
  if (wait != Duration{}) return {.retry_after = wait};
  return {.impossible = buckets.counted.TakeOrWait(now, tokens) != Duration{}};
}

}  // namespace telex::views
