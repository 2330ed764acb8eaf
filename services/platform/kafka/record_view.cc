#include "platform/kafka/record_view.h"

#include <algorithm>
#include <string>

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

}  // namespace telex::kafka
