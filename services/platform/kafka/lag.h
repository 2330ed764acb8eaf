// How far a reader of the log is behind.
#pragma once

#include <absl/time/time.h>

#include <algorithm>
#include <cstdint>
#include <span>

#include "platform/kafka/record.h"

namespace telex::kafka {

struct PartitionLag {
  TopicPartition partition;
  int64_t next_offset = -1;  // the first that is not processed; -1: not known yet
  int64_t end_offset = -1;   // of the log, as of the last fetch; -1: not known yet
  int64_t records = 0;       // end_offset - next_offset, 0 when not known
  // Now minus the timestamp of the oldest record that is not processed; zero when there is none.
  absl::Duration behind = absl::ZeroDuration();
};

// Of the partition that is furthest behind; zero when there is none.
inline absl::Duration LongestBehind(std::span<const PartitionLag> lags) {
  absl::Duration longest = absl::ZeroDuration();
  for (const PartitionLag& lag : lags) longest = std::max(longest, lag.behind);
  return longest;
}

// Of all of them.
inline int64_t RecordsBehind(std::span<const PartitionLag> lags) {
  int64_t records = 0;
  for (const PartitionLag& lag : lags) records += lag.records;
  return records;
}

}  // namespace telex::kafka
