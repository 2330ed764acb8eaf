#include "ingestion/config.h"

#include "ingestion/adapters/ingestion_server.h"
#include "ingestion/domain/rule.h"
#include "platform/grpc/auth.h"
#include "platform/grpc/pem.h"

namespace telex::ingestion {
namespace {

constexpr const char* kTokens = "TELEX_TOKENS_FILE";
constexpr const char* kCertificate = "TELEX_GRPC_TLS_CERTIFICATE_FILE";
constexpr const char* kKey = "TELEX_GRPC_TLS_KEY_FILE";
constexpr const char* kClientCa = "TELEX_GRPC_TLS_CLIENT_CA_FILE";

// What the server would find later, when the log has been read: told now, with all other faults.
void CheckTls(const Config& config, config::Settings& settings) {
  const bool certificate = !config.tls_certificate_file.empty();
  const bool key = !config.tls_key_file.empty();
  if (certificate && !key) settings.Refuse(kKey, "is required beside the certificate");
  if (key && !certificate) settings.Refuse(kCertificate, "is required beside the key");
  const bool ca = !config.tls_client_ca_file.empty();
  if (ca && !certificate && !key) settings.Refuse(kCertificate, "is required beside a client CA");
  std::vector<std::string> faults;
  if (certificate && key) {
    rpc::ReadPem({config.tls_certificate_file, config.tls_key_file, ""}, faults);
  }
  for (const std::string& fault : faults) {
    settings.Refuse(fault.starts_with(config.tls_key_file) ? kKey : kCertificate, fault);
  }
  faults.clear();
  if (ca) rpc::ReadPem({"", "", config.tls_client_ca_file}, faults);
  for (const std::string& fault : faults) settings.Refuse(kClientCa, fault);
}

void CheckTokens(const Config& config, config::Settings& settings) {
  if (config.tokens_file.empty()) return;  // told already
  const auto callers = rpc::Authenticator::FromFile({.file = config.tokens_file});
  if (callers.ok()) return;
  const absl::string_view why = callers.status().message();
  settings.Refuse(kTokens, std::string_view(why.data(), why.size()));
}

}  // namespace

Config ReadConfig(config::Settings& settings) {
  Config config;
  config.service = service::ReadServiceSettings(
      settings, {.instance = "ingestion-0", .admin_listen = "127.0.0.1:8091"});
  config.grpc_listen = settings.Address({.name = "TELEX_GRPC_LISTEN",
                                         .help = "Where the gRPC API listens, host:port.",
                                         .fallback = "127.0.0.1:8090"});
  config.tokens_file = settings.Text({.name = kTokens,
                                      .help = "File of the callers: name, roles and SHA-256 of the "
                                              "token (or a certificate's name) a line.",
                                      .required = true});
  config.tls_certificate_file =
      settings.Text({.name = kCertificate, .help = "PEM; with it the API speaks TLS."});
  config.tls_key_file = settings.Text({.name = kKey, .help = "PEM; the certificate's key."});
  config.tls_client_ca_file = settings.Text(
      {.name = kClientCa, .help = "PEM; with it clients must show a certificate of this CA."});
  CheckTokens(config, settings);
  CheckTls(config, settings);

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
  return {.address = config.grpc_listen.ToString(),
          .tls = {.certificate_file = config.tls_certificate_file,
                  .key_file = config.tls_key_file,
                  .client_ca_file = config.tls_client_ca_file},
          .decision_deadline = absl::Seconds(config.decision_deadline_seconds),
          .on_call = {}};
}

}  // namespace telex::ingestion
