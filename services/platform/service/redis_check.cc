#include "platform/service/redis_check.h"

#include "platform/errors/errors.h"

namespace telex::service {

void WatchRedis(Host& host, const redis::Client& redis, const RedisTexts& texts) {
  const auto refused = [&redis] { return redis.breaker_state() != redis::BreakerState::kClosed; };
  host.Gauge("telex_redis_breaker_open", "1 while Redis is not asked because it does not answer.",
             [refused] { return refused() ? 1.0 : 0.0; });
  host.AddCheck({.name = "redis",
                 .severity = texts.severity,
                 .business_impact = texts.impact,
                 .technical_summary = "Whether the breaker of the Redis client is closed.",
                 .panic_guide = "docs/runbooks/redis-away.md",
                 .status = [refused]() -> absl::Status {
                   if (!refused()) return absl::OkStatus();
                   return errors::Error(absl::StatusCode::kUnavailable, errors::kRedisUnavailable,
                                        "Redis does not answer");
                 },
                 .gates_readiness = false});
}

}  // namespace telex::service
