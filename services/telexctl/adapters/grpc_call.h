#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "platform/grpc/channel.h"
#include "platform/grpc/status.h"
#include "telexctl/adapters/interrupt_note.h"
#include "telexctl/failures/retry.h"
#include "telexctl/failures/wording.h"

namespace telex::cli {

// Whether a request changes something. Those that do have an id of their own.
template <typename Request>
bool Writes(const Request& request) {
  if constexpr (requires { request.validate_only(); }) {
    if (request.validate_only()) return false;
  }
  return requires { request.request_id(); };
}

// Calls of one service: each within `timeout`, asked again as the retrier has it. The retrier
// outlives it.
class GrpcCalls {
 public:
  GrpcCalls(std::unique_ptr<rpc::Caller> caller, absl::Duration timeout, Retrier& retrier)
      : caller_(std::move(caller)), timeout_(timeout), retrier_(retrier) {}

  std::shared_ptr<grpc::Channel> channel() const { return caller_->channel(); }
  // For streams, which are not asked again.
  const rpc::Caller& caller() const { return *caller_; }
  absl::Duration timeout() const { return timeout_; }

  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(std::string_view what, Stub& stub,
                                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const Request& request) {
    std::optional<InterruptNote> note;
    if (Writes(request)) note.emplace();
    return retrier_.Run(CommandOf(what), [&]() -> absl::StatusOr<Response> {
      grpc::ClientContext context;
      caller_->Prepare(context, timeout_);
      Response response;
      const grpc::Status status = (stub.*method)(&context, request, &response);
      if (!status.ok()) return rpc::FromGrpc(status);
      return response;
    });
  }

 private:
  std::unique_ptr<rpc::Caller> caller_;
  absl::Duration timeout_;
  Retrier& retrier_;
};

}  // namespace telex::cli
