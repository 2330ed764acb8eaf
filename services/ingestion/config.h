#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "platform/config/settings.h"
#include "platform/observe/log_line.h"

namespace telex::ingestion {

struct Config {
  std::string instance;   // unique among the replicas, the same after a restart
  std::string data_dir;
  observe::Severity log_severity_min = observe::Severity::kInfo;
  absl::Duration drain_delay;

  std::string kafka_brokers;
  std::map<std::string, std::string> kafka_properties;

  config::HostPort grpc_listen;
  config::HostPort admin_listen;
  std::string tokens_file;
  std::string tls_certificate_file;
  std::string tls_key_file;
  std::string tls_client_ca_file;

  int decision_deadline_seconds = 0;
  int rule = 0;
};

// Declares every setting; faults are `settings`' to report.
Config ReadConfig(config::Settings& settings);

}  // namespace telex::ingestion
