#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "views/domain/calendar.h"
#include "views/domain/counting_rule.h"
#include "views/domain/day_totals.h"
#include "views/domain/event_window.h"
#include "views/domain/look_windows.h"
#include "views/domain/recorded_counts.h"
#include "views/domain/view.h"

namespace telex::views {

// What became of a view.
struct Judgement {
  bool same_event = false;       // it came before; nothing else is told then
  DayKey under;                  // the totals that it is in, whether it counts or not
  std::int64_t time_ms = 0;      // of the look; no later than its record
  std::int64_t closed_ms = 0;    // LookWindows, when it came
  LookWindows::LookResult look;  // its filter may be the edge's
};

// Counts the views of one partition: a function of its records alone, in their order, so that every
// owner comes to the same totals, and a recount does. Pure but for `load`; not thread-safe.
//
// Totals are absolute, and each says up to which position it counts: a record at or before it is in
// there already. So whoever begins at a checkpoint, after totals behind it were written, adds
// nothing twice.
class PartitionCounts {
 public:
  // The totals of a story and a day as they have been read back; nullopt when there are none.
  using Load = std::function<absl::StatusOr<std::optional<DayTotals>>(const DayKey& key)>;

  // Totals kept in memory, but for those that change and those that are not read back yet.
  static constexpr std::size_t kTotalsBytesMax = std::size_t{64} << 20;

  // `from`: the last checkpoint of the partition, which CheckAlike has found to be by the same
  // rule. Then every record from its rewind_offset on; those before it are skipped.
  PartitionCounts(const CountingRule& rule, absl::TimeZone zone, const Checkpoint& from, Load load,
                  std::size_t totals_bytes_max = kTotalsBytesMax);

  // Whether what was counted by that rule and in days of that zone can be counted on.
  // FAILED_PRECONDITION / UNKNOWN_RULE.
  static absl::Status CheckAlike(const CountingRule& rule, std::string_view zone, int recorded_rule,
                                 std::string_view recorded_zone);

  // The record at `offset`: one view, appended at `append_ms`. An error is that of `load` or of
  // CheckAlike; the view was not counted then, and may come again.
  absl::Status Count(std::int64_t offset, std::int64_t append_ms, const View& view);
  // What became of the last view that was counted here, and was not counted already.
  const Judgement& judged() const { return judged_; }
  // The record at `offset` is no view.
  void Skip(std::int64_t offset) { position_ = std::max(position_, offset); }

  // The totals that differ from what was recorded, as of the last record counted: to be written
  // first, and when they are acknowledged the checkpoint.
  std::vector<std::pair<DayKey, const DayTotals*>> Changed();
  std::size_t changed() const { return changed_.size(); }
  // Of those that differ, one as it is now; null: it does not. Until the next call of Count.
  const DayTotals* ChangedOf(const DayKey& key) const;
  std::size_t changed_bytes() const { return changed_bytes_; }  // as they lie in memory, about
  Checkpoint CheckpointNow();
  // What Changed gave out is on record. Of the totals that do not change some are forgotten, if
  // they are too many and have been read back.
  void Recorded();

  // What is on record of that day is overtaken: Changed gives it once more. Errors as of Count.
  absl::Status MarkChanged(const DayKey& key);
  // Nothing has come for a day, and nothing will that was appended before: whoever counts on begins
  // behind the last record, as retention is about to delete what bears on nothing any more. True:
  // the checkpoint is another one because of it. `now_ms`: the clock.
  bool RewindToEnd(std::int64_t now_ms);

  // The totals kept are far more than they should be, as what was appended is not read back.
  bool OverBudget() const { return totals_bytes_ > 2 * totals_bytes_max_; }
  // All that was recorded has been read back: what does not change is forgotten.
  void ForgetUnchanged();

  std::int64_t position() const { return position_; }  // of the last record counted; -1: none
  const LookWindows& windows() const { return windows_; }
  const EventWindow& events() const { return events_; }

 private:
  struct Kept {
    DayTotals totals;
    std::int64_t counted_up_to = -1;  // its position as it was loaded
    std::size_t bytes = 0;            // when it was weighed last
    bool changed = false;
    bool used = false;  // since it was last found unchanged
  };
  absl::StatusOr<Kept*> TotalsOf(const DayKey& key);
  absl::Status Restore(std::int64_t offset, std::int64_t append_ms, std::int64_t time_ms,
                       const View& view);
  std::int64_t RewindSecond() const;
  void NoteSecond(std::int64_t offset, std::int64_t append_ms);
  void Add(const DayKey& key, Kept& kept, const CountedBy& by);
  void TakeBack(const DayKey& key, Kept& kept, const CountedBy& by);
  void NoteChange(const DayKey& key, Kept& kept);
  void Weigh(Kept& kept);
  void Sweep();

  const CountingRule rule_;
  const std::string zone_;  // its name
  Calendar calendar_;
  const Load load_;
  const Checkpoint from_;
  const std::size_t totals_bytes_max_;
  EventWindow events_;
  LookWindows windows_;
  // The first record of each second of appending, as far as records of it may bear on what comes.
  struct Appended {
    std::int64_t second;
    std::int64_t first_offset;
  };
  std::deque<Appended> appended_;
  bool rewound_to_end_ = false;  // nothing of what was appended bears on what comes
  std::int64_t second_;          // of the newest record; does not fall
  std::int64_t position_;
  Judgement judged_;
  absl::flat_hash_map<DayKey, std::unique_ptr<Kept>> totals_;
  std::size_t totals_bytes_ = 0;
  std::deque<DayKey> order_;  // each of totals_ once; the first is the next to be forgotten
  std::vector<DayKey> changed_;
  std::size_t changed_bytes_ = 0;
};

}  // namespace telex::views
