#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "platform/grpc/auth.h"
#include "platform/grpc/call_workers.h"
#include "platform/grpc/server.h"
#include "platform/grpc/unary_service.h"
#include "platform/http/server.h"
#include "views/adapters/counts_handler.h"
#include "views/adapters/report_handler.h"
#include "views/adapters/view_edge.h"
#include "views/adapters/view_explain.h"
#include "views/adapters/view_recount.h"
#include "views/adapters/view_service.h"

namespace telex::views {

inline constexpr std::array<std::string_view, 1> kServiceNames = {"telex.views.v1.ViewService"};

struct ViewsServerOptions {
  http::ServerOptions http;
  std::string grpc_address;
  rpc::ServerTls tls;
  // As rpc::ServerOptions::on_call; may be empty.
  std::function<void(std::string_view method, absl::StatusCode code, absl::Duration took)> on_call;
  std::string zone;  // IANA name of that of the counts
};

// Views in and counts out, over HTTP and gRPC. Thread-safe. What it is made with outlives it.
class ViewsServer {
 public:
  struct Parts {
    ViewsStore& store;
    ViewEdge& edge;
    ViewRecount& recount;
    ViewExplain& explain;
    const rpc::Authenticator& callers;
    http::ServerObserver* observer;  // may be null
  };
  // Binds and serves. Errors are those of http::Server::Start and rpc::Server::Start.
  static absl::StatusOr<std::unique_ptr<ViewsServer>> Start(Parts parts,
                                                            ViewsServerOptions options);

  // True when all calls ended by themselves.
  bool Stop(absl::Duration within);

  int connections() const { return http_->connections(); }

 private:
  ViewsServer(Parts parts, std::string zone);
  void Handle(const http::Request& request, http::Responder responder);

  const Parts parts_;
  ViewService service_;
  CountsHandler counts_;
  ReportHandler reports_;
  rpc::UnaryService calls_;
  rpc::CallWorkers reads_;  // its jobs use those before
  // They call all of these: destroyed first.
  std::unique_ptr<rpc::Server> grpc_;
  std::unique_ptr<http::Server> http_;
};

}  // namespace telex::views
