// The floor under owning partitions: librdkafka, set as Telex sets it, takes all of a topic out of
// one queue and does nothing with its records: no group, no batch by partition, no offsets, nothing
// appended.
//   telex-bench-raw --brokers HOST:PORT [--topic telex-bench.small]
#include <librdkafka/rdkafka.h>

#include <array>
#include <numeric>
#include <vector>

#include "platform/kafka/admin.h"
#include "tests/benchmark/cost.h"
#include "tests/benchmark/die.h"
#include "tests/benchmark/flags.h"
#include "tests/benchmark/small_records.h"

namespace {

rd_kafka_t* MakeConsumer(const std::string& brokers) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  std::array<char, 512> fault{};
  const std::vector<std::pair<const char*, std::string>> properties = {
      {"bootstrap.servers", brokers},    {"group.id", "telex-bench-raw"},
      {"enable.auto.commit", "false"},   {"socket.nagle.disable", "true"},
      {"fetch.min.bytes", "1"},          {"fetch.wait.max.ms", "100"},
      {"queued.min.messages", "100000"}, {"queued.max.messages.kbytes", "4096"}};
  for (const auto& [name, value] : properties) {
    if (rd_kafka_conf_set(conf, name, value.c_str(), fault.data(), fault.size()) !=
        RD_KAFKA_CONF_OK)
      telex::bench::OrDie(name, absl::InvalidArgumentError(fault.data()));
  }
  rd_kafka_t* consumer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, fault.data(), fault.size());
  if (consumer == nullptr)
    telex::bench::OrDie("consumer", absl::InvalidArgumentError(fault.data()));
  rd_kafka_poll_set_consumer(consumer);
  return consumer;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace telex;
  constexpr std::size_t kBatchMax = 500;
  bench::Flags flags(argc, argv);
  const std::string brokers = flags.Text("brokers", "127.0.0.1:9092");
  const std::string topic = flags.Text("topic", bench::kSmallTopic);
  flags.Finish();
  const auto admin =
      bench::OrDie("admin", kafka::Admin::Create({.brokers = brokers, .client_id = "raw"}));
  const auto ends = bench::OrDie("ends", admin->EndOffsets(topic, absl::Seconds(10)));
  const std::int64_t records = std::accumulate(ends.begin(), ends.end(), std::int64_t{0});

  rd_kafka_t* consumer = MakeConsumer(brokers);
  rd_kafka_topic_partition_list_t* places = rd_kafka_topic_partition_list_new(12);
  for (std::size_t partition = 0; partition < ends.size(); ++partition) {
    rd_kafka_topic_partition_list_add(places, topic.c_str(), static_cast<std::int32_t>(partition))
        ->offset = RD_KAFKA_OFFSET_BEGINNING;
  }
  rd_kafka_queue_t* queue = rd_kafka_queue_get_consumer(consumer);
  std::array<rd_kafka_message_t*, kBatchMax> messages{};
  std::int64_t seen = 0;
  const bench::Cost cost;
  rd_kafka_assign(consumer, places);
  while (seen < records) {
    const ssize_t taken =
        rd_kafka_consume_batch_queue(queue, 100, messages.data(), messages.size());
    for (ssize_t i = 0; i < taken; ++i) {
      rd_kafka_message_t* message = messages[static_cast<std::size_t>(i)];
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) ++seen;
      rd_kafka_message_destroy(message);
    }
  }
  fmt::print("{}\n", cost.Json(static_cast<std::uint64_t>(seen)));
  rd_kafka_topic_partition_list_destroy(places);
  rd_kafka_queue_destroy(queue);
  rd_kafka_consumer_close(consumer);
  rd_kafka_destroy(consumer);
  return 0;
}
