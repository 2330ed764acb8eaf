#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ingestion/adapters/log_store.h"
#include "ingestion/domain/submission.h"
#include "platform/kafka/publisher.h"
#include "platform/runtime/loop.h"

namespace telex::ingestion {

// Hands submissions to the log, and what must stand there before them, and waits for what becomes
// of it: no call waits longer than its deadline.
//
// Thread-safe. Callbacks come from the log store's, the publisher's or the deadline's thread and
// must not block.
class Submitter {
 public:
  using Decided = std::function<void(absl::StatusOr<Decision>)>;
  using Recorded = std::function<void(absl::Status)>;
  static constexpr std::size_t kWaitersMax = 20'000;

  // `log_store` and `publisher` outlive the submitter; log_store.OnDecisionsRead must call
  // DecisionsRead.
  Submitter(std::string cluster_id, std::int32_t partitions, const LogStore& log_store,
            kafka::Publisher& publisher);
  ~Submitter();  // Stop()

  // Appends the submission; `decided` is called once: when this replica has read the decision and
  // the version it names, or with UNAVAILABLE, which is always safe to repeat:
  //   DECISION_PENDING    the deadline came first, before the append was acknowledged or before it
  //                       was decided; it may yet be decided
  //   BROKER_UNAVAILABLE  it could not be appended; whether it was is unknown
  //   OVERLOADED          kWaitersMax wait already; it was not handed in
  //   STOPPING            this replica is stopping
  void Submit(const Submission& submission, const std::string& traceparent, absl::Time deadline,
              Decided decided);
  // Appends a record that submissions will name, such as a document. `recorded` is called once: OK
  // when it is acknowledged, else as above; INVALID_ARGUMENT / RECORD_TOO_LARGE.
  void Append(kafka::Record record, absl::Time deadline, Recorded recorded);
  // Appends without waiting for a decision.
  void SubmitAndForget(const Submission& submission);

  void DecisionsRead(std::span<const Decision> decisions);
  std::size_t waiting() const;
  // All who wait get STOPPING. Idempotent.
  void Stop();

 private:
  using Ticket = std::uint64_t;
  using Place = std::pair<std::int32_t, std::int64_t>;
  struct Waiter {
    absl::Time deadline;
    Decided decided;
    std::optional<Place> place;        // once the append is acknowledged
    std::optional<Decision> decision;  // read, but its version is not yet
  };

  kafka::Record ToRecord(const Submission& submission, const std::string& traceparent) const;
  // Registers who waits. Empty, and `decided` called, when this replica is stopping.
  std::optional<Ticket> Wait(absl::Time deadline, Decided decided);
  void Appended(Ticket ticket, kafka::Position position);
  // Takes the waiter out; empty when it has been answered.
  Decided Take(Ticket ticket);
  bool IsReadable(const Decision& decision) const;
  void AnswerTheLate();  // whose deadline has come

  const std::string cluster_id_;
  const std::int32_t partitions_;
  const LogStore& log_store_;
  kafka::Publisher& publisher_;

  mutable std::mutex mutex_;
  Ticket next_ticket_ = 0;
  std::map<Ticket, Waiter> waiters_;
  std::map<Place, Ticket> tickets_;  // of the waiters that have a place
  bool stopped_ = false;
  runtime::PeriodicTask deadlines_;
};

}  // namespace telex::ingestion
