#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "platform/config/settings.h"
#include "platform/redis/client.h"

namespace telex::redis {

// How a service reaches Redis.
struct RedisSettings {
  std::optional<Endpoint> endpoint;  // TELEX_REDIS_URL; none: it was left empty
  std::string password;              // TELEX_REDIS_PASSWORD
};

// Declares and reads them; `when_empty`: what an empty URL means, a sentence for --help, or "" when
// the service cannot do without.
RedisSettings ReadRedisSettings(config::Settings& settings, std::string_view when_empty);

// A client of it; `settings.endpoint` is set.
ClientOptions OptionsOf(const RedisSettings& settings, std::string_view instance);

}  // namespace telex::redis
