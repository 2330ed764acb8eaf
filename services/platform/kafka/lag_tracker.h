// Inside this room only: what a reader has in hand and how far it is, for Lag(). Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "platform/kafka/lag.h"
#include "platform/kafka/record.h"

struct rd_kafka_s;

namespace telex::kafka::internal {

class LagTracker {
 public:
  // The partition is read from `next_offset` on.
  void Start(const TopicPartition& partition, int64_t next_offset);
  // A record was taken from the library; the first since Done counts.
  void Took(const TopicPartition& partition, int64_t timestamp_ms);
  // All up to next_offset is processed. `oldest_ms`: of the next record in hand, if there is one.
  void Done(const TopicPartition& partition, int64_t next_offset, std::optional<int64_t> oldest_ms);
  void Clear();

  int64_t NextOffset(const TopicPartition& partition) const;  // -1: unknown

  // The ends come from the library's memory: no request is made. `handle` may be null.
  std::vector<PartitionLag> Lag(rd_kafka_s* handle) const;

 private:
  struct State {
    int64_t next_offset = -1;
    std::optional<int64_t> oldest_ms;
  };
  mutable std::mutex mutex_;
  std::map<TopicPartition, State> states_;
};

}  // namespace telex::kafka::internal
