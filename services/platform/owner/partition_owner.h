// Owns the partitions that a consumer group gives to this process: an OwnedPartition each, with the
// log, the local store and the clock around it. Partitions are independent of each other: one whose
// results cannot be appended, or whose leader is away, holds up itself alone.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/clock.h>
#include <absl/time/time.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "platform/kafka/group_consumer.h"
#include "platform/kafka/publisher.h"
#include "platform/observe/heartbeat.h"
#include "platform/owner/owned_partition.h"

namespace telex::owner {

struct PartitionOwnerOptions {
  // The topics that hold the results, each in the partition of its input.
  std::vector<std::string> derived;
  std::function<std::unique_ptr<Fold>(std::int32_t partition)> make_fold;
  // Of the local store (replica::LogReplica::PositionOf).
  std::function<std::int64_t(const kafka::TopicPartition&)> position_of;
  // Asks the leaders (kafka::Admin::EndOffsets); may block for some seconds. UNAVAILABLE and
  // DEADLINE_EXCEEDED are asked again, any other error ends consuming.
  std::function<absl::StatusOr<Ends>(std::span<const kafka::TopicPartition>)> ends;
  std::function<absl::Time()> now = [] { return absl::Now(); };
  std::shared_ptr<observe::Heartbeat> heartbeat;  // of the thread that asks for ends; may be null
};

// The owner's publisher: never gives up, as a hole in what it appends is for ever, and has room for
// all that all partitions may have under way, so that it never waits.
kafka::PublisherConfig OwnerPublisherConfig(std::int32_t partitions);

// The handler's calls come from the consumer's thread; the last three are thread-safe.
class PartitionOwner final : public kafka::GroupHandler {
 public:
  // `publisher` (OwnerPublisherConfig) outlives it.
  PartitionOwner(PartitionOwnerOptions options, kafka::Publisher& publisher);
  ~PartitionOwner() override;

  void OnStart(std::function<void()> wake) override;
  void OnAssigned(std::span<const kafka::AssignedPartition> partitions) override;
  absl::Status OnTurn() override;
  absl::StatusOr<kafka::Progress> OnBatch(const kafka::PartitionBatch& batch,
                                          bool finishing) override;
  std::optional<std::int64_t> ResumeFrom(const kafka::TopicPartition& partition,
                                         std::int64_t next) override;
  void OnRevoked(std::span<const kafka::TopicPartition> partitions, bool lost) override;

  // Taken over, caught up and not held.
  std::set<std::int32_t> Owned() const;
  // FAILED_PRECONDITION, with the fold's reason, while a partition is held.
  absl::Status Held() const;
  // UNAVAILABLE, naming a partition that was assigned longer ago than kTakeoverMax and is not taken
  // over.
  static constexpr absl::Duration kTakeoverMax = absl::Seconds(30);
  absl::Status TakeoversUnderWay() const;

 private:
  class Entry;
  struct Question {
    std::weak_ptr<Entry> of;
    std::vector<kafka::TopicPartition> places;
  };
  void Ask(Question question);
  void AskForEnds(const std::stop_token& stop);
  bool AwaitQuestion(const std::stop_token& stop, Question& question);
  void NoteState(Entry& entry);

  const PartitionOwnerOptions options_;
  kafka::Publisher& publisher_;
  std::function<void()> wake_ = [] {};
  std::map<kafka::TopicPartition, std::shared_ptr<Entry>> entries_;  // the consumer's thread only

  mutable std::mutex mutex_;
  std::set<std::int32_t> owned_;
  std::map<std::int32_t, absl::Status> held_;
  std::map<std::int32_t, std::chrono::steady_clock::time_point> taking_over_;  // since when

  std::mutex questions_mutex_;
  std::condition_variable_any asked_;
  std::deque<Question> questions_;
  std::deque<Question> repeated_;  // the asker's own: whose leaders were away
  std::jthread asker_;
};

}  // namespace telex::owner
