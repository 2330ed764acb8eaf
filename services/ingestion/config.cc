#include "ingestion/config.h"

#include "ingestion/domain/rule.h"
#include "platform/observe/log.h"

namespace telex::ingestion {

Config ReadConfig(config::Settings& settings) {
  Config config;
  config.instance = settings.Text({.name = "TELEX_INSTANCE",
                                   .help = "Name of this replica: unique in the group, and the same after a restart.",
                                   .fallback = "ingestion-0",
                                   .required = true});
  config.data_dir = settings.Text({.name = "TELEX_DATA_DIR",
                                   .help = "Folder of the local store, a cache of the log that may be deleted while the process is down.",
                                   .required = true});
  const std::string severity = settings.Choice(
      {.name = "TELEX_LOG_LEVEL", .help = "The least severity that is logged.", .fallback = "info"}, {"debug", "info", "warning", "error"});
  config.log_severity_min = observe::ParseSeverity(severity).value_or(observe::Severity::kInfo);
  config.drain_delay = settings.Duration({.name = "TELEX_DRAIN_DELAY_SECONDS",
                                          .help = "How long the replica serves on after it said that it is not ready.",
                                          .fallback = "5"},
                                         absl::ZeroDuration(), absl::Minutes(5));

  config.kafka_brokers =
      settings.Text({.name = "TELEX_KAFKA_BROKERS", .help = "Brokers to begin with, host:port, separated by commas.", .fallback = "127.0.0.1:9092", .required = true});
  for (const std::string& property :
       settings.List({.name = "TELEX_KAFKA_PROPERTIES", .help = "Further librdkafka properties, key=value, separated by commas."})) {
    const auto equals = property.find('=');
    if (equals == std::string::npos || equals == 0) {
      settings.Refuse("TELEX_KAFKA_PROPERTIES", "key=value pairs separated by commas");
    } else {
      config.kafka_properties[property.substr(0, equals)] = property.substr(equals + 1);
    }
  }

  config.grpc_listen = settings.Address(
      {.name = "TELEX_GRPC_LISTEN", .help = "Where the gRPC API listens, host:port.", .fallback = "127.0.0.1:8090"});
  config.admin_listen = settings.Address({.name = "TELEX_ADMIN_LISTEN",
                                          .help = "Where /livez, /readyz, /metrics and /configz are served, host:port.",
                                          .fallback = "127.0.0.1:8091"});
  config.tokens_file = settings.Text({.name = "TELEX_TOKENS_FILE",
                                      .help = "File of the callers: name, roles and SHA-256 of the token (or a certificate's name) a line.",
                                      .required = true});
  config.tls_certificate_file = settings.Text({.name = "TELEX_GRPC_TLS_CERTIFICATE_FILE", .help = "PEM; with it the API speaks TLS."});
  config.tls_key_file = settings.Text({.name = "TELEX_GRPC_TLS_KEY_FILE", .help = "PEM; the certificate's key."});
  config.tls_client_ca_file =
      settings.Text({.name = "TELEX_GRPC_TLS_CLIENT_CA_FILE", .help = "PEM; with it clients must show a certificate of this CA."});

  config.decision_deadline_seconds = static_cast<int>(settings.Integer(
      {.name = "TELEX_INGESTION_DECISION_DEADLINE_SECONDS",
       .help = "How long a call waits for its decision at most; then it is UNAVAILABLE / DECISION_PENDING.",
       .fallback = "10"},
      1, 300));
  config.rule = static_cast<int>(settings.Integer(
      {.name = "TELEX_INGESTION_RULE",
       .help = "Number of the rule that new submissions are decided by. Raise it when every replica knows the new one.",
       .fallback = "1"},
      1, 1'000'000));
  if (!KnownRules().contains(config.rule)) settings.Refuse("TELEX_INGESTION_RULE", "a rule that this release knows");
  return config;
}

}  // namespace telex::ingestion
