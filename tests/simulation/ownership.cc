#include "tests/simulation/ownership.h"

#include <limits>
#include <utility>

#include "ingestion/adapters/topics.h"
#include "platform/errors/status_macros.h"
#include "tests/simulation/bent_fold.h"

namespace telex::simulation {

using ingestion::kArticlesTopic;
using ingestion::kDecisionsTopic;
using ingestion::kResourcesTopic;

Ownership::Ownership(OwnershipParts parts, ingestion::DeciderParts decider)
    : parts_(std::move(parts)) {
  const std::int32_t partition = parts_.assigned.partition.partition;
  decider.on_decided = [this](const ingestion::Decision& decision, absl::Duration) {
    decided.push_back(decision);
  };
  machine_.emplace(
      owner::Takeover{.assigned = parts_.assigned,
                      .derived = {{kArticlesTopic, partition},
                                  {kResourcesTopic, partition},
                                  {kDecisionsTopic, partition}}},
      Bent(std::make_unique<ingestion::Decider>(partition, std::move(decider)), parts_.taken_away),
      *this);
}

void Ownership::AskForEnds(std::vector<kafka::TopicPartition> places) {
  question = std::move(places);
}

// Articles and resources are one log here.
std::int64_t Ownership::PositionOf(const kafka::TopicPartition& place) const {
  constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::max();
  const auto i = static_cast<std::size_t>(place.partition);
  if (place.topic == kDecisionsTopic) {
    const bool lie = parts_.taken_away == TakenAway::kDecisionsReadAtTakeOver && !Owned();
    return lie ? kAll : parts_.store.decisions_read[i];
  }
  const bool lie = parts_.taken_away == TakenAway::kVersionsReadAtTakeOver;
  return lie ? kAll : parts_.store.versions_read[i];
}

void Ownership::Acknowledge(std::size_t bytes) {
  ++acked_records_;
  acked_bytes_ += bytes;
}

absl::StatusOr<kafka::Progress> Ownership::Turn() {
  if (answer) machine_->OnEnds(*std::exchange(answer, std::nullopt));
  if (acked_records_ > 0) {
    machine_->OnAppended(std::exchange(acked_records_, 0), std::exchange(acked_bytes_, 0),
                         absl::OkStatus());
  }
  RETURN_IF_ERROR(machine_->Advance());
  using State = kafka::Progress::State;
  if (batch.empty()) return kafka::Progress{finishing ? State::kStopped : State::kWorking, reached};
  ASSIGN_OR_RETURN(const kafka::Progress progress, machine_->OnBatch(batch, finishing));
  const bool done = progress.state == State::kDone;
  reached = done ? batch.back().offset() + 1 : progress.next;
  if (progress.state != State::kWorking) batch.clear();
  if (progress.state == State::kHeld) held = true;
  return progress;
}

}  // namespace telex::simulation
