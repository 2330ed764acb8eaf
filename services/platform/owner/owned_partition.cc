#include "platform/owner/owned_partition.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"

namespace telex::owner {

using kafka::Progress;

OwnedPartition::OwnedPartition(Takeover takeover, std::unique_ptr<Fold> fold,
                               Surroundings& surroundings)
    : takeover_(std::move(takeover)), fold_(std::move(fold)), surroundings_(surroundings) {
  asked_ = surroundings_.Now();
  surroundings_.AskForEnds(takeover_.derived);
}

void OwnedPartition::OnEnds(absl::StatusOr<Ends> ends) {
  if (!ends.ok()) {
    failure_ = ends.status();
    return;
  }
  switch (state_) {
    case State::kAwaitingEnds:
      state_ = State::kCatchingUp;
      ends_ = *std::move(ends);
      return;
    case State::kReading:
      ends_ = *std::move(ends);
      return;
    case State::kAwaitingInputEnd: {
      const auto found = ends->find(takeover_.assigned.partition);
      const std::int64_t end = found == ends->end() ? 0 : found->second;
      failure_ = CheckInput(end);
      state_ = State::kIdle;
      if (!failure_.ok()) return;
      fold_->OnOwned(end);
      failure_ = CheckDerived();
      return;
    }
    case State::kCatchingUp:
    case State::kIdle:
    case State::kAppending:
      return;  // nothing was asked
  }
}

void OwnedPartition::OnAppended(std::size_t records, std::size_t bytes,
                                const absl::Status& result) {
  failure_.Update(result);
  unacked_ -= records;
  unacked_bytes_ -= bytes;
}

bool OwnedPartition::HasRead() const {
  return std::all_of(ends_.begin(), ends_.end(), [&](const auto& end) {
    return surroundings_.PositionOf(end.first) >= end.second;
  });
}

// A log that is shorter than what is known of it was restored or recreated: going on would decide
// again what has been decided.
absl::Status OwnedPartition::CheckInput(std::int64_t end) const {
  const kafka::TopicPartition& input = takeover_.assigned.partition;
  const std::int64_t committed = takeover_.assigned.committed.value_or(0);
  const std::int64_t known = std::max(known_end_, committed);
  if (end < known) {
    return errors::Error(
        absl::StatusCode::kFailedPrecondition, errors::kLogTruncated,
        fmt::format("{}/{} ends at {}, and what lies before {} is known: the log was restored or "
                    "recreated",
                    input.topic, input.partition, end, known));
  }
  return absl::OkStatus();
}

// What was derived from the input must not be older than the group's offset: going on would leave
// out what lies between.
absl::Status OwnedPartition::CheckDerived() const {
  const kafka::TopicPartition& input = takeover_.assigned.partition;
  const std::int64_t committed = takeover_.assigned.committed.value_or(0);
  const std::int64_t known = std::max(known_end_, fold_->ResumeFrom(committed).value_or(0));
  if (committed <= known) return absl::OkStatus();
  return errors::Error(
      absl::StatusCode::kFailedPrecondition, errors::kLogTruncated,
      fmt::format(
          "{}/{}: the group's offset is {}, and what was made of the log is known up to {}: "
          "it was restored or lost",
          input.topic, input.partition, committed, known));
}

absl::Status OwnedPartition::Advance() {
  if (state_ == State::kCatchingUp && HasRead()) {
    if (surroundings_.Now() - asked_ > kCatchUpWithin) {
      state_ = State::kAwaitingEnds;
      asked_ = surroundings_.Now();
      surroundings_.AskForEnds(takeover_.derived);
    } else {
      // What is known first, the end after: other members go on deciding, and what they decide in
      // between is no truncation.
      known_end_ = fold_->KnownEnd();
      state_ = State::kAwaitingInputEnd;
      surroundings_.AskForEnds({takeover_.assigned.partition});
    }
  }
  if (failure_.ok() && !batch_) failure_.Update(FoldIdle());
  return failure_;
}

// Between two batches.
absl::Status OwnedPartition::FoldIdle() {
  if (state_ == State::kAppending) Appended();
  if (state_ != State::kIdle) return absl::OkStatus();
  ASSIGN_OR_RETURN(Round round, fold_->Idle(surroundings_.Now()));
  if (round.steps.empty()) return absl::OkStatus();
  Begin(std::move(round));
  Appended();
  return absl::OkStatus();
}

void OwnedPartition::Begin(Round round) {
  round_ = std::move(round);
  state_ = State::kAppending;
  step_ = 0;
  sent_ = 0;
}

absl::StatusOr<Progress> OwnedPartition::OnBatch(std::span<const kafka::RecordView> records,
                                                 bool finishing) {
  RETURN_IF_ERROR(Advance());
  const bool idle_round = state_ == State::kAppending && !batch_;
  if (idle_round) return At(Progress::State::kWorking, records);
  if (state_ < State::kIdle) {
    return At(finishing ? Progress::State::kStopped : Progress::State::kWorking, records);
  }
  if (batch_ != records.front().offset()) {
    batch_ = records.front().offset();
    done_ = 0;
    fold_->Take(records);
  }
  while (failure_.ok()) {
    if (state_ == State::kAppending && !Appended()) return At(Progress::State::kWorking, records);
    if (state_ == State::kReading && !ends_.empty() && HasRead()) {
      state_ = State::kIdle;
      read_ = true;
    }
    if (done_ == records.size()) {
      batch_.reset();
      return Progress{};
    }
    if (finishing) return At(Progress::State::kStopped, records);
    if (state_ == State::kReading) return At(Progress::State::kWorking, records);
    if (absl::Status folded = FoldNext(); !folded.ok()) {
      if (!absl::IsFailedPrecondition(folded) || errors::Is(folded, errors::kLogTruncated)) {
        return folded;
      }
      const kafka::TopicPartition& input = takeover_.assigned.partition;
      held_ = errors::WithContext(folded, fmt::format("{}/{} at {}", input.topic, input.partition,
                                                      records[done_].offset()));
      const Progress held = At(Progress::State::kHeld, records);
      batch_.reset();  // it does not come again: the fold goes on with what it has of its own
      return held;
    }
  }
  return failure_;
}

absl::Status OwnedPartition::FoldNext() {
  ASSIGN_OR_RETURN(Round round, fold_->Next(std::exchange(read_, false)));
  if (!round.read_first.empty()) {
    state_ = State::kReading;
    ends_.clear();
    surroundings_.AskForEnds(std::move(round.read_first));
    return absl::OkStatus();
  }
  Begin(std::move(round));
  return absl::OkStatus();
}

bool OwnedPartition::Appended() {
  for (; step_ < round_.steps.size(); ++step_, sent_ = 0) {
    std::vector<kafka::Record>& step = round_.steps[step_];
    while (sent_ < step.size()) {
      const std::size_t bytes = kafka::WeightOf(step[sent_]);
      if (unacked_ > 0 && unacked_bytes_ + bytes > kUnackedBytesMax) return false;
      ++unacked_;
      unacked_bytes_ += bytes;
      surroundings_.Append(std::move(step[sent_++]));
    }
    if (unacked_ > 0) return false;
  }
  done_ += round_.taken;
  round_ = {};
  state_ = State::kIdle;
  fold_->Recorded();
  return true;
}

Progress OwnedPartition::At(Progress::State state,
                            std::span<const kafka::RecordView> records) const {
  const std::size_t done = batch_ ? done_ : 0;
  return {state, done < records.size() ? records[done].offset() : records.back().offset() + 1};
}

}  // namespace telex::owner
