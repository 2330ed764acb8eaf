// Inside this room only: commits what was stored, by hand: one request at a time without waiting,
// or waiting with a bound. Used by the consumer's thread alone.
#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>

#include "platform/kafka/handle.h"
#include "platform/kafka/record.h"

namespace telex::kafka::internal {

class OffsetCommitter {
 public:
  // Called with each commit that fails.
  using OnFailure = std::function<void(const absl::Status&)>;
  explicit OffsetCommitter(OnFailure on_failure) : on_failure_(std::move(on_failure)) {}

  void Open(rd_kafka_t* handle);
  void Close();  // before the handle is closed

  // The next offset to process, once all before it is done.
  void Store(const TopicPartition& partition, int64_t next_offset) {
    stored_[partition] = next_offset;
  }

  // Sends what is stored if `interval` has passed since the last time, and takes the answers.
  void Tick(absl::Duration interval);

  // Sends what is stored and waits for the answer, `within` at most; then forgets it, as the
  // partitions are about to go: what is not committed is read again by their next owner.
  void CommitNow(absl::Duration within);

  void Forget();

 private:
  void Send();
  bool TakeAnswer(absl::Duration within);  // false: none came

  const OnFailure on_failure_;
  rd_kafka_t* handle_ = nullptr;
  QueuePtr answers_;
  std::map<TopicPartition, int64_t> stored_;  // not sent yet
  std::map<TopicPartition, int64_t> sent_;    // no answer yet
  bool under_way_ = false;
  using Clock = std::chrono::steady_clock;
  Clock::duration interval_{};
  Clock::time_point next_send_;
};

}  // namespace telex::kafka::internal
