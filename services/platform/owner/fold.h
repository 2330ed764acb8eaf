// What the owner of a partition makes of its records: the part that differs between services.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
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
  // A batch, in order and not empty. The one before is dealt with, or will come again.
  virtual void Take(std::span<const kafka::RecordView> records) = 0;
  // What follows of the batch's records that are not dealt with; asked until none is left.
  // FAILED_PRECONDITION: this release cannot deal with the next one, its partition is held there.
  // Any other error ends the process.
  virtual absl::StatusOr<Round> Next(bool read) = 0;
  // The round that Next has answered last is on record. Until then nothing may be built on it.
  virtual void Recorded() = 0;
};

}  // namespace telex::owner
