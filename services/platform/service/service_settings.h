#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "platform/config/settings.h"
#include "platform/kafka/client_config.h"
#include "platform/observe/log_line.h"

namespace telex::service {

// The settings that every service has, under the same names.
struct ServiceSettings {
  std::string instance;  // TELEX_INSTANCE: unique among replicas, the same after a restart
  std::string data_dir;  // TELEX_DATA_DIR
  std::uint64_t store_bytes_max = 0;                              // TELEX_STORE_MEBIBYTES
  observe::Severity log_severity_min = observe::Severity::kInfo;  // TELEX_LOG_LEVEL
  absl::Duration drain_delay;                                     // TELEX_DRAIN_DELAY_SECONDS
  config::HostPort admin_listen;                                  // TELEX_ADMIN_LISTEN
  absl::Duration loop_silence_max;                                // TELEX_LOOP_SILENCE_SECONDS
  absl::Duration clock_skew_max = absl::Seconds(5);               // TELEX_CLOCK_SKEW_SECONDS
  std::string kafka_brokers;                                      // TELEX_KAFKA_BROKERS
  std::map<std::string, std::string> kafka_properties;            // TELEX_KAFKA_PROPERTIES
  std::string topics_file;  // TELEX_TOPICS_FILE; empty: topics are held against each other alone

  // A Kafka client of this process; `role` tells it from the process' others in the brokers' logs.
  kafka::ClientConfig KafkaClient(std::string_view role) const;
};

struct ServiceDefaults {
  std::string_view instance;      // "feeds-0"
  std::string_view admin_listen;  // "127.0.0.1:8081"
};

// Declares and reads them; faults are gathered by `settings`.
ServiceSettings ReadServiceSettings(config::Settings& settings, const ServiceDefaults& defaults);

}  // namespace telex::service
