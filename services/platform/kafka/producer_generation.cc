#include "platform/kafka/producer_generation.h"

namespace telex::kafka::internal {

const Generation::Topic& Generation::TopicOf(const std::string& name) {
  Topic& topic = topics[name];
  if (topic.handle == nullptr) {
    topic.name = name;
    topic.handle.reset(rd_kafka_topic_new(handle.get(), name.c_str(), nullptr));
  }
  return topic;
}

rd_kafka_resp_err_t Generation::Produce(const Record& record, Delivery* delivery) {
  const Topic& topic = TopicOf(record.topic);
  if (topic.handle == nullptr) return rd_kafka_last_error();
  delivery->topic = &topic.name;
  rd_kafka_headers_t* headers = nullptr;
  if (!record.headers.empty()) {
    headers = rd_kafka_headers_new(record.headers.size());
    for (const Header& header : record.headers) {
      rd_kafka_header_add(headers, header.key.data(), static_cast<ssize_t>(header.key.size()),
                          header.value.data(), static_cast<ssize_t>(header.value.size()));
    }
  }
  rd_kafka_vu_t fields[8];
  size_t count = 0;
  fields[count].vtype = RD_KAFKA_VTYPE_RKT;
  fields[count++].u.rkt = topic.handle.get();
  fields[count].vtype = RD_KAFKA_VTYPE_PARTITION;
  fields[count++].u.i32 = record.partition;
  fields[count].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  fields[count++].u.i = RD_KAFKA_MSG_F_COPY;
  fields[count].vtype = RD_KAFKA_VTYPE_OPAQUE;
  fields[count++].u.ptr = delivery;
  fields[count].vtype = RD_KAFKA_VTYPE_KEY;
  fields[count].u.mem.ptr = record.key.empty() ? nullptr : const_cast<char*>(record.key.data());
  fields[count++].u.mem.size = record.key.size();
  fields[count].vtype = RD_KAFKA_VTYPE_VALUE;
  fields[count].u.mem.ptr = record.value ? const_cast<char*>(record.value->data()) : nullptr;
  fields[count++].u.mem.size = record.value ? record.value->size() : 0;
  if (record.timestamp_ms > 0) {
    fields[count].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
    fields[count++].u.i64 = record.timestamp_ms;
  }
  if (headers != nullptr) {
    fields[count].vtype = RD_KAFKA_VTYPE_HEADERS;
    fields[count++].u.headers = headers;
  }
  const ErrorPtr error(rd_kafka_produceva(handle.get(), fields, count));
  if (error == nullptr) return RD_KAFKA_RESP_ERR_NO_ERROR;
  if (headers != nullptr) rd_kafka_headers_destroy(headers);  // not taken over
  return rd_kafka_error_code(error.get());
}

}  // namespace telex::kafka::internal
