#include "telexctl/adapters/grpc_translation_api.h"

#include <utility>

#include "telex/translation/v1/translation_service.grpc.pb.h"
#include "telexctl/adapters/grpc_call.h"

namespace telex::cli {
namespace {

constexpr std::size_t kPartBytes = 1 << 20;                  // of a file that is sent
constexpr absl::Duration kWatchMax = absl::Hours(24 * 365);  // a person ends it

class GrpcTranslationApi final : public TranslationApi {
 public:
  explicit GrpcTranslationApi(GrpcCalls calls)
      : calls_(std::move(calls)), stub_(jobs::TranslationService::NewStub(calls_.channel())) {}

  absl::StatusOr<jobs::Job> RequestTranslation(
      const jobs::RequestTranslationRequest& request) override {
    return calls_.Call("RequestTranslation", *stub_, &Stub::RequestTranslation, request);
  }
  absl::StatusOr<jobs::Job> CancelJob(const jobs::CancelJobRequest& request) override {
    return calls_.Call("CancelJob", *stub_, &Stub::CancelJob, request);
  }
  absl::StatusOr<jobs::Job> ReplayJob(const jobs::ReplayJobRequest& request) override {
    return calls_.Call("ReplayJob", *stub_, &Stub::ReplayJob, request);
  }
  absl::StatusOr<jobs::ClaimJobsResponse> ClaimJobs(
      const jobs::ClaimJobsRequest& request) override {
    return calls_.Call("ClaimJobs", *stub_, &Stub::ClaimJobs, request);
  }
  absl::StatusOr<jobs::Job> ExtendLease(const jobs::ExtendLeaseRequest& request) override {
    return calls_.Call("ExtendLease", *stub_, &Stub::ExtendLease, request);
  }
  absl::StatusOr<jobs::CompleteJobResponse> CompleteJob(
      const jobs::CompleteJobRequest& request) override {
    return calls_.Call("CompleteJob", *stub_, &Stub::CompleteJob, request);
  }
  absl::StatusOr<jobs::Job> ReleaseJob(const jobs::ReleaseJobRequest& request) override {
    return calls_.Call("ReleaseJob", *stub_, &Stub::ReleaseJob, request);
  }
  absl::StatusOr<jobs::Job> FailJob(const jobs::FailJobRequest& request) override {
    return calls_.Call("FailJob", *stub_, &Stub::FailJob, request);
  }
  absl::StatusOr<jobs::Job> ReviewTranslation(
      const jobs::ReviewTranslationRequest& request) override {
    return calls_.Call("ReviewTranslation", *stub_, &Stub::ReviewTranslation, request);
  }
  absl::StatusOr<jobs::Job> GetJob(const jobs::GetJobRequest& request) override {
    return calls_.Call("GetJob", *stub_, &Stub::GetJob, request);
  }
  absl::StatusOr<jobs::JobText> GetJobText(const jobs::GetJobTextRequest& request) override {
    return calls_.Call("GetJobText", *stub_, &Stub::GetJobText, request);
  }
  absl::StatusOr<jobs::ListJobsResponse> ListJobs(const jobs::ListJobsRequest& request) override {
    return calls_.Call("ListJobs", *stub_, &Stub::ListJobs, request);
  }
  absl::StatusOr<jobs::CheckSegmentsResponse> CheckSegments(
      const jobs::CheckSegmentsRequest& request) override {
    return calls_.Call("CheckSegments", *stub_, &Stub::CheckSegments, request);
  }
  absl::StatusOr<jobs::QueueStats> GetQueueStats(
      const jobs::GetQueueStatsRequest& request) override {
    return calls_.Call("GetQueueStats", *stub_, &Stub::GetQueueStats, request);
  }
  absl::StatusOr<jobs::PairStats> PausePair(const jobs::PausePairRequest& request) override {
    return calls_.Call("PausePair", *stub_, &Stub::PausePair, request);
  }
  absl::StatusOr<jobs::PairStats> ResumePair(const jobs::ResumePairRequest& request) override {
    return calls_.Call("ResumePair", *stub_, &Stub::ResumePair, request);
  }
  absl::StatusOr<jobs::Translation> GetTranslation(
      const jobs::GetTranslationRequest& request) override {
    return calls_.Call("GetTranslation", *stub_, &Stub::GetTranslation, request);
  }
  absl::StatusOr<jobs::ListTranslationsResponse> ListTranslations(
      const jobs::ListTranslationsRequest& request) override {
    return calls_.Call("ListTranslations", *stub_, &Stub::ListTranslations, request);
  }
  absl::StatusOr<jobs::Backfill> StartBackfill(const jobs::StartBackfillRequest& request) override {
    return calls_.Call("StartBackfill", *stub_, &Stub::StartBackfill, request);
  }
  absl::StatusOr<jobs::Backfill> StopBackfill(const jobs::StopBackfillRequest& request) override {
    return calls_.Call("StopBackfill", *stub_, &Stub::StopBackfill, request);
  }
  absl::StatusOr<jobs::ListBackfillsResponse> ListBackfills(
      const jobs::ListBackfillsRequest& request) override {
    return calls_.Call("ListBackfills", *stub_, &Stub::ListBackfills, request);
  }
  absl::StatusOr<jobs::Policy> GetPolicy(const jobs::GetPolicyRequest& request) override {
    return calls_.Call("GetPolicy", *stub_, &Stub::GetPolicy, request);
  }
  absl::StatusOr<jobs::Policy> UpdatePolicy(const jobs::UpdatePolicyRequest& request) override {
    return calls_.Call("UpdatePolicy", *stub_, &Stub::UpdatePolicy, request);
  }
  absl::StatusOr<jobs::Glossary> GetGlossary(const jobs::GetGlossaryRequest& request) override {
    return calls_.Call("GetGlossary", *stub_, &Stub::GetGlossary, request);
  }
  absl::StatusOr<jobs::ListGlossariesResponse> ListGlossaries(
      const jobs::ListGlossariesRequest& request) override {
    return calls_.Call("ListGlossaries", *stub_, &Stub::ListGlossaries, request);
  }
  absl::StatusOr<jobs::UpdateGlossaryResponse> UpdateGlossary(
      const jobs::UpdateGlossaryRequest& request) override {
    return calls_.Call("UpdateGlossary", *stub_, &Stub::UpdateGlossary, request);
  }
  absl::StatusOr<jobs::SearchMemoryResponse> SearchMemory(
      const jobs::SearchMemoryRequest& request) override {
    return calls_.Call("SearchMemory", *stub_, &Stub::SearchMemory, request);
  }

  absl::Status WatchQueue(const jobs::GetQueueStatsRequest& request,
                          const std::function<bool(const jobs::QueueStats&)>& on) override {
    grpc::ClientContext context;
    calls_.caller().Prepare(context, kWatchMax);
    const auto reader = stub_->WatchQueue(&context, request);
    jobs::QueueStats stats;
    while (reader->Read(&stats)) {
      if (on(stats)) continue;
      context.TryCancel();
      reader->Finish();
      return absl::OkStatus();
    }
    return rpc::FromGrpc(reader->Finish());
  }
  absl::Status ExportMemory(const jobs::ExportMemoryRequest& request,
                            const std::function<absl::Status(const std::string&)>& on) override {
    grpc::ClientContext context;
    calls_.caller().Prepare(context, calls_.timeout());
    const auto reader = stub_->ExportMemory(&context, request);
    jobs::FilePart part;
    while (reader->Read(&part)) {
      absl::Status status = on(part.data());
      if (status.ok()) continue;
      context.TryCancel();
      reader->Finish();
      return status;
    }
    return rpc::FromGrpc(reader->Finish());
  }
  absl::StatusOr<jobs::ImportMemoryResponse> ImportMemory(const jobs::LanguagePair& pair,
                                                          std::string_view tmx) override {
    const InterruptNote note;
    grpc::ClientContext context;
    calls_.caller().Prepare(context, calls_.timeout());
    jobs::ImportMemoryResponse answer;
    const auto writer = stub_->ImportMemory(&context, &answer);
    jobs::ImportMemoryRequest request;
    request.set_from(pair.from());
    request.set_to(pair.to());
    bool goes_on = true;
    for (std::size_t at = 0; goes_on && at <= tmx.size(); at += kPartBytes) {
      request.set_data(std::string(tmx.substr(at, kPartBytes)));
      goes_on = writer->Write(request);  // no: the answer says why
      request.clear_from();
      request.clear_to();
    }
    writer->WritesDone();
    const grpc::Status status = writer->Finish();
    if (!status.ok()) return rpc::FromGrpc(status);
    return answer;
  }

 private:
  using Stub = jobs::TranslationService::Stub;

  GrpcCalls calls_;
  const std::unique_ptr<Stub> stub_;
};

}  // namespace

std::unique_ptr<TranslationApi> MakeGrpcTranslationApi(std::unique_ptr<rpc::Caller> caller,
                                                       absl::Duration timeout, Retrier& retrier) {
  return std::make_unique<GrpcTranslationApi>(GrpcCalls(std::move(caller), timeout, retrier));
}

}  // namespace telex::cli
