// Calls telex-translation, as translators do. Thread-safe.
#pragma once

#include <absl/status/status.h>
#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "platform/grpc/channel.h"
#include "telex/translation/v1/translation_service.grpc.pb.h"
#include "tests/benchmark/die.h"

namespace telex::bench {

class QueueClient {
 public:
  using Stub = translation::v1::TranslationService::Stub;

  // Dies when the service cannot be reached. `token_file` has the bearer token.
  QueueClient(const std::string& address, const std::string& token_file);

  // How stories in English that come in from here on are translated, and into what. Blocks.
  void SetPolicy(translation::v1::Workflow workflow, std::span<const std::string_view> languages);

  // Blocks; dies when it is refused. `method`: of the stub.
  template <typename Answer, typename Request>
  Answer Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Answer*),
              const Request& request) {
    grpc::ClientContext context;
    caller_->Prepare(context, kWithin);
    Answer answer;
    OrDie("call", ToAbsl((stub_.get()->*method)(&context, request, &answer)));
    return answer;
  }

  template <typename Answer>
  using Done = std::function<void(const Answer&)>;
  // `done` is called on a thread of the library. Dies when it is refused.
  void Claim(int count, const std::string& request_id,
             Done<translation::v1::ClaimJobsResponse> done);
  void Complete(const translation::v1::CompleteJobRequest& request,
                Done<translation::v1::CompleteJobResponse> done);
  void CompleteAll(const translation::v1::BatchCompleteJobsRequest& request,
                   Done<translation::v1::BatchCompleteJobsResponse> done);

  // Jobs that can be claimed.
  std::int64_t Open();

 private:
  static constexpr absl::Duration kWithin = absl::Seconds(30);
  static absl::Status ToAbsl(const grpc::Status& status) {
    return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  }
  template <typename Request, typename Answer, typename Method>
  void Begin(Method method, const Request& request, Done<Answer> done);

  std::unique_ptr<rpc::Caller> caller_;
  std::unique_ptr<Stub> stub_;
};

}  // namespace telex::bench
