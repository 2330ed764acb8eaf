#include "ingestion/config.h"

#include "ingestion/adapters/ingestion_server.h"
#include "ingestion/domain/rule.h"

namespace telex::ingestion {
Config ReadConfig(config::Settings& settings) {
  Config config;
  config.service = service::ReadServiceSettings(
      settings, {.instance = "ingestion-0", .admin_listen = "127.0.0.1:8091"});
  config.grpc = rpc::ReadServerSettings(settings, "127.0.0.1:8090");

  config.decision_deadline_seconds =
      static_cast<int>(settings.Integer({.name = "TELEX_INGESTION_DECISION_DEADLINE_SECONDS",
                                         .help = "How long a call waits for its decision at most; "
                                                 "then it is UNAVAILABLE / DECISION_PENDING.",
                                         .fallback = "10"},
                                        1, 300));
  config.rule = static_cast<int>(
      settings.Integer({.name = "TELEX_INGESTION_RULE",
                        .help = "Number of the rule that new submissions are decided by. Raise it "
                                "when every replica knows the new one.",
                        .fallback = "4"},
                       1, 1'000'000));
  if (!KnownRules().contains(config.rule))
    settings.Refuse("TELEX_INGESTION_RULE", "a rule that this release knows");
  return config;
}

IngestionServerOptions ServingOptions(const Config& config) {
  return {.address = config.grpc.listen.ToString(),
          .tls = config.grpc.tls,
          .decision_deadline = absl::Seconds(config.decision_deadline_seconds),
          .on_call = {}};
}

}  // namespace telex::ingestion
