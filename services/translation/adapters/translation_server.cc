#include "translation/adapters/translation_server.h"

#include <utility>

#include "platform/errors/status_macros.h"

namespace telex::translation {

TranslationServer::TranslationServer(Parts parts, int threads)
    : calls_(kServiceNames.front(), parts.callers, kDeadlineMax),
      jobs_({.desk = parts.desk, .workers = workers_, .policy = std::move(parts.policy)}),
      reads_({.desk = parts.desk,
              .workers = workers_,
              .engines = std::move(parts.engines),
              .advise = std::move(parts.advise)}),
      workers_(threads) {
  jobs_.OfferOn(calls_);
  reads_.OfferOn(calls_);
  for (const auto& offer : parts.offers) offer(calls_, workers_);
}

absl::StatusOr<std::unique_ptr<TranslationServer>> TranslationServer::Start(
    Parts parts, TranslationServerOptions options) {
  std::unique_ptr<TranslationServer> made(new TranslationServer(std::move(parts), options.threads));
  ASSIGN_OR_RETURN(made->grpc_, rpc::Server::Start({.address = std::move(options.grpc_address),
                                                    .tls = std::move(options.tls),
                                                    .on_call = std::move(options.on_call)},
                                                   {made->calls_.named()}));
  made->grpc_->SetServing(true);
  return made;
}

bool TranslationServer::Stop(absl::Duration within) {
  grpc_->SetServing(false);
  return grpc_->Shutdown(within);
}

}  // namespace telex::translation
