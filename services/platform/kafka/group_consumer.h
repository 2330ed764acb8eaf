// Reads topics as a member of a consumer group: each partition has one reader at a time, and a
// batch that was not dealt with comes again, here or at the next owner (at least once, in order).
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
#include <stop_token>
#include <string>
#include <vector>

#include "platform/kafka/client_config.h"
#include "platform/kafka/lag.h"
#include "platform/kafka/outcome.h"
#include "platform/kafka/record.h"
#include "platform/observe/heartbeat.h"

namespace telex::kafka {

struct GroupConsumerConfig {
  ClientConfig client;
  std::string group;
  std::vector<std::string> topics;

  absl::Duration session_timeout = absl::Seconds(6);
  // The group waits that long for a member that does not come back from its handler; the time for
  // OnAssigned (prepare_max) must fit in.
  absl::Duration max_poll_interval = absl::Minutes(10);
  absl::Duration prepare_max = absl::Minutes(5);
  absl::Duration commit_interval = absl::Seconds(1);
  absl::Duration commit_max = absl::Seconds(5);  // bound of a synchronous commit

  // A batch ends when either is reached; so it may weigh one record more than batch_bytes_max.
  size_t batch_records_max = 500;
  size_t batch_bytes_max = 8u << 20;
  // How many partitions' batches one call of the handler may be given (OnBatches). More than one is
  // for handlers that wait for something they could wait for once.
  size_t partitions_together_max = 1;
  // What the library reads ahead, over all partitions.
  size_t prefetch_records_min = 2'000;
  size_t prefetch_kbytes_max = 16u << 10;

  absl::Duration retry_backoff_min = absl::Milliseconds(100);
  absl::Duration retry_backoff_max = absl::Seconds(10);
  // A handler that runs longer is reported (on_handler_stuck), once a second until it is back.
  absl::Duration handler_limit = absl::Seconds(30);
  // Start offsets before the log's beginning (deleted by retention before they were read).
  // false: fatal, RECORDS_EXPIRED. true: reading starts at the beginning, and on_expired is told.
  bool skip_expired = false;
};

struct AssignedPartition {
  TopicPartition partition;
  std::optional<int64_t>
      committed;  // the next offset to process; none: the group has no offset here
};

// Where to start reading a partition; none: the beginning of the log.
struct StartOffset {
  TopicPartition partition;
  std::optional<int64_t> offset;
};

// Records of one partition, in order; `records` is not empty.
struct PartitionBatch {
  TopicPartition partition;
  std::span<const Record> records;
};

// All calls come from the consumer's one thread, never two at a time.
class GroupHandler {
 public:
  virtual ~GroupHandler() = default;

  // Partitions were given to us. Comes before their first batch; may block to load what it needs,
  // up to prepare_max, and must return soon when `stop` is requested (closing, or prepare_max is
  // over). Answers where to start; partitions it does not name start at the committed offset, or at
  // the beginning when there is none. Cancelled, Unavailable and DeadlineExceeded give the
  // partitions back, and they are asked for again; any other error is fatal.
  virtual absl::StatusOr<std::vector<StartOffset>> OnAssigned(
      std::span<const AssignedPartition> partitions, std::stop_token stop) = 0;

  // Records of one partition, in order; `records` is not empty. `stop` is requested on closing: the
  // handler should finish what it has begun or answer Retry.
  virtual Outcome OnBatch(const TopicPartition& partition, std::span<const Record> records,
                          std::stop_token stop) = 0;

  // What lies ready of several partitions, each of them once; at most partitions_together_max. Done
  // is for all of them, but for those that are held; after a Retry all of them come again. By
  // default OnBatch for each, up to the first that is not done.
  virtual Outcome OnBatches(std::span<const PartitionBatch> batches, std::stop_token stop);

  // The partitions are no longer ours. No batch of theirs is in work, and what was done is
  // committed (unless `lost`: somebody else may own them already).
  virtual void OnRevoked(std::span<const TopicPartition> partitions, bool lost) = 0;
};

// Each may be empty. Called on the consumer's threads; must not block.
struct GroupConsumerObserver {
  ClientObserver client;
  std::function<void(const TopicPartition&, size_t records, size_t bytes, absl::Duration took)>
      on_batch;
  std::function<void(const TopicPartition&, int32_t attempt, const absl::Status& why)> on_retry;
  std::function<void(const TopicPartition&, absl::Duration running)> on_handler_stuck;
  std::function<void(size_t partitions, bool assigned, bool lost)> on_rebalance;
  std::function<void(const absl::Status&)> on_commit;  // each commit's result
  std::function<void(const TopicPartition&, int64_t wanted, int64_t beginning)> on_expired;
  // Consuming has stopped for good: the handler's Fatal, LOG_TRUNCATED (the log ends before the
  // offset that is wanted), RECORDS_EXPIRED, KAFKA_REFUSED (no right to the group or its topics).
  std::function<void(const absl::Status&)> on_fatal;
  // Carried by the consumer's thread. A handler's call is a step: one that can take long beats
  // (observe::Beat) or says what it waits for (observe::Waiting).
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

  // Requests the stop, waits for the batch in work, commits, calls OnRevoked and leaves. Ok, or
  // DeadlineExceeded: the handler did not come back (its thread is then still running, and this
  // object and the handler must be left alive: the process should end). Unavailable: all is done
  // and committed, but the coordinator did not answer in time, and will put this member out when
  // its session is over. A fatal error before is returned too. Repeated calls return the first
  // one's answer.
  absl::Status Close(absl::Duration within);

  // Not ok once consuming has stopped for good.
  absl::Status status() const;

  // The partitions that are ours now.
  std::vector<TopicPartition> Assignment() const;
  std::vector<PartitionLag> Lag() const;

  // How long the handler has been busy with its present call; zero when it is idle.
  absl::Duration HandlerRunning() const;

 private:
  class Impl;
  explicit GroupConsumer(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace telex::kafka
