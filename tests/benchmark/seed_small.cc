// Fills the topic of small records.
//   telex-bench-seed-small --brokers HOST:PORT --records 1000000
#include <fmt/format.h>

#include "platform/kafka/publisher.h"
#include "tests/benchmark/bench_topics.h"
#include "tests/benchmark/flags.h"
#include "tests/benchmark/samples.h"
#include "tests/benchmark/small_records.h"

int main(int argc, char** argv) {
  using namespace telex;
  bench::Flags flags(argc, argv);
  const kafka::ClientConfig client{.brokers = flags.Text("brokers", "127.0.0.1:9092"),
                                   .client_id = "telex-bench-seed"};
  const auto records = static_cast<std::uint64_t>(flags.Integer("records", 1'000'000));
  flags.Finish();
  const std::vector<std::string> topics = {bench::kSmallTopic, bench::kCountsTopic};
  bench::MakeTopics(client, topics);
  const auto publisher = bench::OrDie(
      "publisher",
      kafka::Publisher::Create(
          {.client = client, .message_timeout = absl::ZeroDuration(), .linger_ms = 10}));
  bench::OrDie("warm up", publisher->WarmUp(topics, absl::Seconds(10)));
  const auto start = bench::Clock::now();
  for (std::uint64_t n = 0; n < records; ++n) {
    publisher->Publish(bench::SmallRecord(n),
                       [](const auto& done) { bench::OrDie("append", done.status()); });
  }
  if (publisher->Flush(absl::Minutes(2)) > 0)
    bench::OrDie("append", absl::DataLossError("records were not delivered"));
  fmt::print("{{\"records\":{},\"seconds\":{:.3f}}}\n", records,
             bench::MillisecondsSince(start) / 1000);
  return 0;
}
