#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingestion/adapters/log_settings.h"
#include "ingestion/adapters/log_store.h"
#include "ingestion/adapters/submitter.h"
#include "ingestion/domain/draft.h"
#include "ingestion/domain/submission.h"
#include "platform/text/ascii.h"
#include "telex/news/v1/article.pb.h"
#include "telex/news/v1/write_result.pb.h"

namespace telex::ingestion {

// Who asks, and within what.
struct Call {
  std::string actor;
  bool is_editor = false;             // a person; otherwise the source itself speaks
  std::vector<std::string> bound_to;  // the ids of the sources it speaks for; empty: for any
  std::string traceparent;            // of this call, for the log's records
  absl::Time deadline;
};

template <typename Answer>
using Done = std::function<void(absl::StatusOr<Answer>)>;

// What the services of a replica share: what it has read, the way into the log, and the first steps
// from a request to a submission. Thread-safe; nothing blocks.
class Edge {
 public:
  // `log_store` and `submitter` outlive it.
  Edge(const LogSettings& log, std::function<absl::Time()> now, const LogStore& log_store,
       Submitter& submitter);

  int rule() const { return rule_; }
  std::int32_t partitions() const { return partitions_; }
  absl::Time now() const { return now_(); }
  const LogStore& log_store() const { return log_store_; }
  Submitter& submitter() const { return submitter_; }

  // A submission of `request` without its action. A UUID in capitals is the same one (RFC 9562, 4):
  // so is the request that has it.
  template <typename Request>
  Submission NewSubmission(const Call& call, Subject subject, const Request& request) const {
    const std::string id = text::AsciiLower(request.request_id());
    if (id == request.request_id()) return NewSubmission(call, std::move(subject), id, request);
    Request folded = request;
    folded.set_request_id(id);
    return NewSubmission(call, std::move(subject), id, folded);
  }
  // `field` is named in the refusal.
  absl::StatusOr<Source> KnownSource(std::string_view name, std::string_view field) const;
  // OK when the caller may submit stories of the source.
  static absl::Status CheckSpeaksFor(const Call& call, const Source& source);
  absl::StatusOr<SetContent> NormaliseDraft(const Draft& draft, const Source& source,
                                            std::string_view key, std::string_view field_path,
                                            bool section_is_printed = false) const;
  // FAILED_PRECONDITION / ARTICLE_PURGED: what was forgotten is not put into the log again, not as
  // a repeat either.
  absl::Status CheckNotPurged(const Submission& submission) const;
  // What would become of the submission if it were the next one, on what this replica has read: the
  // decision, and the article as it would stand; its name alone when there would be none.
  std::pair<Decision, news::v1::Article> Preview(const Submission& submission) const;
  // What the call answers of its decision, which is on record.
  news::v1::WriteResult ResultOf(const Decision& decision) const;
  // The version that was decided on, with its result; its name and result alone where none stands,
  // or once it is forgotten.
  news::v1::Article ArticleOf(const Decision& decision) const;

 private:
  Submission NewSubmission(const Call& call, Subject subject, const std::string& request_id,
                           const google::protobuf::Message& request) const;

  const int rule_;
  const std::int32_t partitions_;
  const std::function<absl::Time()> now_;
  const LogStore& log_store_;
  Submitter& submitter_;
};

}  // namespace telex::ingestion
