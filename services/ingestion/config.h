#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <string>
#include <vector>

#include "platform/config/settings.h"
#include "platform/service/service_settings.h"

namespace telex::ingestion {

struct IngestionServerOptions;

struct Config {
  service::ServiceSettings service;

  config::HostPort grpc_listen;
  std::string tokens_file;
  std::string tls_certificate_file;
  std::string tls_key_file;
  std::string tls_client_ca_file;

  int decision_deadline_seconds = 0;
  int rule = 0;
};

// Declares every setting; faults are `settings`' to report.
Config ReadConfig(config::Settings& settings);

// Those that are about serving.
IngestionServerOptions ServingOptions(const Config& config);

}  // namespace telex::ingestion
