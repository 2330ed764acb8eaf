// What the owner of a partition makes of its records: the part that differs between services.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "platform/kafka/record.h"
#include "platform/kafka/record_view.h"

namespace telex::owner {

// A piece of work.
struct Round {
  std::size_t taken = 0;  // so many of the batch's records are dealt with once it is on record
  // Appended in this order; all of a step is acknowledged before the next is begun. Any may be
  // empty.
  std::vector<std::vector<kafka::Record>> steps;
  // Nothing can be said before the local store has read these up to their ends of now; then Next is
  // asked again, with `read`. Such a round takes and appends nothing.
  std::vector<kafka::TopicPartition> read_first;
};

// Of one partition. Does not wait and does no IO but for reading the local store, which has read
// all that was in the log when the partition was taken over. All calls come from one thread.
class Fold {
 public:
  virtual ~Fold() = default;

  // The input's offset behind the last record that is known to have been there.
  virtual std::int64_t KnownEnd() const = 0;
  // The partition is taken over, and its input ends there. Comes before all that follows.
  virtual void OnOwned(std::int64_t input_end) { (void)input_end; }
  // A batch, in order and not empty. The one before is dealt with, or will come again.
  virtual void Take(std::span<const kafka::RecordView> records) = 0;
  // What follows of the batch's records that are not dealt with; asked until none is left.
  // FAILED_PRECONDITION: this release cannot deal with the next one, its partition is held there.
  // Any other error, and LOG_TRUNCATED, ends the process.
  virtual absl::StatusOr<Round> Next(bool read) = 0;
  // Asked in each turn in which neither a batch nor a round is in work, also while the partition is
  // held: what is to be appended though no record has caused it. Takes none and reads nothing
  // first. `now`: the clock, which may say when something is appended and never what. Any error
  // ends the process.
  virtual absl::StatusOr<Round> Idle(absl::Time now) {
    (void)now;
    return Round{};
  }
  // The round that was answered last is on record. Until then nothing may be built on it.
  virtual void Recorded() = 0;
  // From where a successor must begin to read: the group's offset. `next`: all before it is dealt
  // with. nullopt: the group's offset stays as it is.
  virtual std::optional<std::int64_t> ResumeFrom(std::int64_t next) const { return next; }
};

}  // namespace telex::owner
