#pragma once

// TLS files of a server, read again when they change. gRPC's own file watcher takes what it finds:
// a file that is half written or does not fit its key, and no new connection comes in until
// somebody mends it. Here what cannot be used is reported, and what was read last goes on.

#include <absl/status/statusor.h>

#include <chrono>
#include <memory>
#include <mutex>

#include "platform/grpc/pem.h"
#include "platform/grpc/server.h"
#include "platform/observe/outage_log.h"

struct grpc_ssl_server_certificate_config;

namespace grpc {
class ServerCredentials;
}

namespace telex::rpc {

// Looks at the files at the first connection after `reload_interval`. Thread-safe.
class TlsFileReader {
 public:
  // INVALID_ARGUMENT with all that is wrong with the files.
  static absl::StatusOr<std::unique_ptr<TlsFileReader>> Open(ServerTls tls);

  // Of a server that does not outlive the reader.
  std::shared_ptr<grpc::ServerCredentials> Credentials();

  // For gRPC: what new connections use from now on, the caller's; null: as before.
  grpc_ssl_server_certificate_config* Changed();

 private:
  TlsFileReader(ServerTls tls, PemTexts texts);

  const ServerTls tls_;
  const PemFiles files_;
  observe::OutageLog outage_;
  std::mutex mutex_;
  PemTexts texts_;
  bool told_ = false;  // gRPC has been given what was read
  std::chrono::steady_clock::time_point looked_;
};

}  // namespace telex::rpc
