// A consumer group's partitions as this process owns them: their owner, the consumer that brings
// its input, and the threads that look for what is to be appended beside its folds.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "platform/kafka/group_consumer.h"
#include "platform/kafka/publisher.h"
#include "platform/observe/heartbeat.h"
#include "platform/owner/partition_owner.h"
#include "platform/owner/side_appends.h"
#include "platform/runtime/loop.h"

namespace telex::owner {

struct GroupOwnerOptions {
  std::string group;
  std::string input;  // the topic
  // The topics that hold the results, each in the partition of its input.
  std::vector<std::string> derived;
  std::function<std::unique_ptr<Fold>(std::int32_t partition)> make_fold;
  // Partitions that a round does not wait for, however far they are read: its fold knows what they
  // lack. Empty: it waits for all.
  std::function<bool(const kafka::TopicPartition&)> is_not_awaited;
  std::size_t fetch_bytes_min = 1;  // as GroupConsumerConfig
};

struct GroupOwnerPorts {
  // As in PartitionOwnerOptions.
  std::function<std::int64_t(const kafka::TopicPartition&)> position_of;
  std::function<absl::StatusOr<Ends>(std::span<const kafka::TopicPartition>)> ends;
  std::shared_ptr<observe::Heartbeat> heartbeat;  // of the thread that asks for ends; may be null
  // Makes a consumer of that group; its client is the port's to name.
  std::function<absl::StatusOr<std::unique_ptr<kafka::GroupConsumer>>(kafka::GroupConsumerConfig,
                                                                      kafka::GroupHandler&)>
      join;
};

// Destroyed before what it was made with: the looks first, then the group's consumer, then the
// owner that they ask and that the consumer calls.
class GroupOwner {
 public:
  // Joins the group. `publisher` (OwnerPublisherConfig) outlives it. Errors are those of `join`.
  static absl::StatusOr<std::unique_ptr<GroupOwner>> Start(GroupOwnerOptions options,
                                                           kafka::Publisher& publisher,
                                                           GroupOwnerPorts ports);

  // Must not throw; hears from the token that StopLooks waits for it.
  using Look = std::function<void(const std::stop_token& stop)>;
  // A thread that looks once in so long; `heartbeat` may be null. Not together with StopLooks.
  void Every(absl::Duration interval, std::shared_ptr<observe::Heartbeat> heartbeat, Look look);
  // Returns when their threads have ended. Idempotent.
  void StopLooks();

  const PartitionOwner& owner() const { return owner_; }
  SideAppends& side_appends() { return side_appends_; }
  kafka::GroupConsumer& consumer() { return *consumer_; }
  const kafka::GroupConsumer& consumer() const { return *consumer_; }

 private:
  GroupOwner(PartitionOwnerOptions options, kafka::Publisher& publisher);

  // Each uses those before it; destroyed in reverse.
  PartitionOwner owner_;
  SideAppends side_appends_;
  std::unique_ptr<kafka::GroupConsumer> consumer_;
  std::vector<std::unique_ptr<runtime::PeriodicTask>> looks_;
};

}  // namespace telex::owner
