#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <string>

#include "platform/config/settings.h"
#include "platform/redis/redis_settings.h"
#include "platform/service/service_settings.h"

namespace telex::feeds {

struct FeedServerOptions;

// The settings of telex-feeds; what each means is said by --help.
struct Config {
  service::ServiceSettings service;

  redis::RedisSettings redis;  // without an endpoint renditions are not shared

  config::HostPort http_listen;
  int http_threads = 1;
  int render_threads = 1;

  std::string public_url;
  std::string publisher_name;
  std::size_t window_items = 100;
  absl::Duration max_age;
  absl::Duration views_every = absl::Minutes(1);  // how often the numbers of views in feeds change
  absl::Duration fold_wait_max;
  std::size_t waiting_max = 10'000;
  absl::Duration behind_max;
  absl::Duration rendition_ttl;

  std::size_t body_cache_bytes = 0;
  std::size_t fragment_cache_bytes = 0;
  absl::Duration stale_max;
  std::uint32_t log_generation = 0;
};

// Declares and reads them; faults are gathered by `settings`.
Config ReadConfig(config::Settings& settings);

// Those that are about serving.
FeedServerOptions ServingOptions(const Config& config);

}  // namespace telex::feeds
