#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>

#include "ingestion/adapters/decider.h"
#include "ingestion/adapters/log_store.h"
#include "ingestion/adapters/purge_enforcer.h"
#include "ingestion/adapters/timekeeper.h"
#include "ingestion/domain/submission.h"
#include "platform/kafka/dead_letter.h"
#include "platform/kafka/group_consumer.h"
#include "platform/kafka/publisher.h"
#include "platform/observe/heartbeat.h"
#include "platform/owner/partition_owner.h"
#include "platform/owner/side_appends.h"

namespace telex::ingestion {

struct DecidingOwnerOptions {
  std::string cluster_id;       // of the log
  std::int32_t partitions = 0;  // of the topics about articles
  int rule = 1;                 // the rule that the timekeeper's submissions name
};

// All that is done for the partitions that this replica owns: their submissions are decided, and
// with the timers embargoes end, stories expire and purges are enforced.
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
  // (owner::OwnersPublisher) outlive it. Errors are those of `join`.
  static absl::StatusOr<std::unique_ptr<DecidingOwner>> Start(const DecidingOwnerOptions& options,
                                                              const LogStore& log_store,
                                                              kafka::Publisher& publisher,
                                                              kafka::DeadLetters dead_letters,
                                                              Ports ports);

  // Of the timers' threads; both may be null.
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
  DecidingOwner(const DecidingOwnerOptions& options, const LogStore& log_store,
                kafka::Publisher& publisher, kafka::DeadLetters dead_letters, Ports ports);

  const std::int32_t partitions_;
  const int rule_;
  const LogStore& log_store_;
  const kafka::DeadLetters dead_letters_;
  // Each uses those before it; destroyed in reverse.
  owner::PartitionOwner owner_;
  owner::SideAppends tombstones_;
  std::unique_ptr<kafka::GroupConsumer> consumer_;
  std::unique_ptr<Timekeeper> timekeeper_;
  std::unique_ptr<PurgeEnforcer> purge_enforcer_;
};

// Before joining: a process that died without leaving its group makes every member wait for the end
// of its session, if its successor joins before that. Waits for it, reckoned from `started`, unless
// the local store was closed in order. Cancelled after a stop.
absl::Status AwaitPredecessor(const LogStore& log_store, absl::Time started, std::stop_token stop);

}  // namespace telex::ingestion
