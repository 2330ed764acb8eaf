#include "views/adapters/views_server.h"

#include <absl/time/clock.h>

#include <utility>

#include "platform/errors/reasons.h"
#include "platform/errors/status_macros.h"
#include "views/adapters/routes.h"

namespace telex::views {

ViewsServer::ViewsServer(Parts parts, std::string zone)
    : parts_(parts),
      service_(parts.store, std::move(zone), [] { return absl::Now(); }),
      counts_(service_),
      reports_(parts.store, parts.callers, reads_, [] { return absl::Now(); }),
      // All others answer from memory, or within what appending may take.
      calls_(kServiceNames.front(), parts.callers, ViewReplay::kTimeMax) {
  service_.OfferOn(calls_, reads_);
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
  switch (RouteOf(request.path)) {
    case Route::kGif:
    case Route::kViews:
    case Route::kScript:
      return parts_.edge.beacons().Handle(request, std::move(responder));
    case Route::kCounts:
    case Route::kTrending:
      return responder.Send(counts_.Handle(request));
    case Route::kReports:
      return reports_.Handle(request, std::move(responder));
    case Route::kOther:
      break;
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
