#include "ingestion/adapters/ingestion_server.h"

#include <cstdint>
#include <utility>

#include "ingestion/adapters/intake.h"
#include "platform/errors/status_macros.h"

namespace telex::ingestion {
namespace {

constexpr std::int32_t kMessageBytesMax = 5 << 20;  // a document, and what stands around it

}  // namespace

IngestionServer::IngestionServer(Intake& intake, const rpc::Authenticator& authenticator,
                                 absl::Duration decision_deadline)
    : intake_(intake), services_(intake, authenticator, decision_deadline) {}

absl::StatusOr<std::unique_ptr<IngestionServer>> IngestionServer::Start(
    Intake& intake, const rpc::Authenticator& authenticator, IngestionServerOptions options) {
  std::unique_ptr<IngestionServer> made(
      new IngestionServer(intake, authenticator, options.decision_deadline));
  IngestionServices& services = made->services_;
  ASSIGN_OR_RETURN(made->server_,
                   rpc::Server::Start({.address = std::move(options.address),
                                       .tls = std::move(options.tls),
                                       .receive_message_bytes_max = kMessageBytesMax,
                                       .on_call = std::move(options.on_call)},
                                      {services.articles.named(), services.sources.named()}));
  made->server_->SetServing(true);
  return made;
}

bool IngestionServer::Stop(absl::Duration within) {
  server_->SetServing(false);
  intake_.submitter().Stop();
  return server_->Shutdown(within);
}

}  // namespace telex::ingestion
