#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platform/kafka/dead_letter.h"
#include "platform/owner/owned_partition.h"
#include "tests/simulation/translation/queue_replica.h"
#include "translation/adapters/owner/article_jobs.h"

namespace telex::simulation {

struct QueueOwnerParts {
  std::uint64_t number = 0;  // from 1 on
  std::size_t replica_number = 0;
  QueueReplica& replica;  // whose process outlives it
  const QueueLogs& logs;
  std::optional<std::int64_t> committed;  // the group's offset
  std::function<std::shared_ptr<const translation::Policy>(std::int64_t append_ms)> policy_at;
  std::function<absl::Time()> now;  // its clock
  QueueRuleTakenAway taken_away = QueueRuleTakenAway::kNone;
};

// The partition as a replica owns it, or believes it does: what runs in production over ArticleJobs
// (owner::OwnedPartition), with what its group's consumer keeps of it. What it asks for and appends
// lies here until the world takes it; what comes for it, until its next turn.
class QueueOwner final : public owner::Surroundings {
 public:
  explicit QueueOwner(QueueOwnerParts parts);

  void AskForEnds(std::vector<kafka::TopicPartition> places) override;
  std::int64_t PositionOf(const kafka::TopicPartition& place) const override;
  void Append(kafka::Record record) override { outbox.push_back(std::move(record)); }
  absl::Time Now() const override { return parts_.now(); }

  void AnswerEnds();  // as they are now; it comes with the next turn
  void Acknowledge(std::size_t bytes);
  // What has come, then the batch in work, or the next one of at most so many records.
  absl::StatusOr<kafka::Progress> Turn(int batch_max);

  bool Owned() const { return machine_->Owned(); }
  bool Rests() const;  // it has read all articles, and waits for nothing
  std::uint64_t number() const { return parts_.number; }
  std::size_t replica_number() const { return parts_.replica_number; }

  std::vector<kafka::TopicPartition> question;  // not answered by the broker yet
  std::vector<kafka::Record> outbox;
  std::int64_t reached = 0;  // all before it is dealt with; to be committed

 private:
  void Fetch(int batch_max);

  const QueueOwnerParts parts_;
  const kafka::DeadLetters dead_letters_{translation::kTranslatorsGroup, 1};
  std::optional<owner::Ends> answer_;  // on its way
  std::vector<kafka::Record> records_;
  std::vector<kafka::RecordView> batch_;  // in work
  std::int64_t next_ = 0;
  std::size_t unacked_ = 0;
  std::size_t acked_records_ = 0;
  std::size_t acked_bytes_ = 0;
  std::optional<owner::OwnedPartition> machine_;
};

}  // namespace telex::simulation
