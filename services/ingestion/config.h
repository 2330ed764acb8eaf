#pragma once

#include "platform/config/settings.h"
#include "platform/grpc/server_settings.h"
#include "platform/service/service_settings.h"

namespace telex::ingestion {

struct IngestionServerOptions;

struct Config {
  service::ServiceSettings service;

  rpc::ServerSettings grpc;

  int decision_deadline_seconds = 0;
  int rule = 0;
};

// Declares every setting; faults are `settings`' to report.
Config ReadConfig(config::Settings& settings);

// Those that are about serving.
IngestionServerOptions ServingOptions(const Config& config);

}  // namespace telex::ingestion
