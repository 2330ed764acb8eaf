#include "platform/grpc/tls_credentials.h"

#include <fmt/format.h>
#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpcpp/security/server_credentials.h>

#include <string>
#include <utility>
#include <vector>

#include "platform/errors/errors.h"
#include "platform/observe/log.h"

namespace telex::rpc {
namespace {

absl::StatusOr<PemTexts> Read(const PemFiles& files) {
  std::vector<std::string> faults;
  PemTexts texts = ReadPem(files, faults);
  if (files.certificate_file.empty() && files.key_file.empty()) {
    faults.push_back("a client CA is set, but no certificate and key of the server");
  }
  if (faults.empty()) return texts;
  return errors::Error(absl::StatusCode::kInvalidArgument, errors::kFieldInvalid,
                       fmt::format("TLS: {}", fmt::join(faults, "; ")));
}

grpc_ssl_certificate_config_reload_status Fetch(void* reader,
                                                grpc_ssl_server_certificate_config** config) {
  *config = static_cast<TlsFileReader*>(reader)->Changed();
  return *config == nullptr ? GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED
                            : GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
}

// gRPC's C++ layer does not offer credentials that ask for their certificate; its core does.
class AskingCredentials final : public grpc::ServerCredentials {
 public:
  AskingCredentials(TlsFileReader* reader, grpc_ssl_client_certificate_request_type request)
      : credentials_(grpc_ssl_server_credentials_create_with_options(
            grpc_ssl_server_credentials_create_options_using_config_fetcher(request, &Fetch,
                                                                            reader))) {}
  ~AskingCredentials() override { grpc_server_credentials_release(credentials_); }
  AskingCredentials(const AskingCredentials&) = delete;
  AskingCredentials& operator=(const AskingCredentials&) = delete;

  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {}

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), credentials_);
  }

  grpc_server_credentials* const credentials_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<TlsFileReader>> TlsFileReader::Open(ServerTls tls) {
  auto texts = Read({tls.certificate_file, tls.key_file, tls.client_ca_file});
  if (!texts.ok()) return texts.status();
  return std::unique_ptr<TlsFileReader>(new TlsFileReader(std::move(tls), *std::move(texts)));
}

TlsFileReader::TlsFileReader(ServerTls tls, PemTexts texts)
    : tls_(std::move(tls)),
      files_{tls_.certificate_file, tls_.key_file, tls_.client_ca_file},
      outage_("the TLS files"),
      texts_(std::move(texts)),
      looked_(std::chrono::steady_clock::now()) {}

std::shared_ptr<grpc::ServerCredentials> TlsFileReader::Credentials() {
  grpc_ssl_client_certificate_request_type request = GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE;
  if (!tls_.client_ca_file.empty()) {
    request = tls_.require_client_certificate
                  ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                  : GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY;
  }
  return std::make_shared<AskingCredentials>(this, request);
}

grpc_ssl_server_certificate_config* TlsFileReader::Changed() {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (now - looked_ >= absl::ToChronoNanoseconds(tls_.reload_interval)) {
    looked_ = now;
    auto texts = Read(files_);
    if (!texts.ok()) {
      outage_.Failed(texts.status().ToString(absl::StatusToStringMode::kWithNoExtraData));
    } else {
      outage_.Recovered();
      if (*texts != texts_) {
        observe::Log(observe::Severity::kInfo, "the TLS files were read again",
                     {{"certificate", tls_.certificate_file}});
        texts_ = *std::move(texts);
        told_ = false;
      }
    }
  }
  if (std::exchange(told_, true)) return nullptr;
  const grpc_ssl_pem_key_cert_pair pair = {texts_.key.c_str(), texts_.certificate.c_str()};
  // gRPC insists on authorities of clients (it aborts without) even where it asks for no client
  // certificate; then these are of no effect.
  const std::string& clients = texts_.ca.empty() ? texts_.certificate : texts_.ca;
  return grpc_ssl_server_certificate_config_create(clients.c_str(), &pair, 1);
}

}  // namespace telex::rpc
