#pragma once

#include "platform/redis/client.h"
#include "platform/service/host.h"

namespace telex::service {

// What it means to this service that Redis is away.
struct RedisTexts {
  int severity = 3;
  const char* impact = nullptr;  // "None: each replica renders for itself."
};

// The check "redis", which does not gate readiness, and the gauge telex_redis_breaker_open.
// `redis` lives until the host closes its stores.
void WatchRedis(Host& host, const redis::Client& redis, const RedisTexts& texts);

}  // namespace telex::service
