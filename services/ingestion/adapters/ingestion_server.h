#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "ingestion/adapters/ingestion_rpc.h"
#include "platform/grpc/auth.h"
#include "platform/grpc/server.h"

namespace telex::ingestion {

class Intake;

struct IngestionServerOptions {
  std::string address = "127.0.0.1:0";  // host:port; port 0: any that is free
  rpc::ServerTls tls;
  // How long a call waits for its decision when its client names no deadline, or a later one.
  absl::Duration decision_deadline = absl::Seconds(20);
  // As rpc::ServerOptions::on_call; may be empty.
  std::function<void(std::string_view method, absl::StatusCode code, absl::Duration took)> on_call;
};

// The intake over gRPC. Thread-safe. Destroyed before the intake; calls that are under way then are
// waited for, so it is stopped first.
class IngestionServer {
 public:
  // Binds and serves. The intake and the authenticator outlive it. Errors are those of
  // rpc::Server::Start.
  static absl::StatusOr<std::unique_ptr<IngestionServer>> Start(
      Intake& intake, const rpc::Authenticator& authenticator, IngestionServerOptions options);

  // Whoever waits for a decision gets STOPPING, here and at the intake for good; what else is under
  // way has `within`, and is cancelled then. True when all ended by themselves.
  bool Stop(absl::Duration within);

  int port() const { return server_->port(); }

 private:
  IngestionServer(Intake& intake, const rpc::Authenticator& authenticator,
                  absl::Duration decision_deadline);

  Intake& intake_;
  IngestionServices services_;
  std::unique_ptr<rpc::Server> server_;  // calls the services: destroyed first
};

}  // namespace telex::ingestion
