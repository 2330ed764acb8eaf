#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>

#include "platform/kafka/dead_letter.h"
#include "platform/kafka/group_consumer.h"
#include "platform/kafka/publisher.h"
#include "platform/observe/heartbeat.h"
#include "platform/owner/lingering.h"
#include "platform/owner/partition_owner.h"
#include "platform/owner/side_appends.h"
#include "platform/runtime/loop.h"
#include "views/adapters/counting_fold.h"
#include "views/adapters/counts_store.h"

namespace telex::views {

struct CountingSettings {
  std::int32_t partitions = 0;  // of each of the topics about articles
  CountingRule rule = kCountingRule1;
  absl::TimeZone zone = absl::UTCTimeZone();  // of days and hours
};

// All that is done for the partitions that this replica owns: their views are counted, and what is
// left of the counts of purged articles is forgotten in the log.
//
// Destroyed before what it was made with: the purge enforcer first, then the group's consumer, then
// the owner that they ask and that the consumer calls.
class CountingOwner {
 public:
  struct Ports {
    // Of the local store (replica::LogReplica::PositionOf).
    std::function<std::int64_t(const kafka::TopicPartition&)> position_of;
    // Asks the leaders (owner::PartitionOwnerOptions::ends).
    std::function<absl::StatusOr<owner::Ends>(std::span<const kafka::TopicPartition>)> ends;
    // Makes a consumer of that group; its client is the port's to name.
    std::function<absl::StatusOr<std::unique_ptr<kafka::GroupConsumer>>(kafka::GroupConsumerConfig,
                                                                        kafka::GroupHandler&)>
        join;
    // CountingParts; may be empty.
    std::function<void(const CountingProgress& progress)> on_recorded;
    std::shared_ptr<observe::Heartbeat> heartbeat;  // of the thread that asks; may be null
  };
  // Joins the group. `counts`, into which the log is being read, and `publisher`
  // (owner::OwnerPublisherConfig) outlive it. Errors are those of `join`.
  static absl::StatusOr<std::unique_ptr<CountingOwner>> Start(const CountingSettings& settings,
                                                              const CountsStore& counts,
                                                              kafka::Publisher& publisher,
                                                              kafka::DeadLetters dead_letters,
                                                              Ports ports);

  // Appends tombstones for what is left of purged articles at two looks in a row. One thread.
  void ForgetPurged(const std::stop_token& stop);
  // The thread that does so once in so long. Once; `heartbeat` may be null.
  static constexpr absl::Duration kPurgeEnforcerInterval = absl::Seconds(10);
  void StartPurgeEnforcer(std::shared_ptr<observe::Heartbeat> heartbeat);
  // Returns when its thread has ended. Idempotent.
  void StopPurgeEnforcer();

  const owner::PartitionOwner& owner() const { return owner_; }
  kafka::GroupConsumer& consumer() { return *consumer_; }
  const kafka::GroupConsumer& consumer() const { return *consumer_; }

 private:
  CountingOwner(const CountingSettings& settings, const CountsStore& counts,
                kafka::Publisher& publisher, kafka::DeadLetters dead_letters, Ports ports);

  const std::int32_t partitions_;
  const CountsStore& counts_;
  const kafka::DeadLetters dead_letters_;
  // Each uses those before it; destroyed in reverse.
  owner::PartitionOwner owner_;
  owner::SideAppends tombstones_;
  std::unique_ptr<kafka::GroupConsumer> consumer_;
  owner::Lingering<DayKey> unpurged_;  // the purge enforcer's
  std::optional<runtime::PeriodicTask> purge_enforcer_;
};

}  // namespace telex::views
