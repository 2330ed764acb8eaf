#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "views/domain/day_totals.h"

namespace telex::views {

// Tells whether a record is the one that was read at that place before.
struct RecordPrint {
  std::int64_t timestamp_ms = 0;
  std::uint64_t hash = 0;  // of key and value
  bool operator==(const RecordPrint&) const = default;
};

// What a new owner must know to count on as the one before would have.
struct Checkpoint {
  std::int64_t position = -1;      // of the last record counted; -1: none
  std::int64_t rewind_offset = 0;  // the first record that may still bear on what comes
  std::int64_t rewind_second = 0;  // in which it was appended, by the largest time up to it
  std::int64_t closed_ms = 0;      // LookWindows
  std::int64_t watermark_ms = 0;
  int rule = 0;      // CountingRule::number
  std::string zone;  // of days, an IANA name
  // That at `position`; earlier releases did not note it.
  std::optional<RecordPrint> last_record;
  bool operator==(const Checkpoint&) const = default;
};

// Which of two values under one key holds, whichever lies behind the other: the greater.
inline std::int64_t RecencyOf(const DayTotals& totals) { return totals.position; }
inline auto RecencyOf(const Checkpoint& checkpoint) {
  return std::tuple(checkpoint.position, checkpoint.rewind_offset);
}

// What lies in the log with an older value behind a newer one. Readers ignore the older, but
// compaction keeps it: the newer one is to be appended again.
struct Overtaken {
  std::vector<DayKey> days;
  bool checkpoint = false;
};

// What a replica has read back of the counts. It lags behind what the owner appends.
class RecordedCounts {
 public:
  virtual ~RecordedCounts() = default;
  virtual std::optional<DayTotals> Totals(const DayKey& key) const = 0;
  virtual std::optional<Checkpoint> CheckpointOf(std::int32_t partition) const = 0;
  // Some of it, when it is much.
  virtual Overtaken OvertakenIn(std::int32_t partition) const = 0;
};

}  // namespace telex::views
