#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "platform/kafka/dead_letter.h"
#include "platform/owner/fold.h"
#include "views/adapters/view_codec.h"
#include "views/domain/partition_counts.h"

namespace telex::views {

// What has been done since the last time that it was told.
struct CountingProgress {
  std::size_t views = 0;   // dealt with
  std::size_t totals = 0;  // on record
  // Where the rule's bounds were reached.
  std::uint64_t events_not_remembered = 0;  // EventWindow
  std::uint64_t seconds_closed_early = 0;   // LookWindows
};

struct CountingParts {
  CountingRule rule = kCountingRule1;
  absl::TimeZone zone;  // of days and hours
  std::size_t totals_bytes_max = PartitionCounts::kTotalsBytesMax;
  // Both outlive the fold.
  const RecordedCounts& recorded;
  const kafka::DeadLetters& dead_letters;
  // On the owner's thread; may be empty.
  std::function<void(const CountingProgress& progress)> on_recorded;
  // However busy it is, totals are written after so many views: fewer writes than one a second of
  // the log when it catches up.
  std::size_t write_after_views = 100'000;
};

// Counts the views of one partition of telex.views.v1: records in, a PartitionCounts, and records
// of telex.view-counts.v1 out, totals before the checkpoint. They are written a second after the
// first of them has changed, or when they are many.
//
// Nothing is skipped but what cannot be decoded (to the dead-letter topic). A view of a newer
// release, and a checkpoint by another rule or zone, hold the partition: RECORD_FROM_NEWER_RELEASE,
// UNKNOWN_RULE. A log that was replaced under its name ends the owner: LOG_TRUNCATED.
class CountingFold final : public owner::Fold {
 public:
  // Between two writes, by the clock of a turn in which nothing is in work.
  static constexpr absl::Duration kWriteAfter = absl::Seconds(1);
  // How often it looks for what is overtaken.
  static constexpr absl::Duration kOvertakenAfter = absl::Seconds(10);
  static constexpr std::size_t kChangedBytesMax = 8u << 20;  // of a round, as they lie in memory
  // Nothing has come for so long, so that nothing more is on its way from the log.
  static constexpr absl::Duration kQuietAfter = absl::Minutes(30);
  static constexpr absl::Duration kQuietStepMax = absl::Minutes(1);  // between two turns

  CountingFold(std::int32_t partition, CountingParts parts)
      : partition_(partition), parts_(std::move(parts)) {}

  std::int64_t KnownEnd() const override;
  void OnOwned(std::int64_t input_end) override;
  void Take(std::span<const kafka::RecordView> records) override;
  absl::StatusOr<owner::Round> Next(bool read) override;
  absl::StatusOr<owner::Round> Idle(absl::Time now) override;
  void Recorded() override;
  std::optional<std::int64_t> ResumeFrom(std::int64_t next) const override;

 private:
  absl::Status CheckLog(const kafka::RecordView& record) const;
  absl::Status CountOne(const kafka::RecordView& record);
  void NoteLast(const kafka::RecordView& record);
  bool Dirty() const;
  bool WriteDue() const;
  void AppendCounts(owner::Round& round);
  void TellProgress(std::size_t totals);
  absl::Status NoteOvertaken(absl::Time now);
  void NoteQuiet(absl::Time now);

  const std::int32_t partition_;
  const CountingParts parts_;
  ViewReader reader_;
  std::optional<PartitionCounts> counts_;     // once it is owned
  absl::Status held_;                         // or why it cannot be counted on
  bool stopped_ = false;                      // at a record that cannot be counted
  std::optional<Checkpoint> recorded_;        // the last one
  std::optional<kafka::Fingerprint> before_;  // as the owner before has read it last
  std::optional<RecordPrint> last_record_;    // the last that is counted
  std::int64_t input_end_ = 0;                // when it was taken over
  std::int64_t next_offset_ = 0;              // behind the last record taken

  // The batch.
  std::vector<kafka::RecordView> batch_;
  std::size_t next_ = 0;  // the first record that is not dealt with

  // The round that was answered last.
  std::size_t taken_ = 0;
  struct Unreadable {
    kafka::Record record;
    absl::Status why;
  };
  std::vector<Unreadable> unreadable_;
  bool written_ = false;  // with totals
  Checkpoint checkpoint_;

  // As it was told.
  std::uint64_t events_not_remembered_ = 0;
  std::uint64_t seconds_closed_early_ = 0;

  // When to write.
  std::size_t taken_since_written_ = 0;
  bool checkpoint_due_ = false;
  std::optional<absl::Time> dirty_since_;
  absl::Time overtaken_at_ = absl::InfinitePast();  // looked for
  absl::Duration quiet_;  // in steps that no jump of the clock makes longer
  std::optional<absl::Time> turned_at_;
};

}  // namespace telex::views
