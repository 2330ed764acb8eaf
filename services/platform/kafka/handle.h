// Inside this room only: owning wrappers around librdkafka's C types, configuration, and how its
// errors and messages become ours.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/kafka/client_config.h"
#include "platform/kafka/record.h"

namespace telex::kafka::internal {

template <auto Destroy>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Destroy(object);
  }
};

using ConfPtr = std::unique_ptr<rd_kafka_conf_t, Deleter<rd_kafka_conf_destroy>>;
using HandlePtr = std::unique_ptr<rd_kafka_t, Deleter<rd_kafka_destroy>>;
using ListPtr = std::unique_ptr<rd_kafka_topic_partition_list_t,
                                Deleter<rd_kafka_topic_partition_list_destroy>>;
using QueuePtr = std::unique_ptr<rd_kafka_queue_t, Deleter<rd_kafka_queue_destroy>>;
using EventPtr = std::unique_ptr<rd_kafka_event_t, Deleter<rd_kafka_event_destroy>>;
using MessagePtr = std::unique_ptr<rd_kafka_message_t, Deleter<rd_kafka_message_destroy>>;
using TopicPtr = std::unique_ptr<rd_kafka_topic_t, Deleter<rd_kafka_topic_destroy>>;
using ErrorPtr = std::unique_ptr<rd_kafka_error_t, Deleter<rd_kafka_error_destroy>>;

// The opaque of every handle: log lines and errors of the library arrive here. Must outlive the
// handle.
class ClientHooks {
 public:
  explicit ClientHooks(ClientObserver observer) : observer_(std::move(observer)) {}
  virtual ~ClientHooks() = default;
  ClientHooks(const ClientHooks&) = delete;
  ClientHooks& operator=(const ClientHooks&) = delete;

  // On the thread that polls. `code` may be RD_KAFKA_RESP_ERR__FATAL.
  virtual void OnClientError(rd_kafka_resp_err_t code, std::string_view text);

  void Log(int severity, std::string_view facility, std::string_view message) const {
    if (observer_.on_log) observer_.on_log(severity, facility, message);
  }
  void Tell(const absl::Status& error) const {
    if (observer_.on_error) observer_.on_error(error);
  }

  static ClientHooks* Of(void* opaque) { return static_cast<ClientHooks*>(opaque); }

 private:
  const ClientObserver observer_;
};

// Gathers properties; the first that is refused decides. `hooks` becomes the handle's opaque.
class Conf {
 public:
  Conf(const ClientConfig& client, ClientHooks* hooks);
  Conf& Set(const std::string& name, const std::string& value);
  Conf& Set(const std::string& name, int64_t value) { return Set(name, std::to_string(value)); }
  Conf& Set(const std::string& name, absl::Duration value) {
    return Set(name, absl::ToInt64Milliseconds(value));
  }
  rd_kafka_conf_t* get() { return conf_.get(); }
  const absl::Status& status() const { return status_; }  // of what was set so far

  // Applies the client's own properties and makes the handle.
  absl::StatusOr<HandlePtr> Make(rd_kafka_type_t type);

 private:
  ClientConfig client_;
  ConfPtr conf_;
  absl::Status status_;
};

// What both kinds of consumers share: latency, prefetch and "never reset silently".
struct Fetching {
  size_t bytes_min = 1;  // as GroupConsumerConfig::fetch_bytes_min
  size_t prefetch_records_min = 0;
  size_t prefetch_kbytes_max = 0;
};
void SetConsumerDefaults(Conf& conf, const Fetching& fetching);

// Never ok, except for RD_KAFKA_RESP_ERR_NO_ERROR. `context` comes first in the message.
// Unavailable and DeadlineExceeded may be mended by waiting, nothing else is.
absl::Status ToStatus(rd_kafka_resp_err_t code, std::string_view context);

// The same for questions about partitions that are known to be there: while a broker comes back,
// the client's picture of the cluster and a broker's own have gaps, which is no reason to end. What
// is missing indeed, ListTopics tells.
absl::Status ToListingStatus(rd_kafka_resp_err_t code, std::string_view context);

// Ok while the client lives. Otherwise what ended it for good: the library says so once, as an
// event, a message or the answer to a call, by where it happens to be polled; so ask in every turn
// of a loop (it costs one atomic read).
absl::Status FatalErrorOf(rd_kafka_t* handle);

Record ToRecord(const rd_kafka_message_t& message);
TopicPartition PlaceOf(const rd_kafka_message_t& message);

ListPtr ToList(std::span<const TopicPartition> partitions, int64_t offset);
std::vector<TopicPartition> FromList(const rd_kafka_topic_partition_list_t* list);

int ToTimeoutMs(absl::Duration within);  // at least 1, at most an hour

// A batch of records was damaged on its way or on the broker's disk. The library tells that and
// goes on behind it: who reads must take nothing more, and seek back to it.
inline bool IsDamage(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR__BAD_MSG || code == RD_KAFKA_RESP_ERR__BAD_COMPRESSION;
}

struct OffsetRange {
  int64_t beginning = 0;
  int64_t end = 0;
};

// One ListOffsets request to each leader. `which`: RD_KAFKA_OFFSET_BEGINNING or _END, or, of one
// partition, a time in milliseconds: the first record of then or later, or RD_KAFKA_OFFSET_END.
absl::StatusOr<std::vector<int64_t>> ListOffsets(rd_kafka_t* handle,
                                                 std::span<const TopicPartition> partitions,
                                                 int64_t which, absl::Duration within);

absl::StatusOr<std::vector<OffsetRange>> ListRanges(rd_kafka_t* handle,
                                                    std::span<const TopicPartition> partitions,
                                                    absl::Duration within);

// FailedPrecondition LOG_TRUNCATED when `wanted` lies beyond the end, RECORDS_EXPIRED when before
// the beginning, with topic, partition and the offsets in the metadata; ok when it can be read or
// is the end.
absl::Status CheckOffset(const TopicPartition& partition, int64_t wanted, const OffsetRange& range);

}  // namespace telex::kafka::internal
