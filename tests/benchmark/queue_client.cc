#include "tests/benchmark/queue_client.h"

#include <fstream>
#include <utility>

namespace telex::bench {
namespace {

namespace v1 = translation::v1;

std::string FirstLineOf(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

}  // namespace

QueueClient::QueueClient(const std::string& address, const std::string& token_file)
    : caller_(OrDie("channel",
                    rpc::Caller::Make({.address = address, .token = FirstLineOf(token_file)}))),
      stub_(v1::TranslationService::NewStub(caller_->channel())) {}

void QueueClient::SetPolicy(v1::Workflow workflow, std::span<const std::string_view> languages) {
  v1::UpdatePolicyRequest request;
  v1::PolicyRule& rule = *request.mutable_policy()->add_rules();
  rule.add_from("en");
  for (const std::string_view language : languages) rule.add_to(std::string(language));
  rule.set_workflow(workflow);
  Call(&Stub::UpdatePolicy, request);
}

template <typename Request, typename Answer, typename Method>
void QueueClient::Begin(Method method, const Request& request, Done<Answer> done) {
  struct Call {
    grpc::ClientContext context;
    Request request;
    Answer answer;
  };
  auto call = std::make_shared<Call>();
  caller_->Prepare(call->context, kWithin);
  call->request = request;
  method(*stub_->async(), call->context, call->request, call->answer,
         [call, done = std::move(done)](const grpc::Status& status) {
           OrDie("call", ToAbsl(status));
           done(call->answer);
         });
}

void QueueClient::Claim(int count, const std::string& request_id,
                        Done<v1::ClaimJobsResponse> done) {
  v1::ClaimJobsRequest request;
  v1::LanguagePair& pair = *request.add_pairs();
  pair.set_from("en");
  pair.set_to("es");
  request.set_count(count);
  request.set_request_id(request_id);
  Begin<v1::ClaimJobsRequest, v1::ClaimJobsResponse>(
      [](auto& stub, auto& context, auto& asked, auto& answer, auto told) {
        stub.ClaimJobs(&context, &asked, &answer, std::move(told));
      },
      request, std::move(done));
}

void QueueClient::Complete(const v1::CompleteJobRequest& request,
                           Done<v1::CompleteJobResponse> done) {
  Begin<v1::CompleteJobRequest, v1::CompleteJobResponse>(
      [](auto& stub, auto& context, auto& asked, auto& answer, auto told) {
        stub.CompleteJob(&context, &asked, &answer, std::move(told));
      },
      request, std::move(done));
}

void QueueClient::CompleteAll(const v1::BatchCompleteJobsRequest& request,
                              Done<v1::BatchCompleteJobsResponse> done) {
  Begin<v1::BatchCompleteJobsRequest, v1::BatchCompleteJobsResponse>(
      [](auto& stub, auto& context, auto& asked, auto& answer, auto told) {
        stub.BatchCompleteJobs(&context, &asked, &answer, std::move(told));
      },
      request, std::move(done));
}

std::int64_t QueueClient::Open() {
  return Call(&Stub::GetQueueStats, v1::GetQueueStatsRequest()).open();
}

}  // namespace telex::bench
