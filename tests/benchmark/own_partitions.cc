// What owning partitions costs by the record: all of the topic of small records is folded from its
// beginning by a PartitionOwner with a group and a publisher of its own.
//   telex-bench-own --brokers HOST:PORT [--batch 500] [--per-append 100]
// Measured from the assignment until all is on record.
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <limits>
#include <numeric>
#include <optional>

#include "platform/kafka/admin.h"
#include "platform/kafka/group_consumer.h"
#include "platform/kafka/publisher.h"
#include "platform/owner/partition_owner.h"
#include "tests/benchmark/cost.h"
#include "tests/benchmark/counting_fold.h"
#include "tests/benchmark/die.h"
#include "tests/benchmark/flags.h"

int main(int argc, char** argv) {
  using namespace telex;
  bench::Flags flags(argc, argv);
  const kafka::ClientConfig client{.brokers = flags.Text("brokers", "127.0.0.1:9092"),
                                   .client_id = "telex-bench-own"};
  kafka::GroupConsumerConfig group{.client = client,
                                   .group = fmt::format("telex-bench-own-{}", getpid()),
                                   .topics = {bench::kSmallTopic}};
  const auto batch = flags.Integer("batch", static_cast<std::int64_t>(group.batch_records_max));
  group.batch_records_max = static_cast<std::size_t>(batch);
  const auto per_append = static_cast<std::uint64_t>(flags.Integer("per-append", 100));
  flags.Finish();

  const auto admin = bench::OrDie("admin", kafka::Admin::Create(client));
  const auto ends = bench::OrDie("ends", admin->EndOffsets(bench::kSmallTopic, absl::Seconds(10)));
  const auto records =
      static_cast<std::uint64_t>(std::accumulate(ends.begin(), ends.end(), std::int64_t{0}));
  kafka::PublisherConfig publishing = owner::OwnerPublisherConfig(bench::kSmallPartitions);
  publishing.client = client;
  const auto publisher = bench::OrDie("publisher", kafka::Publisher::Create(publishing));
  bench::OrDie("warm up", publisher->WarmUp(std::vector{bench::kCountsTopic}, absl::Seconds(10)));

  std::optional<bench::Cost> cost;  // of the consumer's thread until all is on record
  std::uint64_t recorded = 0;
  std::atomic<bool> done = false;
  std::string result;
  const auto on_recorded = [&](std::uint64_t more) {
    recorded += more;
    if (recorded < records) return;
    result = cost->Json(recorded);
    done = true;
    done.notify_all();
  };
  owner::PartitionOwner owner(
      {.derived = {bench::kCountsTopic},
       .make_fold =
           [&](std::int32_t partition) {
             if (!cost) cost.emplace();
             return std::make_unique<bench::CountingFold>(partition, per_append, on_recorded);
           },
       // There is no local store to wait for: nothing is known of earlier runs.
       .position_of =
           [](const kafka::TopicPartition&) { return std::numeric_limits<std::int64_t>::max(); },
       .ends =
           [&](std::span<const kafka::TopicPartition> places) {
             return admin->EndOffsets(places, absl::Seconds(2));
           }},
      *publisher);
  const auto consumer = bench::OrDie(
      "consumer", kafka::GroupConsumer::Create(std::move(group), owner,
                                               {.on_fatal = [](const absl::Status& status) {
                                                 bench::OrDie("consuming", status);
                                               }}));
  done.wait(false);
  fmt::print("{}\n", result);
  bench::OrDie("close", consumer->Close(absl::Seconds(5)));
  return 0;
}
