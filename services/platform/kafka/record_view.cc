#include "platform/kafka/record_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "platform/errors/errors.h"
#include "platform/kafka/handle.h"

namespace telex::kafka {

int64_t RecordView::offset() const {
  return message_ != nullptr ? message_->offset : record_->offset;
}

int64_t RecordView::timestamp_ms() const {
  if (message_ == nullptr) return record_->timestamp_ms;
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  return std::max<int64_t>(rd_kafka_message_timestamp(message_, &type), 0);
}

std::string_view RecordView::key() const {
  if (message_ == nullptr) return record_->key;
  return {static_cast<const char*>(message_->key), message_->key_len};
}

std::optional<std::string_view> RecordView::value() const {
  if (message_ == nullptr) return record_->value;
  if (message_->payload == nullptr) return std::nullopt;
  return std::string_view(static_cast<const char*>(message_->payload), message_->len);
}

std::optional<std::string_view> RecordView::Header(std::string_view name) const {
  if (message_ == nullptr) return FindHeader(*record_, name);
  rd_kafka_headers_t* headers = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  if (rd_kafka_message_headers(message_, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR ||
      rd_kafka_header_get_last(headers, std::string(name).c_str(), &value, &size) !=
          RD_KAFKA_RESP_ERR_NO_ERROR) {
    return std::nullopt;
  }
  return std::string_view(static_cast<const char*>(value), size);
}

Record RecordView::Copy() const {
  return message_ != nullptr ? internal::ToRecord(*message_) : *record_;
}

Fingerprint FingerprintOf(const RecordView& record) {
  uint64_t hash = 0xcbf29ce484222325;
  const auto add = [&hash](std::string_view bytes) {
    for (const char byte : bytes) {
      hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
    }
  };
  const auto value = record.value();
  add(record.key());
  add(value ? "=" : "");  // a tombstone is no empty value
  if (value) add(*value);
  return {record.offset(), record.timestamp_ms(), hash};
}

absl::Status CheckSameRecord(const TopicPartition& partition, const Fingerprint& before,
                             const RecordView& record) {
  if (FingerprintOf(record) == before) return absl::OkStatus();
  return errors::Error(
      absl::StatusCode::kFailedPrecondition, errors::kLogTruncated,
      fmt::format("{}/{}: the record at offset {} is not the one that was read there: the log was "
                  "replaced (its topic was deleted and recreated, or restored and written on)",
                  partition.topic, partition.partition, before.offset),
      {{"topic", partition.topic},
       {"partition", std::to_string(partition.partition)},
       {"offset", std::to_string(before.offset)}});
}

}  // namespace telex::kafka
