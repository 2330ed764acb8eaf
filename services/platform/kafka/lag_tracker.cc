#include "platform/kafka/lag_tracker.h"

#include <absl/time/clock.h>
#include <librdkafka/rdkafka.h>

#include <algorithm>

namespace telex::kafka::internal {

void LagTracker::Start(const TopicPartition& partition, int64_t next_offset) {
  const std::lock_guard lock(mutex_);
  states_[partition] = State{next_offset, std::nullopt};
}

void LagTracker::Took(const TopicPartition& partition, int64_t timestamp_ms) {
  const std::lock_guard lock(mutex_);
  State& state = states_[partition];
  if (!state.oldest_ms) state.oldest_ms = timestamp_ms;
}

void LagTracker::Done(const TopicPartition& partition, int64_t next_offset,
                      std::optional<int64_t> oldest_ms) {
  const std::lock_guard lock(mutex_);
  states_[partition] = State{next_offset, oldest_ms};
}

void LagTracker::Clear() {
  const std::lock_guard lock(mutex_);
  states_.clear();
}

int64_t LagTracker::NextOffset(const TopicPartition& partition) const {
  const std::lock_guard lock(mutex_);
  const auto found = states_.find(partition);
  return found == states_.end() ? -1 : found->second.next_offset;
}

std::vector<PartitionLag> LagTracker::Lag(rd_kafka_s* handle) const {
  const int64_t now_ms = absl::ToUnixMillis(absl::Now());
  std::vector<PartitionLag> lags;
  const std::lock_guard lock(mutex_);
  lags.reserve(states_.size());
  for (const auto& [partition, state] : states_) {
    PartitionLag lag;
    lag.partition = partition;
    lag.next_offset = state.next_offset;
    int64_t low = -1;
    int64_t high = -1;
    if (handle != nullptr &&
        rd_kafka_get_watermark_offsets(handle, partition.topic.c_str(), partition.partition, &low,
                                       &high) == RD_KAFKA_RESP_ERR_NO_ERROR &&
        high >= 0) {
      lag.end_offset = high;
    }
    if (lag.end_offset >= 0 && lag.next_offset >= 0) {
      lag.records = std::max<int64_t>(lag.end_offset - lag.next_offset, 0);
    }
    if (state.oldest_ms) {
      lag.behind = absl::Milliseconds(std::max<int64_t>(now_ms - *state.oldest_ms, 0));
    }
    lags.push_back(std::move(lag));
  }
  return lags;
}

}  // namespace telex::kafka::internal
