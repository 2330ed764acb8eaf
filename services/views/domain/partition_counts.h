#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
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

// Counts the views of one partition: a function of its records alone, in their order, so that every
// owner comes to the same totals, and a recount does. Pure but for `load`; not thread-safe.
//
// Totals are absolute, and each says up to which position it counts: a record at or before it is in
// there already. So whoever begins at a checkpoint, after totals behind it were written, adds
// nothing twice.
class PartitionCounts {
 public:
  // The totals of a story and a day as they were recorded last; nullopt when there are none.
  using Load = std::function<absl::StatusOr<std::optional<DayTotals>>(const DayKey& key)>;

  // `from`: the last checkpoint of the partition. Then every record from its rewind_offset on.
  PartitionCounts(const CountingRule& rule, absl::TimeZone zone, const Checkpoint& from, Load load);

  // The record at `offset`: one view, appended at `append_ms`. An error is that of `load`; the view
  // was not counted then, and may come again.
  absl::Status Count(std::int64_t offset, std::int64_t append_ms, const View& view);

  // The totals that differ from what was recorded, as of the last record counted: to be written
  // first, and when they are acknowledged the checkpoint.
  std::vector<std::pair<DayKey, const DayTotals*>> Changed();
  Checkpoint CheckpointNow();
  // What Changed gave out is on record. Totals of which no more is expected soon are forgotten.
  void Recorded();

  const LookWindows& windows() const { return windows_; }

  // Totals in memory that have not changed lately; the rest is loaded when it is needed.
  static constexpr std::size_t kUnchangedMax = 100'000;

 private:
  struct Kept {
    DayTotals totals;
    std::int64_t counted_up_to = -1;  // its position as it was loaded
    bool changed = false;
  };
  absl::StatusOr<Kept*> TotalsOf(const DayKey& key);
  std::int64_t RewindSecond() const;
  void NoteSecond(std::int64_t offset, std::int64_t append_ms);
  void Restore(const View& view, std::int64_t time_ms, const DayKey& key, Kept& kept);
  CountedBy CountedByOf(const View& view, std::int64_t time_ms, const DayKey& key, Kept& kept);
  void Add(const DayKey& key, Kept& kept, const CountedBy& by, std::int64_t count);
  void NoteChange(const DayKey& key, Kept& kept);

  const CountingRule rule_;
  Calendar calendar_;
  const Load load_;
  const Checkpoint from_;
  EventWindow events_;
  LookWindows windows_;
  // The first record of each second of appending, as far as records of it may bear on what comes.
  struct Appended {
    std::int64_t second;
    std::int64_t first_offset;
  };
  std::deque<Appended> appended_;
  std::int64_t second_;  // of the newest record; does not fall
  std::int64_t position_;
  absl::flat_hash_map<DayKey, std::unique_ptr<Kept>> totals_;
  std::vector<DayKey> changed_;
};

}  // namespace telex::views
