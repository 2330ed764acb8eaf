#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <functional>
#include <memory>
#include <string>

#include "platform/grpc/call_workers.h"
#include "platform/grpc/unary_service.h"
#include "telex/translation/v1/translation_service.pb.h"
#include "translation/adapters/desk/log_job_desk.h"

namespace telex::translation {

// Who has made a text: a person, or an engine (then `person` is empty).
struct Maker {
  std::string person;
  std::string engine;
};

// What the RPCs do that change jobs. Each is a fact, answered when this replica has read it.
// Refusals carry one reason and the fields. Thread-safe; what reads or checks texts does so on
// `workers`.
class JobService {
 public:
  static constexpr int kClaimMax = 100;
  static constexpr absl::Duration kLeaseDefault = absl::Hours(1);

  struct Parts {
    LogJobDesk& desk;
    rpc::CallWorkers& workers;
  };
  // All that is in there outlives it.
  explicit JobService(Parts parts) : parts_(parts) {}

  void OfferOn(rpc::UnaryService& service);

  void RequestTranslation(const rpc::Call& call, const v1::RequestTranslationRequest& request,
                          rpc::Done<v1::Job> done);
  void CancelJob(const rpc::Call& call, const v1::CancelJobRequest& request,
                 rpc::Done<v1::Job> done);
  void ReplayJob(const rpc::Call& call, const v1::ReplayJobRequest& request,
                 rpc::Done<v1::Job> done);
  void ClaimJobs(const rpc::Call& call, const v1::ClaimJobsRequest& request,
                 rpc::Done<v1::ClaimJobsResponse> done);
  void ExtendLease(const rpc::Call& call, const v1::ExtendLeaseRequest& request,
                   rpc::Done<v1::Job> done);
  void CompleteJob(const rpc::Call& call, const v1::CompleteJobRequest& request,
                   rpc::Done<v1::CompleteJobResponse> done);
  void BatchCompleteJobs(const rpc::Call& call, const v1::BatchCompleteJobsRequest& request,
                         rpc::Done<v1::BatchCompleteJobsResponse> done);
  void ReleaseJob(const rpc::Call& call, const v1::ReleaseJobRequest& request,
                  rpc::Done<v1::Job> done);
  void FailJob(const rpc::Call& call, const v1::FailJobRequest& request, rpc::Done<v1::Job> done);
  void ReviewTranslation(const rpc::Call& call, const v1::ReviewTranslationRequest& request,
                         rpc::Done<v1::Job> done);

 private:
  // Appends the fact and answers with the job as it stands then.
  void AppendFact(const rpc::Call& call, JobFact fact, const v1::Text* text,
                  rpc::Done<v1::Job> done);
  absl::StatusOr<FinishedText> FinishText(
      const JobId& job, news::Version version,
      const google::protobuf::RepeatedPtrField<v1::TranslatedSegment>& segments,
      const Maker& maker) const;
  // Of a translation whose job is forgotten: FAILED_PRECONDITION unless it is the one that stands.
  absl::Status CheckStands(const JobId& job, news::Version version, std::int64_t revision) const;
  void CompleteNow(const rpc::Call& call, const v1::CompleteJobRequest& request,
                   const rpc::Done<v1::CompleteJobResponse>& done);
  absl::Status Later(std::function<void()> job) { return parts_.workers.Add(std::move(job)); }

  const Parts parts_;
};

}  // namespace telex::translation
