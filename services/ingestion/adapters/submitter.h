#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "ingestion/adapters/log_settings.h"
#include "ingestion/adapters/log_store.h"
#include "ingestion/domain/submission.h"
#include "platform/kafka/publisher.h"
#include "platform/requests/log_requests.h"

namespace telex::ingestion {

// Hands submissions to the log, and what must stand there before them, and waits for what becomes
// of it: no call waits longer than its deadline. Errors and threads are those of
// requests::LogRequests.
class Submitter {
 public:
  using Requests = requests::LogRequests<Decision>;
  using Decided = Requests::Answered;
  using Recorded = Requests::Appended;

  // `log_store` and `publisher` outlive the submitter; log_store.OnDecisionsRead must call
  // DecisionsRead.
  Submitter(const LogSettings& log, const LogStore& log_store, kafka::Publisher& publisher);

  // `decided` is called once: when this replica has read the decision and the version it names.
  void Submit(const Submission& submission, const std::string& traceparent, absl::Time deadline,
              Decided decided);
  // Appends a record that submissions will name, such as a document.
  void Append(kafka::Record record, absl::Time deadline, Recorded recorded);
  // Appends without waiting for a decision.
  void SubmitAndForget(const Submission& submission);

  void DecisionsRead(std::span<const Decision> decisions);
  std::size_t waiting() const { return requests_.waiting(); }
  // All who wait get STOPPING. Idempotent.
  void Stop() { requests_.Stop(); }

 private:
  kafka::Record ToRecord(const Submission& submission, const std::string& traceparent) const;

  const std::int32_t partitions_;
  kafka::Publisher& publisher_;
  Requests requests_;
};

}  // namespace telex::ingestion
