// What a handler of records answers.
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <map>
#include <utility>

#include "platform/kafka/record.h"

namespace telex::kafka {

class Outcome {
 public:
  enum class Kind { kDone, kRetry, kFatal };

  // All records of the batch are dealt with; the position moves on.
  static Outcome Done() { return Outcome(Kind::kDone, absl::OkStatus()); }
  // Done, but for the records of these partitions from the offset on: this member cannot deal with
  // them, ever. Their position stays there, and nothing more is read of them until they are
  // assigned anew (to a member of a newer release, for instance).
  static Outcome DoneButHeld(std::map<TopicPartition, int64_t> held) {
    Outcome outcome = Done();
    outcome.held_ = std::move(held);
    return outcome;
  }
  // Something outside is not there now (`why` is not ok): the same batch comes again after a pause.
  // Nothing is lost and nothing overtakes it.
  static Outcome Retry(absl::Status why) { return Outcome(Kind::kRetry, std::move(why)); }
  // It will never work: consuming stops and the owner is told. The position stays.
  static Outcome Fatal(absl::Status why) { return Outcome(Kind::kFatal, std::move(why)); }

  Kind kind() const { return kind_; }
  const absl::Status& status() const { return status_; }
  const std::map<TopicPartition, int64_t>& held() const { return held_; }

 private:
  Outcome(Kind kind, absl::Status status) : kind_(kind), status_(std::move(status)) {}
  Kind kind_;
  absl::Status status_;
  std::map<TopicPartition, int64_t> held_;
};

}  // namespace telex::kafka
