// Reads topics as a member of a consumer group: each partition has one reader at a time, and what
// was not dealt with comes again, here or at the next owner (at least once, in order).
//
// Partitions are independent of each other: each has a queue and a batch in work of its own. A
// handler never blocks; it says how far it is, and has itself woken. A partition whose batch stays
// in work is read ahead by prefetch_kbytes_max and no further, and the others go on.
//
// Eager range assignment, dynamic membership (docs/adr/dynamic-group-membership.md): a member that
// lost the answer to a join, or its session, joins again; one that leaves hands over at once.
// Offsets are committed by hand, after success alone: asynchronously at most once per commit
// interval, synchronously (within a bound) before partitions are given up and on closing. The
// library's auto commit is off: it hides failed commits, and its commit at the end has no deadline.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "platform/kafka/client_config.h"
#include "platform/kafka/lag.h"
#include "platform/kafka/record.h"
#include "platform/kafka/record_view.h"
#include "platform/observe/heartbeat.h"

namespace telex::kafka {

struct GroupConsumerConfig {
  ClientConfig client;
  std::string group;
  std::vector<std::string> topics;

  absl::Duration session_timeout = absl::Seconds(6);
  absl::Duration commit_interval = absl::Seconds(1);
  absl::Duration commit_max = absl::Seconds(5);  // bound of a synchronous commit
  // Partitions that are given up cleanly wait so long for the end of what is in work.
  absl::Duration finish_max = absl::Seconds(2);

  size_t batch_records_max = 500;
  // What the library reads ahead of each partition. A queue that is full is looked at again a
  // second later: it must hold what is dealt with in a second.
  size_t prefetch_kbytes_max = 4u << 10;
  // Records are handed over at once (1), or when so much of all partitions has gathered, or after
  // 100 ms. Each append ends a fetch that waits for a byte: a topic of many small appends costs the
  // broker a fetch for each.
  size_t fetch_bytes_min = 1;

  absl::Duration retry_backoff_min = absl::Milliseconds(100);  // of questions to the coordinator
  absl::Duration retry_backoff_max = absl::Seconds(10);
  // A batch that stays in work for longer is told (on_batch_stuck), once in so long.
  absl::Duration batch_limit = absl::Seconds(30);
};

struct AssignedPartition {
  TopicPartition partition;
  std::optional<int64_t>
      committed;  // the next offset to process; none: the group has no offset here
};

// Records of one partition, in order; `records` is not empty.
struct PartitionBatch {
  const TopicPartition& partition;
  std::span<const RecordView> records;
};

// How far a handler is with a batch.
struct Progress {
  enum class State {
    kDone,     // with all of it
    kWorking,  // it is asked again
    kStopped,  // it will not go on (asked to finish); from `next` on it is the next owner's
    kHeld,     // this member cannot deal with the record at `next`, ever: nothing more is read of
               // the partition until it is assigned again, and the group's offset stays there
  };
  State state = State::kDone;
  int64_t next = 0;  // the first offset that is not dealt with; unused when all is
};

// All calls come from the consumer's one thread, never two at a time, and must not block.
class GroupHandler {
 public:
  virtual ~GroupHandler() = default;

  // Comes first. `wake` has OnTurn and OnBatch called soon; from any thread, at any time, also when
  // the consumer is gone.
  // NOLINTNEXTLINE(performance-unnecessary-value-param): who takes it keeps it
  virtual void OnStart(std::function<void()> wake) { (void)wake; }
  // Partitions are ours, and are read from the committed offset on, or from the beginning.
  virtual void OnAssigned(std::span<const AssignedPartition> partitions) = 0;
  // Ten times a second, and whenever it was woken or something came. An error ends consuming.
  virtual absl::Status OnTurn() { return absl::OkStatus(); }
  // Called with a batch, and in each turn with the same one again until it is dealt with. An error
  // ends consuming; the group's offset stays. `finishing`: the partition is about to be given up;
  // what has been begun is to be finished, and nothing new begun.
  virtual absl::StatusOr<Progress> OnBatch(const PartitionBatch& batch, bool finishing) = 0;
  // From where the partition's next owner reads: what the group's offset becomes. Asked behind each
  // OnBatch and in each turn; `next`: all before it is dealt with. nullopt: the offset stays.
  virtual std::optional<int64_t> ResumeFrom(const TopicPartition& partition, int64_t next) {
    (void)partition;
    return next;
  }
  // The partitions are no longer ours. What was done is committed, unless `lost`: somebody else may
  // own them already.
  virtual void OnRevoked(std::span<const TopicPartition> partitions, bool lost) = 0;
};

// Each may be empty. Called on the consumer's threads; must not block.
struct GroupConsumerObserver {
  ClientObserver client;
  std::function<void(const TopicPartition&, absl::Duration in_work)> on_batch_stuck;
  std::function<void(size_t partitions, bool assigned, bool lost)> on_rebalance;
  // Consuming has stopped for good: the handler's error, LOG_TRUNCATED (the log ends before the
  // offset that is wanted), RECORDS_EXPIRED (it begins behind it: deleted by retention before it
  // was read), KAFKA_REFUSED (no right to the group or its topics).
  std::function<void(const absl::Status&)> on_fatal;
  // Carried by the consumer's thread; a handler that hangs is seen by it.
  std::shared_ptr<observe::Heartbeat> heartbeat;
};

// Thread-safe.
class GroupConsumer {
 public:
  // Checks the configuration and starts the thread; does not wait for a broker: while there is none
  // it goes on trying, visibly through the observer. `handler` must outlive Close.
  static absl::StatusOr<std::unique_ptr<GroupConsumer>> Create(GroupConsumerConfig config,
                                                               GroupHandler& handler,
                                                               GroupConsumerObserver observer = {});
  ~GroupConsumer();  // Close(5 s)
  GroupConsumer(const GroupConsumer&) = delete;
  GroupConsumer& operator=(const GroupConsumer&) = delete;

  // Requests the stop, waits for what is in work (finish_max), commits, calls OnRevoked and leaves.
  // Ok, or DeadlineExceeded: the handler did not come back (its thread is then still running, and
  // this object and the handler must be left alive: the process should end). Unavailable: all is
  // done and committed, but the coordinator did not answer in time, and will put this member out
  // when its session is over. A fatal error before is returned too. Repeated calls return the first
  // one's answer.
  absl::Status Close(absl::Duration within);

  // Not ok once consuming has stopped for good.
  absl::Status status() const;

  std::vector<PartitionLag> Lag() const;

 private:
  class Impl;
  explicit GroupConsumer(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace telex::kafka
