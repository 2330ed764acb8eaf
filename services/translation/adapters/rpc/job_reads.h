#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "platform/grpc/call_workers.h"
#include "platform/grpc/unary_service.h"
#include "platform/runtime/loop.h"
#include "telex/translation/v1/translation_service.pb.h"
#include "translation/adapters/desk/log_job_desk.h"

namespace telex::translation {

// What the RPCs do that show the queue and what has come of it, and the pauses of pairs.
// Thread-safe.
class JobReads {
 public:
  static constexpr int kPageSizeDefault = 50;
  static constexpr int kPageSizeMax = 200;
  static constexpr std::size_t kRowsLookedAtMax = 20'000;  // for one page
  static constexpr int kCheckedSegmentsMax = 1'000;
  static constexpr std::size_t kStreamsMax = 200;
  // A watched queue is told again after so long, if it has changed.
  static constexpr absl::Duration kWatchInterval = absl::Milliseconds(200);

  struct Parts {
    LogJobDesk& desk;
    rpc::CallWorkers& workers;
    // Of this replica; may be empty.
    std::function<std::vector<v1::EngineStats>()> engines;
  };
  // All that is in there outlives it.
  explicit JobReads(Parts parts);

  void OfferOn(rpc::UnaryService& service);

  // `caller`: who is told the token, if it is its own.
  absl::StatusOr<v1::Job> GetJob(const v1::GetJobRequest& request, std::string_view caller) const;
  absl::StatusOr<v1::JobText> GetJobText(const v1::GetJobTextRequest& request) const;
  absl::StatusOr<v1::ListJobsResponse> ListJobs(const v1::ListJobsRequest& request) const;
  absl::StatusOr<v1::CheckSegmentsResponse> CheckSegments(
      const v1::CheckSegmentsRequest& request) const;
  absl::StatusOr<v1::QueueStats> GetQueueStats(const v1::GetQueueStatsRequest& request) const;
  // Answered once it is read, with what the pair has then.
  void Pause(const rpc::Call& call, const std::string& from, const std::string& to, bool paused,
             const std::string& note, const rpc::Done<v1::PairStats>& done);
  // The newest, also before it is published.
  absl::StatusOr<v1::Translation> GetTranslation(const v1::GetTranslationRequest& request) const;
  absl::StatusOr<v1::ListTranslationsResponse> ListTranslations(
      const v1::ListTranslationsRequest& request) const;

 private:
  absl::StatusOr<rpc::Next<v1::QueueStats>> WatchQueue(const v1::GetQueueStatsRequest& request,
                                                       std::shared_ptr<rpc::ServerStream> stream);
  v1::QueueStats StatsOf(const std::vector<Pair>& pairs) const;
  v1::PairStats StatsOf(const Pair& pair) const;
  void WakeStreams();

  const Parts parts_;
  // The desk may tell of jobs when this is gone.
  const std::shared_ptr<std::atomic<bool>> changed_ = std::make_shared<std::atomic<bool>>(false);
  std::mutex mutex_;
  std::vector<std::weak_ptr<rpc::ServerStream>> streams_;
  runtime::PeriodicTask waker_;  // last: it uses the rest
};

}  // namespace telex::translation
