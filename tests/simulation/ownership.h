#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include "ingestion/adapters/decider.h"
#include "platform/owner/owned_partition.h"
#include "tests/simulation/deciding_simulation.h"
#include "tests/simulation/local_store.h"

namespace telex::simulation {

struct OwnershipParts {
  kafka::AssignedPartition assigned;
  const LocalStore& store;  // the ledger's, too; outlives it
  std::function<absl::Time()> now;
  TakenAway taken_away = TakenAway::kNothing;
};

// A partition that a replica owns, or believes it owns: the machine that runs in production over a
// Decider, with what platform/owner/partition_owner and platform/kafka/group_consumer keep of it.
// What it asks for and appends lies here until the world takes it; what comes for it, until its
// next turn.
class Ownership final : public owner::Surroundings {
 public:
  Ownership(OwnershipParts parts, ingestion::DeciderParts decider);

  void AskForEnds(std::vector<kafka::TopicPartition> places) override;
  std::int64_t PositionOf(const kafka::TopicPartition& place) const override;
  void Append(kafka::Record record) override { outbox.push_back(std::move(record)); }
  absl::Time Now() const override { return parts_.now(); }

  void Acknowledge(std::size_t bytes);
  // What has come, then the batch in work, if there is one.
  absl::StatusOr<kafka::Progress> Turn();
  bool Owned() const { return machine_->Owned(); }
  const absl::Status& why_held() const { return machine_->held(); }

  int stalled_until = 0;   // step; it waits for an answer, its replica reads on
  bool current = true;     // the group agrees; false: a zombie
  bool finishing = false;  // about to be given up: it ends what it has begun
  bool held = false;       // met what its release does not know; nothing more is read
  // Offset of the first submission it was given that its release cannot decode.
  std::int64_t not_beyond = std::numeric_limits<std::int64_t>::max();

  std::vector<kafka::TopicPartition> question;  // not answered by the broker yet
  std::optional<owner::Ends> answer;            // on its way
  std::vector<kafka::Record> outbox;
  std::vector<ingestion::Decision> decided;  // as the decider has told

  std::vector<kafka::RecordView> batch;  // in work
  std::int64_t next = 0;                 // offset of the next submission to be read
  std::int64_t reached = 0;              // all before it is dealt with; to be committed

 private:
  const OwnershipParts parts_;
  std::size_t acked_records_ = 0;
  std::size_t acked_bytes_ = 0;
  std::optional<owner::OwnedPartition> machine_;
};

}  // namespace telex::simulation
