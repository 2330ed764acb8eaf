#pragma once

#include <absl/status/status.h>
#include <absl/time/clock.h>
#include <absl/time/time.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "ingestion/adapters/log_store.h"
#include "ingestion/domain/partition_fold.h"
#include "platform/kafka/dead_letter.h"
#include "platform/kafka/group_consumer.h"
#include "platform/kafka/publisher.h"

namespace telex::ingestion {

// What the decider asks of the cluster.
struct LogEnds {
  // The ends, now, of these partitions; kafka::Admin answers it.
  std::function<absl::StatusOr<std::map<kafka::TopicPartition, std::int64_t>>(
      std::span<const kafka::TopicPartition> partitions)>
      of;
  std::function<absl::Time()> now = [] { return absl::Now(); };
};

// A takeover that reads for longer asks for the ends anew. Compaction keeps a record's last copy:
// while an owner reads up to an end, the copy before it may go, for one behind it that a zombie has
// appended. Half of min.compaction.lag.ms (deploy/kafka/topics.yaml).
inline constexpr absl::Duration kCatchUpWithin = absl::Hours(12);

struct DeciderObserver {
  std::function<void(const Decision&, absl::Duration since_submission)> on_decided;
  std::function<void(std::size_t articles, std::size_t decisions)> on_appended;
};

// The owner of the partitions of telex.submissions.v1 that the group gave to this replica: folds
// them on a PartitionFold each and appends what it says, step by step. Nothing is skipped but what
// cannot be decoded (to the dead-letter topic). A submission of a newer release (an action or a
// rule that this one does not know) holds its partition: the others go on, and nothing is lost. A
// truncated log or an append that fails for good stops it, visibly.
//
// `publisher` must never give up (message_timeout zero, fatal_is_fatal). All outlive the decider.
// The handler's calls come from the consumer's thread; Owned() and Held() are thread-safe.
class Decider final : public kafka::GroupHandler {
 public:
  Decider(RuleBook rules, std::string cluster_id, const LogStore& log_store, LogEnds ends,
          kafka::Publisher& publisher, kafka::DeadLetters& dead_letters, DeciderObserver observer);

  absl::StatusOr<std::vector<kafka::StartOffset>> OnAssigned(
      std::span<const kafka::AssignedPartition> partitions, std::stop_token stop) override;
  kafka::Outcome OnBatch(const kafka::TopicPartition& partition,
                         std::span<const kafka::Record> records, std::stop_token stop) override;
  // Partitions that lie ready are decided together: each step is waited for once and not once a
  // partition.
  kafka::Outcome OnBatches(std::span<const kafka::PartitionBatch> batches,
                           std::stop_token stop) override;
  void OnRevoked(std::span<const kafka::TopicPartition> partitions, bool lost) override;

  // The partitions that this replica decides now: taken over, caught up and not held.
  std::set<std::int32_t> Owned() const;
  // FAILED_PRECONDITION / UNKNOWN_RULE or / RECORD_FROM_NEWER_RELEASE while a partition is held.
  absl::Status Held() const;

 private:
  absl::Status CatchUp(std::span<const kafka::AssignedPartition> partitions,
                       std::stop_token stop) const;
  // Has the log store read these partitions up to their ends of now.
  absl::Status ReadToTheEnds(std::span<const kafka::TopicPartition> places,
                             std::stop_token stop) const;
  struct PendingBatch;  // what is to be decided of one partition
  kafka::Outcome Read(const kafka::PartitionBatch& batch, PendingBatch& one, std::stop_token stop);
  kafka::Outcome DecideAll(std::vector<PendingBatch>& pending, std::stop_token stop);
  kafka::Outcome HoldPartitions(const std::vector<PendingBatch>& pending);

  const RuleBook rules_;
  const std::string cluster_id_;
  const LogStore& log_store_;
  const LogEnds ends_;
  kafka::Publisher& publisher_;
  kafka::DeadLetters& dead_letters_;
  const DeciderObserver observer_;
  std::map<std::int32_t, std::unique_ptr<PartitionFold>> folds_;  // the consumer's thread only

  mutable std::mutex mutex_;
  std::set<std::int32_t> owned_;
  std::map<std::int32_t, absl::Status> held_;
};

}  // namespace telex::ingestion
