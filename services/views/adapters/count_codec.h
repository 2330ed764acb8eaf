#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "platform/kafka/record.h"
#include "views/domain/recorded_counts.h"

namespace telex::views {

// The records of telex.view-counts.v1, to bytes and back. The same value gives the same bytes in
// every process. Reading returns INVALID_ARGUMENT, naming the field, for bytes that no release has
// written, and UNIMPLEMENTED for what a newer one has: a filter, a form of visitors, more names. A
// rule that is unknown is read: whether to count on by it is for its owner to say. Pure; any
// thread.

std::string EncodeDayTotals(const DayTotals& totals);
absl::StatusOr<DayTotals> DecodeDayTotals(std::string_view bytes);

std::string EncodeCheckpoint(const Checkpoint& checkpoint);
absl::StatusOr<Checkpoint> DecodeCheckpoint(std::string_view bytes);

// Keys of records.
std::string DayCountsKey(const DayKey& key);           // articles/{article}/days/{yyyy-mm-dd}
std::string CheckpointKey(std::int32_t partition);     // partitions/{partition}
using CountsKey = std::variant<DayKey, std::int32_t>;  // of a day; of a partition's checkpoint
absl::StatusOr<CountsKey> ParseCountsKey(std::string_view key);

// The whole records, of the partition whose views they count. `as_of`: the watermark.
kafka::Record RecordOf(std::int32_t partition, const DayKey& key, const DayTotals& totals,
                       absl::Time as_of);
kafka::Record RecordOf(std::int32_t partition, const Checkpoint& checkpoint);
kafka::Record TombstoneOf(std::int32_t partition, const DayKey& key);

}  // namespace telex::views
