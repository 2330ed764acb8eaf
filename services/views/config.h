#pragma once

#include <absl/time/time.h>

#include <string>
#include <vector>

#include "platform/config/settings.h"
#include "platform/grpc/server_settings.h"
#include "platform/redis/redis_settings.h"
#include "platform/service/service_settings.h"
#include "views/adapters/rate_limits.h"
#include "views/adapters/reader_address.h"

namespace telex::views {

struct ViewEdgeOptions;
struct ViewsServerOptions;

// The settings of telex-views; what each means is said by --help.
struct Config {
  service::ServiceSettings service;
  rpc::ServerSettings grpc;
  redis::RedisSettings redis;  // of salts; with an endpoint

  config::HostPort http_listen;
  int http_threads = 1;

  std::string zone_name;  // IANA; of days and hours
  absl::TimeZone zone;

  std::string partners_file;  // empty: no partners
  std::vector<Network> proxies;
  ForwardedBy forwarded_by = ForwardedBy::kXForwardedFor;
  std::vector<Network> internal_addresses;
  bool filter_no_tracking = false;
  RateLimitOptions limits;
};

// Declares and reads them; faults are gathered by `settings`.
Config ReadConfig(config::Settings& settings);

// Those that are about taking views, and about serving.
ViewEdgeOptions EdgeOptions(const Config& config);
ViewsServerOptions ServingOptions(const Config& config);

}  // namespace telex::views
