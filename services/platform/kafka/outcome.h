// What a LogHandler answers.
#pragma once

#include <absl/status/status.h>

#include <utility>

namespace telex::kafka {

class Outcome {
 public:
  enum class Kind { kDone, kRetry, kFatal };

  // All records of the batch are dealt with; the position moves on.
  static Outcome Done() { return Outcome(Kind::kDone, absl::OkStatus()); }
  // Something outside is not there now (`why` is not ok): the same batch comes again after a pause.
  // Nothing is lost and nothing overtakes it.
  static Outcome Retry(absl::Status why) { return Outcome(Kind::kRetry, std::move(why)); }
  // It will never work: consuming stops and the owner is told. The position stays.
  static Outcome Fatal(absl::Status why) { return Outcome(Kind::kFatal, std::move(why)); }

  Kind kind() const { return kind_; }
  const absl::Status& status() const { return status_; }

 private:
  Outcome(Kind kind, absl::Status status) : kind_(kind), status_(std::move(status)) {}
  Kind kind_;
  absl::Status status_;
};

}  // namespace telex::kafka
