#include "platform/grpc/server_settings.h"

#include <vector>

#include "platform/grpc/auth.h"
#include "platform/grpc/pem.h"

namespace telex::rpc {
namespace {

constexpr const char* kTokens = "TELEX_TOKENS_FILE";
constexpr const char* kCertificate = "TELEX_GRPC_TLS_CERTIFICATE_FILE";
constexpr const char* kKey = "TELEX_GRPC_TLS_KEY_FILE";
constexpr const char* kClientCa = "TELEX_GRPC_TLS_CLIENT_CA_FILE";

void CheckTls(const ServerTls& tls, config::Settings& settings) {
  const bool certificate = !tls.certificate_file.empty();
  const bool key = !tls.key_file.empty();
  if (certificate && !key) settings.Refuse(kKey, "is required beside the certificate");
  if (key && !certificate) settings.Refuse(kCertificate, "is required beside the key");
  const bool ca = !tls.client_ca_file.empty();
  if (ca && !certificate && !key) settings.Refuse(kCertificate, "is required beside a client CA");
  std::vector<std::string> faults;
  if (certificate && key) ReadPem({tls.certificate_file, tls.key_file, ""}, faults);
  for (const std::string& fault : faults) {
    settings.Refuse(fault.starts_with(tls.key_file) ? kKey : kCertificate, fault);
  }
  faults.clear();
  if (ca) ReadPem({"", "", tls.client_ca_file}, faults);
  for (const std::string& fault : faults) settings.Refuse(kClientCa, fault);
}

void CheckTokens(const std::string& file, config::Settings& settings) {
  if (file.empty()) return;  // told already
  const auto callers = Authenticator::FromFile({.file = file});
  if (callers.ok()) return;
  const absl::string_view why = callers.status().message();
  settings.Refuse(kTokens, std::string_view(why.data(), why.size()));
}

}  // namespace

ServerSettings ReadServerSettings(config::Settings& settings, std::string_view listen_fallback) {
  ServerSettings read;
  read.listen = settings.Address({.name = "TELEX_GRPC_LISTEN",
                                  .help = "Where the gRPC API listens, host:port.",
                                  .fallback = listen_fallback});
  read.tokens_file = settings.Text({.name = kTokens,
                                    .help = "File of the callers: name, roles and SHA-256 of the "
                                            "token (or a certificate's name) a line.",
                                    .required = true});
  read.tls.certificate_file =
      settings.Text({.name = kCertificate, .help = "PEM; with it the API speaks TLS."});
  read.tls.key_file = settings.Text({.name = kKey, .help = "PEM; the certificate's key."});
  read.tls.client_ca_file = settings.Text(
      {.name = kClientCa, .help = "PEM; with it clients must show a certificate of this CA."});
  CheckTokens(read.tokens_file, settings);
  CheckTls(read.tls, settings);
  return read;
}

}  // namespace telex::rpc
