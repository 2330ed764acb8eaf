#include "platform/service/callers.h"

#include <utility>

#include "platform/errors/status_macros.h"

namespace telex::service {

absl::StatusOr<std::unique_ptr<rpc::Authenticator>> ReadCallers(Host& host, std::string file) {
  ASSIGN_OR_RETURN(auto callers,
                   rpc::Authenticator::FromFile(
                       {.file = std::move(file), .on_reload = LogReload("the callers' file")}));
  host.WatchFile("callers",
                 "Callers that were added are refused; those that were taken away may call on.",
                 [&read = *callers] { return read.LastRead(); });
  return callers;
}

}  // namespace telex::service
