#pragma once

#include <absl/status/status.h>
#include <absl/time/clock.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "ingestion/domain/partition_fold.h"
#include "platform/kafka/dead_letter.h"
#include "platform/owner/fold.h"

namespace telex::ingestion {

// Called on the owner's thread, when a decision is on record.
using OnDecided = std::function<void(const Decision&, absl::Duration since_submission)>;

struct DeciderParts {
  RuleBook rules;
  std::string cluster_id;
  // Both outlive the decider.
  const Ledger& ledger;
  const kafka::DeadLetters& dead_letters;
  OnDecided on_decided;
  std::function<absl::Time()> now = [] { return absl::Now(); };
};

// Decides the submissions of one partition of telex.submissions.v1: records in, a PartitionFold,
// and records out. Nothing is skipped but what cannot be decoded (to the dead-letter topic). A
// submission of a newer release (an action or a rule that this one does not know) holds the
// partition: RECORD_FROM_NEWER_RELEASE, UNKNOWN_RULE.
class Decider final : public owner::Fold {
 public:
  Decider(std::int32_t partition, DeciderParts parts);

  std::int64_t KnownEnd() const override;
  void Take(std::span<const kafka::RecordView> records) override;
  absl::StatusOr<owner::Round> Next(bool read) override;
  void Recorded() override;

 private:
  void TakeOne(const kafka::RecordView& record, std::size_t place);
  // How many records lie before this submission; behind the last one, all that can be dealt with.
  std::size_t RecordsBefore(std::size_t submission) const {
    return submission < places_.size() ? places_[submission] : end_;
  }
  owner::Round RoundOf(PartitionFold::Work work);
  void AppendResults(owner::Round& round) const;
  const std::string& TraceOf(const SubmissionPosition& position) const;

  const std::int32_t partition_;
  const DeciderParts parts_;
  PartitionFold fold_;

  // The batch.
  std::vector<PositionedSubmission> submissions_;
  std::vector<std::size_t> places_;        // of each submission, among the records
  std::vector<std::string> traceparents_;  // of each submission
  struct Unreadable {
    std::size_t place;
    kafka::Record record;
    absl::Status why;
  };
  std::vector<Unreadable> unreadable_;  // and not set aside
  std::size_t end_ = 0;                 // the records from here on are not to be dealt with
  absl::Status held_;                   // and why, unless the batch ends there
  std::size_t next_ = 0;                // the first submission that is not decided
  std::size_t taken_ = 0;               // so many records are dealt with

  // The round that was answered last.
  PartitionFold::Work work_;
  std::size_t round_end_ = 0;
};

}  // namespace telex::ingestion
