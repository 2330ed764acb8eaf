#include "platform/kafka/handle.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "platform/errors/errors.h"
#include "platform/runtime/deadline.h"

namespace telex::kafka::internal {
namespace {

using runtime::Deadline;

constexpr absl::Duration kLeaderPoll = absl::Milliseconds(50);
constexpr absl::Duration kRefreshMax = absl::Seconds(1);

void OnLog(const rd_kafka_t* handle, int severity, const char* facility, const char* message) {
  if (void* opaque = rd_kafka_opaque(handle)) {
    ClientHooks::Of(opaque)->Log(severity, facility, message);
  }
}

void OnError(rd_kafka_t*, int code, const char* text, void* opaque) {
  ClientHooks::Of(opaque)->OnClientError(static_cast<rd_kafka_resp_err_t>(code), text);
}

}  // namespace

void ClientHooks::OnClientError(rd_kafka_resp_err_t code, std::string_view text) {
  Tell(ToStatus(code, text));
}

Conf::Conf(const ClientConfig& client, ClientHooks* hooks)
    : client_(client), conf_(rd_kafka_conf_new()) {
  rd_kafka_conf_set_opaque(conf_.get(), hooks);
  rd_kafka_conf_set_log_cb(conf_.get(), OnLog);
  rd_kafka_conf_set_error_cb(conf_.get(), OnError);
  if (client.brokers.empty()) {
    status_ = errors::Error(absl::StatusCode::kInvalidArgument, errors::kFieldRequired,
                            "no Kafka brokers are given");
  } else {
    Set("bootstrap.servers", client.brokers);
  }
  if (!client.client_id.empty()) Set("client.id", client.client_id);
  Set("socket.nagle.disable", "true");
  Set("socket.keepalive.enable", "true");
  // A broker that comes back is found again within a second rather than ten.
  Set("reconnect.backoff.ms", 50);
  Set("reconnect.backoff.max.ms", 1000);
  Set("allow.auto.create.topics", "false");
  // An idle connection that the broker closes is no news.
  Set("log.connection.close", "false");
}

Conf& Conf::Set(const std::string& name, const std::string& value) {
  std::array<char, 512> fault{};
  if (rd_kafka_conf_set(conf_.get(), name.c_str(), value.c_str(), fault.data(), fault.size()) !=
          RD_KAFKA_CONF_OK &&
      status_.ok()) {
    // Not the value: it may be a secret; the library's text does not hold it for strings.
    status_ = errors::Error(absl::StatusCode::kInvalidArgument, errors::kFieldInvalid,
                            fmt::format("Kafka property {} is refused: {}", name, fault.data()),
                            {{"property", name}});
  }
  return *this;
}

absl::StatusOr<HandlePtr> Conf::Make(rd_kafka_type_t type) {
  for (const auto& [name, value] : client_.properties) {
    // Not a property of the producer: the library would only warn.
    if (type == RD_KAFKA_PRODUCER && name == "group.id") continue;
    Set(name, value);
  }
  if (!status_.ok()) return status_;
  std::array<char, 512> fault{};
  rd_kafka_t* handle = rd_kafka_new(type, conf_.get(), fault.data(), fault.size());
  if (handle == nullptr) {
    return errors::Error(absl::StatusCode::kInvalidArgument, errors::kFieldInvalid,
                         fmt::format("Kafka client is refused: {}", fault.data()));
  }
  (void)conf_.release();  // the handle owns it now
  return HandlePtr(handle);
}

void SetConsumerDefaults(Conf& conf, const Fetching& fetching) {
  conf.Set("enable.auto.commit", "false");
  conf.Set("enable.auto.offset.store", "false");
  // An offset that does not exist is told, never replaced in silence.
  conf.Set("auto.offset.reset", "error");
  // What was damaged on its way, or on the broker's disk, is told (IsDamage) and never handed over.
  conf.Set("check.crcs", "true");
  // A fetch is answered as soon as there is so much (mostly: a byte); the wait bounds how long less
  // than that is kept back, and how long a partition that is new to the fetch (assigned, resumed)
  // has to wait for the one under way.
  conf.Set("fetch.min.bytes", static_cast<int64_t>(fetching.bytes_min));
  conf.Set("fetch.wait.max.ms", 100);
  conf.Set("fetch.error.backoff.ms", 100);
  conf.Set("queued.min.messages", static_cast<int64_t>(fetching.prefetch_records_min));
  conf.Set("queued.max.messages.kbytes", static_cast<int64_t>(fetching.prefetch_kbytes_max));
}

absl::Status ToStatus(rd_kafka_resp_err_t code, std::string_view context) {
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  const auto make = [&](absl::StatusCode status, std::string_view reason) {
    return errors::Error(status, reason, fmt::format("{}: {}", context, rd_kafka_err2str(code)),
                         {{"kafka_error", rd_kafka_err2name(code)}});
  };
  switch (code) {
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
      return make(absl::StatusCode::kDeadlineExceeded, errors::kBrokerUnavailable);
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      return make(absl::StatusCode::kNotFound, errors::kTopicMissing);
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
      return make(absl::StatusCode::kInvalidArgument, errors::kRecordTooLarge);
    case RD_KAFKA_RESP_ERR__INVALID_ARG:
    case RD_KAFKA_RESP_ERR_INVALID_REQUEST:
    case RD_KAFKA_RESP_ERR_INVALID_CONFIG:
    case RD_KAFKA_RESP_ERR_INVALID_PARTITIONS:
    case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
    case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION:
      return make(absl::StatusCode::kInvalidArgument, errors::kKafkaRefused);
    case RD_KAFKA_RESP_ERR__QUEUE_FULL:
      return make(absl::StatusCode::kResourceExhausted, errors::kBrokerUnavailable);
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
      return make(absl::StatusCode::kPermissionDenied, errors::kKafkaRefused);
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
      return make(absl::StatusCode::kDataLoss, errors::kRecordUnreadable);
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      return make(absl::StatusCode::kFailedPrecondition, errors::kLogTruncated);
    case RD_KAFKA_RESP_ERR__FATAL:
    case RD_KAFKA_RESP_ERR__PURGE_QUEUE:
    case RD_KAFKA_RESP_ERR__PURGE_INFLIGHT:
    case RD_KAFKA_RESP_ERR__GAPLESS_GUARANTEE:
      return make(absl::StatusCode::kAborted, errors::kPublisherFailed);
    default:
      return make(absl::StatusCode::kUnavailable, errors::kBrokerUnavailable);
  }
}

absl::Status ToListingStatus(rd_kafka_resp_err_t code, std::string_view context) {
  switch (code) {
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
      return errors::Error(absl::StatusCode::kUnavailable, errors::kBrokerUnavailable,
                           fmt::format("{}: {}", context, rd_kafka_err2str(code)),
                           {{"kafka_error", rd_kafka_err2name(code)}});
    default:
      return ToStatus(code, context);
  }
}

absl::Status FatalErrorOf(rd_kafka_t* handle) {
  std::array<char, 512> details{};
  const rd_kafka_resp_err_t cause = rd_kafka_fatal_error(handle, details.data(), details.size());
  if (cause == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  return ToStatus(cause, details.data());
}

Record ToRecord(const rd_kafka_message_t& message) {
  Record record;
  record.topic = rd_kafka_topic_name(message.rkt);
  record.partition = message.partition;
  record.offset = message.offset;
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  record.timestamp_ms = std::max<int64_t>(rd_kafka_message_timestamp(&message, &type), 0);
  if (message.key != nullptr) {
    record.key.assign(static_cast<const char*>(message.key), message.key_len);
  }
  if (message.payload != nullptr) {
    record.value.emplace(static_cast<const char*>(message.payload), message.len);
  }
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    const size_t count = rd_kafka_header_cnt(headers);
    record.headers.reserve(count);
    const char* name = nullptr;
    const void* value = nullptr;
    size_t size = 0;
    for (size_t i = 0; i < count; ++i) {
      if (rd_kafka_header_get_all(headers, i, &name, &value, &size) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        break;
      }
      record.headers.push_back({name, value == nullptr
                                          ? std::string()
                                          : std::string(static_cast<const char*>(value), size)});
    }
  }
  return record;
}

TopicPartition PlaceOf(const rd_kafka_message_t& message) {
  return {message.rkt == nullptr ? "" : rd_kafka_topic_name(message.rkt), message.partition};
}

ListPtr ToList(std::span<const TopicPartition> partitions, int64_t offset) {
  ListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const TopicPartition& partition : partitions) {
    rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.partition)
        ->offset = offset;
  }
  return list;
}

std::vector<TopicPartition> FromList(const rd_kafka_topic_partition_list_t* list) {
  std::vector<TopicPartition> partitions;
  if (list == nullptr) return partitions;
  partitions.reserve(static_cast<size_t>(list->cnt));
  for (int i = 0; i < list->cnt; ++i) {
    partitions.push_back({list->elems[i].topic, list->elems[i].partition});
  }
  return partitions;
}

int ToTimeoutMs(absl::Duration within) {
  return static_cast<int>(std::clamp<int64_t>(absl::ToInt64Milliseconds(within), 1, 3'600'000));
}

namespace {

absl::StatusOr<std::vector<int64_t>> ListOffsetsOnce(rd_kafka_t* handle,
                                                     std::span<const TopicPartition> partitions,
                                                     int64_t which, absl::Duration within) {
  std::vector<int64_t> offsets;
  if (partitions.empty()) return offsets;
  // The same request as for a time: the protocol's special times are -1 (end) and -2 (beginning).
  const ListPtr list = ToList(partitions, which);
  const rd_kafka_resp_err_t code =
      rd_kafka_offsets_for_times(handle, list.get(), ToTimeoutMs(within));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return ToListingStatus(code, "listing offsets");
  offsets.reserve(partitions.size());
  for (const TopicPartition& partition : partitions) {
    const auto* found = rd_kafka_topic_partition_list_find(list.get(), partition.topic.c_str(),
                                                           partition.partition);
    const std::string context =
        fmt::format("listing offsets of {}/{}", partition.topic, partition.partition);
    if (found == nullptr) return ToListingStatus(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, context);
    if (found->err != RD_KAFKA_RESP_ERR_NO_ERROR) return ToListingStatus(found->err, context);
    const bool none_so_late = which >= 0 && found->offset == RD_KAFKA_OFFSET_END;
    if (found->offset < 0 && !none_so_late) return ToStatus(RD_KAFKA_RESP_ERR__TIMED_OUT, context);
    offsets.push_back(found->offset);
  }
  return offsets;
}

// The request asks the leaders that the client remembers, and is not among those that make it look
// for new ones: after a leader has changed it would ask the old one for minutes.
void RefreshLeaders(rd_kafka_t* handle, absl::Duration within) {
  const rd_kafka_metadata_t* metadata = nullptr;
  if (rd_kafka_metadata(handle, /*all_topics=*/1, nullptr, &metadata, ToTimeoutMs(within)) ==
      RD_KAFKA_RESP_ERR_NO_ERROR) {
    rd_kafka_metadata_destroy(metadata);
  }
}

}  // namespace

absl::StatusOr<std::vector<int64_t>> ListOffsets(rd_kafka_t* handle,
                                                 std::span<const TopicPartition> partitions,
                                                 int64_t which, absl::Duration within) {
  const Deadline deadline = Deadline::After(within);
  auto offsets = ListOffsetsOnce(handle, partitions, which, within);
  // Leaders that are just being elected are worth a wait.
  while (absl::IsUnavailable(offsets.status()) && deadline.Left() > kLeaderPoll) {
    RefreshLeaders(handle, deadline.Left());
    absl::SleepFor(kLeaderPoll);
    offsets = ListOffsetsOnce(handle, partitions, which, deadline.Left());
  }
  if (absl::IsUnavailable(offsets.status())) RefreshLeaders(handle, kRefreshMax);  // for the next
  return offsets;
}

absl::StatusOr<std::vector<OffsetRange>> ListRanges(rd_kafka_t* handle,
                                                    std::span<const TopicPartition> partitions,
                                                    absl::Duration within) {
  const Deadline deadline = Deadline::After(within);
  const auto beginnings = ListOffsets(handle, partitions, RD_KAFKA_OFFSET_BEGINNING, within);
  if (!beginnings.ok()) return beginnings.status();
  const auto ends = ListOffsets(handle, partitions, RD_KAFKA_OFFSET_END, deadline.Left());
  if (!ends.ok()) return ends.status();
  std::vector<OffsetRange> ranges(partitions.size());
  for (size_t i = 0; i < ranges.size(); ++i) ranges[i] = {(*beginnings)[i], (*ends)[i]};
  return ranges;
}

absl::Status CheckOffset(const TopicPartition& partition, int64_t wanted,
                         const OffsetRange& range) {
  if (wanted >= range.beginning && wanted <= range.end) return absl::OkStatus();
  const bool beyond = wanted > range.end;
  return errors::Error(
      absl::StatusCode::kFailedPrecondition,
      beyond ? errors::kLogTruncated : errors::kRecordsExpired,
      fmt::format("{}/{}: offset {} is wanted, but the log holds {} to {}", partition.topic,
                  partition.partition, wanted, range.beginning, range.end),
      {{"topic", partition.topic},
       {"partition", std::to_string(partition.partition)},
       {"wanted", std::to_string(wanted)},
       {"beginning", std::to_string(range.beginning)},
       {"end", std::to_string(range.end)}});
}

}  // namespace telex::kafka::internal
