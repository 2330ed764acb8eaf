#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>

#include "ingestion/adapters/decider.h"
#include "ingestion/adapters/due_times.h"
#include "ingestion/adapters/log_settings.h"
#include "ingestion/adapters/log_store.h"
#include "ingestion/adapters/purge_leftovers.h"
#include "ingestion/domain/submission.h"
#include "platform/kafka/dead_letter.h"
#include "platform/kafka/group_consumer.h"
#include "platform/kafka/publisher.h"
#include "platform/observe/heartbeat.h"
#include "platform/owner/partition_owner.h"
#include "platform/owner/side_appends.h"
#include "platform/runtime/loop.h"

namespace telex::ingestion {

// All that is done for the partitions that this replica owns: their submissions are decided, and
// with the timers embargoes end and stories expire (DueTimes), and purges are enforced
// (PurgeLeftovers).
//
// Destroyed before what it was made with: the timers first, then the group's consumer, then the
// owner that they ask and that the consumer calls.
class DecidingOwner {
 public:
  struct Ports {
    // Asks the leaders (owner::PartitionOwnerOptions::ends).
    std::function<absl::StatusOr<owner::Ends>(std::span<const kafka::TopicPartition>)> ends;
    // Makes a consumer of that group; its client is the port's to name.
    std::function<absl::StatusOr<std::unique_ptr<kafka::GroupConsumer>>(kafka::GroupConsumerConfig,
                                                                        kafka::GroupHandler&)>
        join;
    OnDecided on_decided;                           // may be empty
    std::shared_ptr<observe::Heartbeat> heartbeat;  // of the thread that asks; may be null
  };
  // Joins the group. `log_store`, into which the log is being read, and `publisher`
  // (owner::OwnerPublisherConfig) outlive it. Errors are those of `join`.
  static absl::StatusOr<std::unique_ptr<DecidingOwner>> Start(const LogSettings& log,
                                                              const LogStore& log_store,
                                                              kafka::Publisher& publisher,
                                                              kafka::DeadLetters dead_letters,
                                                              Ports ports);

  // Of the timers' threads, each of which looks once in so long; both may be null.
  static constexpr absl::Duration kTimekeeperInterval = absl::Milliseconds(200);
  static constexpr absl::Duration kPurgeEnforcerInterval = absl::Seconds(10);
  struct Heartbeats {
    std::shared_ptr<observe::Heartbeat> timekeeper;
    std::shared_ptr<observe::Heartbeat> purge_enforcer;
  };
  // Once. `submit` is called from the timekeeper's thread.
  void StartTimers(std::function<void(const Submission&)> submit, Heartbeats heartbeats);
  // Returns when their threads have ended. Idempotent.
  void StopTimers();

  const owner::PartitionOwner& owner() const { return owner_; }
  kafka::GroupConsumer& consumer() { return *consumer_; }
  const kafka::GroupConsumer& consumer() const { return *consumer_; }

 private:
  DecidingOwner(const LogSettings& log, const LogStore& log_store, kafka::Publisher& publisher,
                kafka::DeadLetters dead_letters, Ports ports);
  void SubmitDueTimes(const std::function<void(const Submission&)>& submit);
  void AppendTombstonesAgain(const std::stop_token& stop);

  const LogStore& log_store_;
  const kafka::DeadLetters dead_letters_;
  // Each uses those before it; destroyed in reverse.
  owner::PartitionOwner owner_;
  owner::SideAppends tombstones_;
  std::unique_ptr<kafka::GroupConsumer> consumer_;
  DueTimes due_times_;              // the timekeeper's
  PurgeLeftovers purge_leftovers_;  // the purge enforcer's
  std::optional<runtime::PeriodicTask> timekeeper_;
  std::optional<runtime::PeriodicTask> purge_enforcer_;
};

// Before joining: a process that died without leaving its group makes every member wait for the end
// of its session, if its successor joins before that. Waits for it, reckoned from `started`, unless
// the local store was closed cleanly. Cancelled after a stop.
absl::Status AwaitPredecessor(const LogStore& log_store, absl::Time started, std::stop_token stop);

}  // namespace telex::ingestion
