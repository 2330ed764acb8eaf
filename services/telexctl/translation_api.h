// The RPCs of telex-translation as telexctl calls them.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <functional>
#include <string>
#include <string_view>

#include "telex/translation/v1/translation_service.pb.h"

namespace telex::cli {

namespace jobs {
using namespace telex::translation::v1;
}  // namespace jobs

// Errors carry reason, metadata and fields as the server gave them (platform/errors).
class TranslationApi {
 public:
  virtual ~TranslationApi() = default;

  virtual absl::StatusOr<jobs::Job> RequestTranslation(
      const jobs::RequestTranslationRequest& request) = 0;
  virtual absl::StatusOr<jobs::Job> CancelJob(const jobs::CancelJobRequest& request) = 0;
  virtual absl::StatusOr<jobs::Job> ReplayJob(const jobs::ReplayJobRequest& request) = 0;
  virtual absl::StatusOr<jobs::ClaimJobsResponse> ClaimJobs(
      const jobs::ClaimJobsRequest& request) = 0;
  virtual absl::StatusOr<jobs::Job> ExtendLease(const jobs::ExtendLeaseRequest& request) = 0;
  virtual absl::StatusOr<jobs::CompleteJobResponse> CompleteJob(
      const jobs::CompleteJobRequest& request) = 0;
  virtual absl::StatusOr<jobs::Job> ReleaseJob(const jobs::ReleaseJobRequest& request) = 0;
  virtual absl::StatusOr<jobs::Job> FailJob(const jobs::FailJobRequest& request) = 0;
  virtual absl::StatusOr<jobs::Job> ReviewTranslation(
      const jobs::ReviewTranslationRequest& request) = 0;

  virtual absl::StatusOr<jobs::Job> GetJob(const jobs::GetJobRequest& request) = 0;
  virtual absl::StatusOr<jobs::JobText> GetJobText(const jobs::GetJobTextRequest& request) = 0;
  virtual absl::StatusOr<jobs::ListJobsResponse> ListJobs(const jobs::ListJobsRequest& request) = 0;
  virtual absl::StatusOr<jobs::CheckSegmentsResponse> CheckSegments(
      const jobs::CheckSegmentsRequest& request) = 0;
  virtual absl::StatusOr<jobs::QueueStats> GetQueueStats(
      const jobs::GetQueueStatsRequest& request) = 0;
  virtual absl::StatusOr<jobs::PairStats> PausePair(const jobs::PausePairRequest& request) = 0;
  virtual absl::StatusOr<jobs::PairStats> ResumePair(const jobs::ResumePairRequest& request) = 0;

  virtual absl::StatusOr<jobs::Translation> GetTranslation(
      const jobs::GetTranslationRequest& request) = 0;
  virtual absl::StatusOr<jobs::ListTranslationsResponse> ListTranslations(
      const jobs::ListTranslationsRequest& request) = 0;

  virtual absl::StatusOr<jobs::Backfill> StartBackfill(
      const jobs::StartBackfillRequest& request) = 0;
  virtual absl::StatusOr<jobs::Backfill> StopBackfill(const jobs::StopBackfillRequest& request) = 0;
  virtual absl::StatusOr<jobs::ListBackfillsResponse> ListBackfills(
      const jobs::ListBackfillsRequest& request) = 0;

  virtual absl::StatusOr<jobs::Policy> GetPolicy(const jobs::GetPolicyRequest& request) = 0;
  virtual absl::StatusOr<jobs::Policy> UpdatePolicy(const jobs::UpdatePolicyRequest& request) = 0;
  virtual absl::StatusOr<jobs::Glossary> GetGlossary(const jobs::GetGlossaryRequest& request) = 0;
  virtual absl::StatusOr<jobs::ListGlossariesResponse> ListGlossaries(
      const jobs::ListGlossariesRequest& request) = 0;
  virtual absl::StatusOr<jobs::UpdateGlossaryResponse> UpdateGlossary(
      const jobs::UpdateGlossaryRequest& request) = 0;
  virtual absl::StatusOr<jobs::SearchMemoryResponse> SearchMemory(
      const jobs::SearchMemoryRequest& request) = 0;

  // What is told, until `on` says false, or the call ends. It is not asked again.
  virtual absl::Status WatchQueue(const jobs::GetQueueStatsRequest& request,
                                  const std::function<bool(const jobs::QueueStats&)>& on) = 0;
  // The parts of a TMX file, as long as `on` says OK.
  virtual absl::Status ExportMemory(
      const jobs::ExportMemoryRequest& request,
      const std::function<absl::Status(const std::string& part)>& on) = 0;
  virtual absl::StatusOr<jobs::ImportMemoryResponse> ImportMemory(const jobs::LanguagePair& pair,
                                                                  std::string_view tmx) = 0;
};

}  // namespace telex::cli
