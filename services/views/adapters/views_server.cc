#include "views/adapters/views_server.h"

#include <absl/time/clock.h>

#include <utility>

#include "platform/errors/reasons.h"
#include "platform/errors/status_macros.h"

namespace telex::views {
std::size_t RouteNumberOf(std::string_view path) {
  if (BeaconHandler::IsRoute(path)) {
    const std::string_view route = RouteOf(path);
    return route == "gif" ? 0 : route == "views" ? 1 : 2;
  }
  if (path.starts_with(CountsHandler::kCountsPath)) return 3;
  if (path == CountsHandler::kTrendingPath) return 4;
  return path == ReportHandler::kPath ? 5 : 6;
}

ViewsServer::ViewsServer(Parts parts, std::string zone)
    : parts_(parts),
      service_(parts.store, std::move(zone), [] { return absl::Now(); }),
      counts_(service_),
      reports_(parts.store, parts.callers, [] { return absl::Now(); }),
      // All others answer from memory, or within what appending may take.
      calls_(kServiceNames.front(), parts.callers, ViewReplay::kTimeMax) {
  service_.OfferOn(calls_);
  parts.edge.record_views().AddTo(calls_);
  parts.recount.OfferOn(calls_);
  parts.explain.OfferOn(calls_);
}

absl::StatusOr<std::unique_ptr<ViewsServer>> ViewsServer::Start(Parts parts,
                                                                ViewsServerOptions options) {
  std::unique_ptr<ViewsServer> made(new ViewsServer(parts, std::move(options.zone)));
  ASSIGN_OR_RETURN(made->grpc_, rpc::Server::Start({.address = std::move(options.grpc_address),
                                                    .tls = std::move(options.tls),
                                                    .on_call = std::move(options.on_call)},
                                                   {made->calls_.named()}));
  ASSIGN_OR_RETURN(made->http_, http::Server::Start(
                                    std::move(options.http),
                                    [server = made.get()](const http::Request& request,
                                                          http::Responder responder) {
                                      server->Handle(request, std::move(responder));
                                    },
                                    parts.observer));
  made->grpc_->SetServing(true);
  return made;
}

void ViewsServer::Handle(const http::Request& request, http::Responder responder) {
  if (BeaconHandler::IsRoute(request.path)) {
    return parts_.edge.beacons().Handle(request, std::move(responder));
  }
  if (request.path == ReportHandler::kPath) return reports_.Handle(request, std::move(responder));
  if (request.path.starts_with(CountsHandler::kCountsPath) ||
      request.path == CountsHandler::kTrendingPath) {
    return responder.Send(counts_.Handle(request));
  }
  responder.Send(http::Problem(404, errors::kPathNotFound, "Not Found",
                               "There are /v1/views, /v1/telex.js, /v1/counts/{article}, "
                               "/v1/trending and /v1/reports/views."));
}

bool ViewsServer::Stop(absl::Duration within) {
  grpc_->SetServing(false);
  const int cut = http_->Stop(within);
  return grpc_->Shutdown(within) && cut == 0;
}

}  // namespace telex::views
