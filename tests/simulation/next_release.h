#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "ingestion/domain/rule.h"
#include "platform/kafka/record.h"
#include "tests/simulation/broker.h"
#include "tests/simulation/fault_profile.h"

namespace telex::simulation {

enum class Release { kThis, kNext };

inline constexpr int kNextRule = 5;        // decides otherwise than those before
inline constexpr int kNextValuesRule = 6;  // decides as rule 4, and what it decides has new values

// The release that comes: it writes values that this one has no name for, in what is submitted and
// decided under kNextValuesRule. It is this release's code between two codecs: what it reads has
// been turned into values that this one knows, what it writes is turned into its own (Written).
struct NextRelease {
  static NextRelease Draw(Random& random);

  // Of a submission; one of them at least, or this release does not know the rule.
  bool action = false;
  bool subject = false;
  bool rule = false;
  // Of what is decided.
  bool status = false;
  bool availability = false;
  bool verdict = false;
  bool reason = false;

  ingestion::RuleBook RulesOf(Release release) const;

  // Whether the other one has written what this release cannot decode.
  bool IsNewer(const ingestion::Submission& submission) const {
    return submission.rule == kNextValuesRule && (action || subject);
  }
  bool IsNewer(const VersionRecord& record) const;
  bool IsNewer(const DecisionPtr& decision) const {
    return decision->rule == kNextValuesRule && (verdict || reason);
  }

  // What IsNewer, of this release, as the next one writes it. UNIMPLEMENTED by its codec is what
  // this release must make of it: any other answer is an error.
  absl::StatusOr<kafka::Record> Written(kafka::Record submission) const;
  absl::StatusOr<VersionRecord> Written(VersionRecord version) const;
  absl::Status Written(const DecisionPtr& decision) const;
};

}  // namespace telex::simulation
