#include "views/adapters/counting_fold.h"

#include <algorithm>
#include <string>

#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "views/adapters/count_codec.h"
#include "views/adapters/topics.h"

namespace telex::views {

using owner::Round;

std::int64_t CountingFold::KnownEnd() const {
  const auto checkpoint = parts_.recorded.CheckpointOf(partition_);
  return checkpoint ? checkpoint->position + 1 : 0;
}

void CountingFold::OnOwned(std::int64_t input_end) {
  input_end_ = input_end;
  recorded_ = parts_.recorded.CheckpointOf(partition_);
  if (recorded_) {
    held_ = PartitionCounts::CheckAlike(parts_.rule, parts_.zone.name(), recorded_->rule,
                                        recorded_->zone);
  }
  const Checkpoint from = recorded_.value_or(Checkpoint{});
  last_record_ = from.last_record;
  if (last_record_) {
    before_ = {.offset = from.position,
               .timestamp_ms = last_record_->timestamp_ms,
               .hash = last_record_->hash};
  }
  next_offset_ = from.rewind_offset;
  counts_.emplace(
      parts_.rule, parts_.zone, from,
      [this](const DayKey& key) -> absl::StatusOr<std::optional<DayTotals>> {
        return parts_.recorded.Totals(key);
      },
      parts_.totals_bytes_max);
}

void CountingFold::Take(std::span<const kafka::RecordView> records) {
  batch_.assign(records.begin(), records.end());
  next_ = 0;
  quiet_ = absl::ZeroDuration();
}

absl::StatusOr<Round> CountingFold::Next(bool read) {
  RETURN_IF_ERROR(held_);
  if (read) {
    counts_->ForgetUnchanged();
  } else if (counts_->OverBudget()) {
    return Round{.read_first = {{kViewCountsTopic, partition_}}};
  }
  absl::Status fault;
  taken_ = 0;
  while (next_ + taken_ < batch_.size() && !WriteDue()) {
    fault = CountOne(batch_[next_ + taken_]);
    if (!fault.ok()) break;
    ++taken_;
  }
  stopped_ = !fault.ok();
  if (taken_ > 0) NoteLast(batch_[next_ + taken_ - 1]);
  if (errors::Is(fault, errors::kLogTruncated)) return fault;
  // What was counted before it is written, and then the partition is held.
  if (!fault.ok() && taken_ == 0 && !Dirty()) return fault;
  Round round{.taken = taken_};
  round.steps.emplace_back();
  for (const Unreadable& one : unreadable_)
    round.steps.back().push_back(parts_.dead_letters.Make(one.record, one.why));
  if (WriteDue() || !fault.ok()) AppendCounts(round);
  return round;
}

// The record that the owner before has counted last comes again, as long as what was appended
// lately bears on what comes. Another one in its place: nothing of that log is counted.
absl::Status CountingFold::CheckLog(const kafka::RecordView& record) const {
  if (!before_ || record.offset() != before_->offset) return absl::OkStatus();
  return kafka::CheckSameRecord({kViewsTopic, partition_}, *before_, record);
}

void CountingFold::NoteLast(const kafka::RecordView& record) {
  if (record.offset() != counts_->position()) return;
  const kafka::Fingerprint print = kafka::FingerprintOf(record);
  last_record_ = {.timestamp_ms = print.timestamp_ms, .hash = print.hash};
}

absl::Status CountingFold::CountOne(const kafka::RecordView& record) {
  RETURN_IF_ERROR(CheckLog(record));
  const auto view = reader_.Read(record);
  if (absl::IsUnimplemented(view.status())) {
    return errors::Error(absl::StatusCode::kFailedPrecondition, errors::kRecordFromNewerRelease,
                         std::string(view.status().message()));
  }
  if (view.ok()) {
    RETURN_IF_ERROR(counts_->Count(record.offset(), record.timestamp_ms(), *view));
  } else if (record.offset() > counts_->position()) {  // else it was set aside before
    unreadable_.push_back({record.Copy(), view.status()});
    counts_->Skip(record.offset());
  }
  next_offset_ = record.offset() + 1;
  if (record.offset() == counts_->position()) ++taken_since_written_;  // else read again
  return absl::OkStatus();
}

bool CountingFold::Dirty() const {
  return checkpoint_due_ || counts_->changed() > 0 ||
         counts_->position() != (recorded_ ? recorded_->position : -1);
}

bool CountingFold::WriteDue() const {
  return counts_->changed_bytes() >= kChangedBytesMax ||
         taken_since_written_ >= parts_.write_after_views;
}

void CountingFold::AppendCounts(Round& round) {
  const absl::Time as_of = absl::FromUnixMillis(counts_->windows().Watermark());
  std::vector<kafka::Record> totals;
  totals.reserve(counts_->changed());
  for (const auto& [key, changed] : counts_->Changed())
    totals.push_back(RecordOf(partition_, key, *changed, as_of));
  checkpoint_ = counts_->CheckpointNow();
  checkpoint_.last_record = last_record_;
  written_ = true;
  round.steps.push_back(std::move(totals));
  if (checkpoint_.position >= 0) round.steps.push_back({RecordOf(partition_, checkpoint_)});
}

absl::StatusOr<Round> CountingFold::Idle(absl::Time now) {
  Round round;
  if (!held_.ok()) return round;
  RETURN_IF_ERROR(NoteOvertaken(now));
  NoteQuiet(now);
  if (!Dirty()) return round;
  if (!dirty_since_ || now < *dirty_since_) dirty_since_ = now;
  if (now - *dirty_since_ < kWriteAfter) return round;
  taken_ = 0;
  AppendCounts(round);
  return round;
}

// A zombie has appended an older value behind a newer one: compaction would keep the older.
absl::Status CountingFold::NoteOvertaken(absl::Time now) {
  if (now >= overtaken_at_ && now - overtaken_at_ < kOvertakenAfter) return absl::OkStatus();
  overtaken_at_ = now;
  const Overtaken overtaken = parts_.recorded.OvertakenIn(partition_);
  for (const DayKey& key : overtaken.days) {
    const absl::Status again = counts_->MarkChanged(key);
    // By another rule it is not ours to append.
    if (!again.ok() && !absl::IsFailedPrecondition(again)) return again;
  }
  checkpoint_due_ = checkpoint_due_ || overtaken.checkpoint;
  return absl::OkStatus();
}

void CountingFold::NoteQuiet(absl::Time now) {
  const absl::Time before = std::exchange(turned_at_, now).value_or(now);
  quiet_ += std::clamp(now - before, absl::ZeroDuration(), kQuietStepMax);
  // While it is held, records wait that what was counted bears on.
  if (stopped_ || next_offset_ < input_end_ || quiet_ < kQuietAfter) return;
  checkpoint_due_ = counts_->RewindToEnd(absl::ToUnixMillis(now)) || checkpoint_due_;
}

void CountingFold::Recorded() {
  for (const Unreadable& one : unreadable_) parts_.dead_letters.Noted(one.record, one.why);
  unreadable_.clear();
  next_ += taken_;
  std::size_t totals = 0;
  if (std::exchange(written_, false)) {
    totals = counts_->changed();
    counts_->Recorded();
    if (checkpoint_.position >= 0) recorded_ = checkpoint_;
    checkpoint_due_ = false;
    dirty_since_.reset();
    taken_since_written_ = 0;
  }
  TellProgress(totals);
}

void CountingFold::TellProgress(std::size_t totals) {
  const std::uint64_t not_remembered = counts_->events().not_remembered();
  const std::uint64_t closed_early = counts_->windows().seconds_closed_early();
  const CountingProgress progress = {
      .views = taken_,
      .totals = totals,
      .events_not_remembered =
          not_remembered - std::exchange(events_not_remembered_, not_remembered),
      .seconds_closed_early = closed_early - std::exchange(seconds_closed_early_, closed_early)};
  if (parts_.on_recorded) parts_.on_recorded(progress);
}

std::optional<std::int64_t> CountingFold::ResumeFrom(std::int64_t) const {
  if (!recorded_) return std::nullopt;
  return recorded_->rewind_offset;
}

}  // namespace telex::views
