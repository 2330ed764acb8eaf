// Reads whole logs: given partitions from given offsets, without a group and without committing;
// who reads keeps the positions (beside what it made of the records). Goes on for ever, with the
// log. Behind a batch that fails its checksum nothing of its partition is read: it is told
// (DATA_LOSS / RECORD_UNREADABLE, each second) until it comes whole. So it is with GroupConsumer.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "platform/kafka/client_config.h"
#include "platform/kafka/lag.h"
#include "platform/kafka/outcome.h"
#include "platform/kafka/record.h"
#include "platform/observe/heartbeat.h"

namespace telex::kafka {

struct ReadFrom {
  TopicPartition partition;
  std::optional<int64_t> offset;  // the first offset to read; none: the beginning of the log
  // What if that offset lies before the beginning (retention has deleted it). false: fatal,
  // RECORDS_EXPIRED. true: reads from the beginning, and on_expired is told.
  bool skip_expired = false;
  // The record at offset - 1 as it was read. Another one at its place: fatal, LOG_TRUNCATED; the
  // log was replaced and has grown past the position. One that compaction or retention has taken
  // tells nothing.
  std::optional<Fingerprint> before;
};

struct LogReaderConfig {
  ClientConfig client;
  std::vector<ReadFrom> from;
  size_t batch_records_max = 2'000;
  size_t batch_bytes_max = 8u << 20;
  size_t prefetch_records_min = 10'000;
  size_t prefetch_kbytes_max = 32u << 10;
  absl::Duration retry_backoff_min = absl::Milliseconds(100);
  absl::Duration retry_backoff_max = absl::Seconds(10);
  // Brokers that answer nothing for longer are away (on_connected), also when their connections
  // stand: one that is frozen, or behind a network that swallows packets, ends none. A reader to
  // whom nothing comes in asks every second. Above the time that a change of leaders takes.
  absl::Duration broker_silence_max = absl::Seconds(5);
};

// All calls come from the reader's one thread.
class LogHandler {
 public:
  virtual ~LogHandler() = default;

  // Records of any of the partitions, mixed, but in order within each; not empty. It is one whole
  // (replica::LogReplica: one transaction). Retry: the same batch again after a pause, and nothing
  // else before, of no partition: so it is for what all of them share, a store or a topic to set
  // aside in. Meanwhile the client is served, the brokers are asked and a stop is heeded. Fatal:
  // reading stops.
  virtual Outcome OnBatch(std::span<const Record> records, std::stop_token stop) = 0;

  // The end that the partition had when reading started has been reached: all before it was in a
  // batch that is done. Once for each partition, at the start already if there is nothing to read.
  virtual void OnCaughtUp(const TopicPartition& partition, int64_t end_offset) = 0;

  // All partitions have; once.
  virtual void OnAllCaughtUp() {}
};

// Each may be empty. Called on the reader's threads; must not block.
struct LogReaderObserver {
  ClientObserver client;
  std::function<void(size_t records, size_t bytes, absl::Duration took)> on_batch;
  std::function<void(int32_t attempt, const absl::Status& why)> on_retry;
  // A broker does not answer (false) / all do again (true): a gauge.
  std::function<void(bool connected)> on_connected;
  std::function<void(const TopicPartition&, int64_t wanted, int64_t beginning)> on_expired;
  // Reading has stopped for good: LOG_TRUNCATED (an offset beyond the end, or another record before
  // it: the log is not the one the position was taken from), RECORDS_EXPIRED, the handler's Fatal.
  std::function<void(const absl::Status&)> on_fatal;
  // Carried by the reader's thread. A handler's call is a step: one that can take long beats
  // (observe::Beat) or says what it waits for (observe::Waiting).
  std::shared_ptr<observe::Heartbeat> heartbeat;
};

// Thread-safe.
class LogReader {
 public:
  // Checks the configuration and starts the thread. While no broker answers, or a topic is missing,
  // it goes on trying with a pause. `handler` must outlive Stop.
  static absl::StatusOr<std::unique_ptr<LogReader>> Create(LogReaderConfig config,
                                                           LogHandler& handler,
                                                           LogReaderObserver observer = {});
  ~LogReader();  // Stop(5 s)
  LogReader(const LogReader&) = delete;
  LogReader& operator=(const LogReader&) = delete;

  // Requests the stop and waits for the batch in work. DeadlineExceeded: the handler did not come
  // back; leave it and this object alive and end the process.
  absl::Status Stop(absl::Duration within);

  // Not ok once reading has stopped for good.
  absl::Status status() const;

  bool caught_up() const;

  // Waits until all partitions have reached the end seen at the start. The fatal status, Cancelled
  // after Stop, DeadlineExceeded.
  absl::Status AwaitCaughtUp(absl::Duration within);

  std::vector<PartitionLag> Lag() const;

 private:
  class Impl;
  explicit LogReader(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace telex::kafka
