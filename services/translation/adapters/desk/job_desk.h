#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "telex/translation/v1/translation.pb.h"
#include "translation/adapters/text/job_text.h"
#include "translation/domain/claim_choice.h"
#include "translation/domain/job_fact.h"
#include "translation/domain/partition_queue.h"

namespace telex::translation {

// What a claim gives: a job that is the caller's until its lease is over.
struct ClaimedJob {
  JobRow job;  // as claimed: `since` is its token, `due_ms` the end of its lease
  std::string headline;
};

// The one way into the queue, for callers over gRPC and for the engines of this replica. Facts are
// appended to telex.translation-jobs.v1, and whoever asked is told what became of them when this
// replica has read them. Errors are those of requests::LogRequests. Thread-safe; callbacks come
// from the reader's thread and must not block.
class JobDesk {
 public:
  virtual ~JobDesk() = default;

  struct Asker {
    std::string actor;
    std::string request_id;  // a UUID, or empty
    absl::Time deadline;
  };
  using Told = std::function<void(absl::StatusOr<Outcome>)>;
  // A fact of a job; `text` of a completion or a replacing review, of a failure its costs. What the
  // fold refuses is an Outcome, too.
  virtual void Append(JobFact fact, const v1::Text* text, absl::Time deadline, Told told) = 0;

  // Chosen and claimed: those that were granted.
  using Claimed = std::function<void(absl::StatusOr<std::vector<ClaimedJob>>)>;
  virtual void Claim(const ClaimWish& wish, absl::Duration lease, const Asker& asker,
                     Claimed claimed) = 0;

  // The jobs that are claimed by `holder`, as far as this replica has read. Looks at all jobs.
  virtual std::vector<JobRow> HeldBy(std::string_view holder) const = 0;

  // Told, on the reader's thread, when there may be jobs to be claimed that were not there before,
  // for as long as the desk is there. There may be several.
  virtual void OnJobs(std::function<void()> listener) = 0;

  // Told, on the reader's thread, of each article that is purged, for as long as the desk is there:
  // nothing of it may be kept. There may be several.
  virtual void OnPurged(std::function<void(const news::ArticleId& article)> listener) = 0;

  // The text of a job as it stands in the store. FAILED_PRECONDITION / JOB_OUTDATED: the article
  // has gone on; the same / ARTICLE_WITHDRAWN; NOT_FOUND. Reads the local store: not for gRPC's
  // threads.
  virtual absl::StatusOr<JobText> Open(const JobId& job, news::Version version) const = 0;
};

}  // namespace telex::translation
