#include "ingestion/config.h"

#include "ingestion/domain/rule.h"

namespace telex::ingestion {

Config ReadConfig(config::Settings& settings) {
  Config config;
  config.service = service::ReadServiceSettings(
      settings, {.instance = "ingestion-0", .admin_listen = "127.0.0.1:8091"});
  config.grpc_listen = settings.Address({.name = "TELEX_GRPC_LISTEN",
                                         .help = "Where the gRPC API listens, host:port.",
                                         .fallback = "127.0.0.1:8090"});
  config.tokens_file = settings.Text({.name = "TELEX_TOKENS_FILE",
                                      .help = "File of the callers: name, roles and SHA-256 of the "
                                              "token (or a certificate's name) a line.",
                                      .required = true});
  config.tls_certificate_file = settings.Text(
      {.name = "TELEX_GRPC_TLS_CERTIFICATE_FILE", .help = "PEM; with it the API speaks TLS."});
  config.tls_key_file =
      settings.Text({.name = "TELEX_GRPC_TLS_KEY_FILE", .help = "PEM; the certificate's key."});
  config.tls_client_ca_file =
      settings.Text({.name = "TELEX_GRPC_TLS_CLIENT_CA_FILE",
                     .help = "PEM; with it clients must show a certificate of this CA."});

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
                        .fallback = "1"},
                       1, 1'000'000));
  if (!KnownRules().contains(config.rule))
    settings.Refuse("TELEX_INGESTION_RULE", "a rule that this release knows");
  return config;
}

}  // namespace telex::ingestion
