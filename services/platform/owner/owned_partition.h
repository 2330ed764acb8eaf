// The owner of one partition, as a state machine without IO, threads or clock:
//
//   assigned, with the group's offset
//     -> the ends of what was derived from it so far are asked for, and read up to
//     -> the end of the input, which must not lie before what is known of it
//     -> owned: each batch in rounds (Fold), each round in steps; the offset moves behind a round
//        once all of it is acknowledged. Between batches the fold may have a round of its own.
//
// Why in this order: docs/adr/the-log-decides.md. An owner that does not know that it lost its
// partition may go on for a while: what it appends is the very same bytes.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "platform/kafka/group_consumer.h"
#include "platform/owner/fold.h"

namespace telex::owner {

using Ends = std::map<kafka::TopicPartition, std::int64_t>;

// What a partition asks of the world around it. Nothing blocks.
class Surroundings {
 public:
  virtual ~Surroundings() = default;
  // The ends of now; the answer comes by OnEnds, however long that takes.
  virtual void AskForEnds(std::vector<kafka::TopicPartition> places) = 0;
  // How far the local store has read.
  virtual std::int64_t PositionOf(const kafka::TopicPartition& place) const = 0;
  // The acknowledgement comes by OnAppended, in any order.
  virtual void Append(kafka::Record record) = 0;
  virtual absl::Time Now() const = 0;
};

struct Takeover {
  kafka::AssignedPartition assigned;
  // What the fold's results lie in, as far as they concern this partition.
  std::vector<kafka::TopicPartition> derived;
};

class OwnedPartition {
 public:
  // A takeover that reads for longer asks for the ends again. Compaction keeps a record's last
  // copy: while an owner reads up to an end, the copy before it may go, for one behind it that a
  // zombie has appended. Half of min.compaction.lag.ms (deploy/kafka/topics.yaml).
  static constexpr absl::Duration kCatchUpWithin = absl::Hours(12);
  // Appended and not acknowledged, of one partition: one that cannot be written holds no more.
  static constexpr std::size_t kUnackedBytesMax = 4u << 20;

  // `surroundings` outlives it.
  OwnedPartition(Takeover takeover, std::unique_ptr<Fold> fold, Surroundings& surroundings);

  bool Owned() const { return state_ >= State::kIdle && held_.ok(); }
  // Not ok: from where on this release cannot go on, and why.
  const absl::Status& held() const { return held_; }

  // The answer to AskForEnds; not an error that is mended by asking again.
  void OnEnds(absl::StatusOr<Ends> ends);
  // So many records, of so many bytes in all, are acknowledged.
  void OnAppended(std::size_t records, std::size_t bytes, const absl::Status& result);

  // Goes as far as it can without waiting. LOG_TRUNCATED, the fold's or an append's error: the
  // process must end.
  absl::Status Advance();
  // GroupHandler::OnBatch, of this partition.
  absl::StatusOr<kafka::Progress> OnBatch(std::span<const kafka::RecordView> records,
                                          bool finishing);
  // GroupHandler::ResumeFrom, of this partition.
  std::optional<std::int64_t> ResumeFrom(std::int64_t next) const {
    return fold_->ResumeFrom(next);
  }

 private:
  enum class State { kAwaitingEnds, kCatchingUp, kAwaitingInputEnd, kIdle, kReading, kAppending };

  bool HasRead() const;
  absl::Status CheckInput(std::int64_t end) const;
  absl::Status CheckDerived() const;
  absl::Status FoldNext();
  absl::Status FoldIdle();
  void Begin(Round round);
  bool Appended();  // all of the round is acknowledged
  kafka::Progress At(kafka::Progress::State state,
                     std::span<const kafka::RecordView> records) const;

  const Takeover takeover_;
  const std::unique_ptr<Fold> fold_;
  Surroundings& surroundings_;

  State state_ = State::kAwaitingEnds;
  absl::Status failure_;
  absl::Status held_;
  absl::Time asked_;
  Ends ends_;                   // to be read up to
  std::int64_t known_end_ = 0;  // of the input, before its end was asked for

  std::optional<std::int64_t> batch_;  // the first offset of the one in work
  std::size_t done_ = 0;               // so many of its records are dealt with
  bool read_ = false;                  // what the fold asked to be read, has been
  Round round_;
  std::size_t step_ = 0;
  std::size_t sent_ = 0;  // of the step
  std::size_t unacked_ = 0;
  std::size_t unacked_bytes_ = 0;
};

}  // namespace telex::owner
