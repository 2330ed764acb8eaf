#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <map>
#include <string>

namespace telex::ingestion {

// What a replica knows of a log, and what the log says of itself. A log that is shorter than what
// is known was restored or recreated: going on would decide positions anew that have been decided,
// so the replica refuses to start.
struct LogExtent {
  std::string cluster;
  std::map<std::int32_t, std::int64_t> next_offset;  // by partition: one behind the last record
};

// FAILED_PRECONDITION naming `topic`, partition and both offsets when `known` goes beyond `found`
// or was read from another cluster. A partition that is known and not found counts as empty. An
// empty known cluster knows nothing.
absl::Status CheckNotTruncated(const std::string& topic, const LogExtent& known,
                               const LogExtent& found);

}  // namespace telex::ingestion
