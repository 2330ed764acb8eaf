#include "tests/support/delete_topic.h"

#include <librdkafka/rdkafka.h>

#include <array>
#include <cstddef>

namespace telex::testing {
namespace {

bool IsGone(rd_kafka_event_t* event) {
  if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) return false;
  std::size_t count = 0;
  const rd_kafka_topic_result_t** results =
      rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), &count);
  if (count != 1) return false;
  const rd_kafka_resp_err_t code = rd_kafka_topic_result_error(results[0]);
  return code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
}

}  // namespace

bool DeleteTopic(const std::string& brokers, const std::string& topic, absl::Duration within) {
  const int timeout_ms = static_cast<int>(absl::ToInt64Milliseconds(within));
  std::array<char, 256> fault{};
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", brokers.c_str(), fault.data(), fault.size());
  rd_kafka_t* client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, fault.data(), fault.size());
  if (client == nullptr) return false;
  rd_kafka_AdminOptions_t* options =
      rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_DELETETOPICS);
  rd_kafka_AdminOptions_set_operation_timeout(options, timeout_ms, fault.data(), fault.size());
  rd_kafka_queue_t* answers = rd_kafka_queue_new(client);
  rd_kafka_DeleteTopic_t* asked = rd_kafka_DeleteTopic_new(topic.c_str());
  rd_kafka_DeleteTopics(client, &asked, 1, options, answers);
  rd_kafka_event_t* event = rd_kafka_queue_poll(answers, timeout_ms);
  const bool is_gone = event != nullptr && IsGone(event);
  if (event != nullptr) rd_kafka_event_destroy(event);
  rd_kafka_DeleteTopic_destroy(asked);
  rd_kafka_queue_destroy(answers);
  rd_kafka_AdminOptions_destroy(options);
  rd_kafka_destroy(client);
  return is_gone;
}

}  // namespace telex::testing
