#include "platform/service/service_settings.h"

#include <fmt/format.h>

#include "platform/observe/log.h"

namespace telex::service {
namespace {

// What a loop does between two beats has bounds of its own, of up to 5 s (a question to the
// brokers, a commit): less than this would take a slow dependency for a hang.
constexpr absl::Duration kLoopSilenceMin = absl::Seconds(10);

}  // namespace

kafka::ClientConfig ServiceSettings::KafkaClient(std::string_view role) const {
  return {.brokers = kafka_brokers,
          .client_id = fmt::format("telex-{}-{}", instance, role),
          .properties = kafka_properties};
}

ServiceSettings ReadServiceSettings(config::Settings& settings, const ServiceDefaults& defaults) {
  ServiceSettings service;
  service.instance = settings.Text(
      {.name = "TELEX_INSTANCE",
       .help = "Name of this replica: unique among its peers, and the same after a restart.",
       .fallback = defaults.instance,
       .required = true});
  service.data_dir =
      settings.Text({.name = "TELEX_DATA_DIR",
                     .help = "Folder of the local store, a cache of the log that may "
                             "be deleted while the process is down.",
                     .required = true});
  const std::string severity = settings.Choice(
      {.name = "TELEX_LOG_LEVEL", .help = "The least severity that is logged.", .fallback = "info"},
      {"debug", "info", "warning", "error"});
  service.log_severity_min = observe::ParseSeverity(severity).value_or(observe::Severity::kInfo);
  service.drain_delay = settings.Duration(
      {.name = "TELEX_DRAIN_DELAY_SECONDS",
       .help = "How long the replica serves on after it said that it is not ready.",
       .fallback = "5"},
      absl::ZeroDuration(), absl::Minutes(5));
  service.admin_listen = settings.Address(
      {.name = "TELEX_ADMIN_LISTEN",
       .help = "Where /livez, /readyz, /metrics and /configz are served, host:port.",
       .fallback = defaults.admin_listen});
  service.loop_silence_max = settings.Duration(
      {.name = "TELEX_LOOP_SILENCE_SECONDS",
       .help = "A loop of this process that shows no progress for longer, and does not wait for "
               "something that is away, is hung: /livez fails.",
       .fallback = "60"},
      kLoopSilenceMin, absl::Hours(1));

  service.kafka_brokers =
      settings.Text({.name = "TELEX_KAFKA_BROKERS",
                     .help = "Brokers to begin with, host:port, separated by commas.",
                     .fallback = "127.0.0.1:9092",
                     .required = true});
  for (const std::string& property :
       settings.List({.name = "TELEX_KAFKA_PROPERTIES",
       .help = "Further librdkafka properties, key=value, separated by commas."})) {
    const auto equals = property.find('=');
    if (equals == std::string::npos || equals == 0) {
      settings.Refuse("TELEX_KAFKA_PROPERTIES", "key=value pairs separated by commas");
    } else {
      service.kafka_properties[property.substr(0, equals)] = property.substr(equals + 1);
    }
  }
  return service;
}

}  // namespace telex::service
