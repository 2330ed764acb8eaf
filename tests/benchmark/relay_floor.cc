// The floor under publish-to-visible: at the same rate, a record is appended, read back, appended
// to a second topic by its reader, and read back there. Any design that decides on a log and serves
// from a log pays that much.
//   telex-bench-relay --brokers HOST:PORT --rate 50 --milliseconds 10000
#include <fmt/format.h>

#include <atomic>
#include <functional>
#include <thread>

#include "platform/kafka/log_reader.h"
#include "platform/kafka/publisher.h"
#include "tests/benchmark/bench_topics.h"
#include "tests/benchmark/flags.h"
#include "tests/benchmark/samples.h"
#include "tests/benchmark/stories.h"

namespace {

using namespace telex;

class Each final : public kafka::LogHandler {
 public:
  explicit Each(std::function<void(const kafka::Record&)> take) : take_(std::move(take)) {}
  kafka::Outcome OnBatch(std::span<const kafka::Record> batch, std::stop_token) override {
    for (const kafka::Record& record : batch) take_(record);
    return kafka::Outcome::Done();
  }
  void OnCaughtUp(const kafka::TopicPartition&, std::int64_t) override {}

 private:
  std::function<void(const kafka::Record&)> take_;
};

std::unique_ptr<kafka::LogReader> ReadFromEnd(const kafka::ClientConfig& client,
                                              const std::string& topic, Each& handler) {
  const auto admin = bench::OrDie("admin", kafka::Admin::Create(client));
  const auto ends = bench::OrDie("ends", admin->EndOffsets(topic, absl::Seconds(10)));
  kafka::LogReaderConfig config{.client = client};
  for (std::size_t partition = 0; partition < ends.size(); ++partition) {
    config.from.push_back(
        {.partition = {topic, static_cast<std::int32_t>(partition)}, .offset = ends[partition]});
  }
  auto reader = bench::OrDie("reader", kafka::LogReader::Create(std::move(config), handler));
  bench::OrDie("caught up", reader->AwaitCaughtUp(absl::Seconds(20)));
  return reader;
}

}  // namespace

int main(int argc, char** argv) {
  bench::Flags flags(argc, argv);
  const kafka::ClientConfig client{.brokers = flags.Text("brokers", "127.0.0.1:9092"),
                                   .client_id = "telex-bench-relay"};
  const auto rate = flags.Integer("rate", 50);
  const auto records =
      static_cast<std::size_t>(rate * flags.Integer("milliseconds", 10'000) / 1000);
  flags.Finish();
  bench::MakeFloorTopics(client);
  const auto publisher = bench::OrDie("publisher", kafka::Publisher::Create({.client = client}));
  bench::OrDie("warm up", publisher->WarmUp(bench::kFloorTopics, absl::Seconds(10)));

  std::vector<std::atomic<std::int64_t>> started(records);
  bench::Samples samples;
  const auto now = [] { return bench::Clock::now().time_since_epoch().count(); };
  Each pass_on([&](const kafka::Record& record) {
    publisher->Publish({.topic = bench::kFloorTopics[1],
                        .partition = record.partition,
                        .key = record.key,
                        .value = record.value},
                       [](auto done) { bench::OrDie("append", done.status()); });
  });
  Each arrive([&](const kafka::Record& record) {
    const std::int64_t took = now() - started[std::stoul(record.key)];
    samples.Add(static_cast<double>(took) / 1e6);
  });
  const auto second = ReadFromEnd(client, bench::kFloorTopics[1], arrive);
  const auto first = ReadFromEnd(client, bench::kFloorTopics[0], pass_on);

  const auto start = bench::Clock::now();
  for (std::size_t n = 0; n < records; ++n) {
    std::this_thread::sleep_until(start + std::chrono::microseconds(1'000'000 * n / rate));
    kafka::Record record{.topic = bench::kFloorTopics[0],
                         .partition = static_cast<std::int32_t>(n % bench::kFloorPartitions)};
    record.key = std::to_string(n);
    record.value = bench::BodyText(n, bench::BodyBytes(n));
    started[n] = now();
    publisher->Publish(std::move(record), [](auto done) { bench::OrDie("append", done.status()); });
  }
  const auto deadline = bench::Clock::now() + std::chrono::seconds(10);
  while (samples.size() < records && bench::Clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  bench::OrDie("stop", first->Stop(absl::Seconds(5)));
  bench::OrDie("stop", second->Stop(absl::Seconds(5)));
  fmt::print("{{\"records\":{},\"arrived\":{},\"p50_ms\":{:.3f},\"p99_ms\":{:.3f}}}\n", records,
             samples.size(), samples.Percentile(0.5), samples.Percentile(0.99));
  return 0;
}
