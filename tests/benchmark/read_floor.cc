// The floor under a start from the log: the same client reads telex.articles.v1 to its end and does
// nothing with it.
#include <fmt/format.h>

#include "platform/kafka/admin.h"
#include "platform/kafka/log_reader.h"
#include "tests/benchmark/die.h"
#include "tests/benchmark/flags.h"
#include "tests/benchmark/samples.h"

namespace {

class Counter final : public telex::kafka::LogHandler {
 public:
  telex::kafka::Outcome OnBatch(std::span<const telex::kafka::Record> batch,
                                std::stop_token) override {
    records += batch.size();
    return telex::kafka::Outcome::Done();
  }
  void OnCaughtUp(const telex::kafka::TopicPartition&, std::int64_t) override {}
  std::size_t records = 0;
};

}  // namespace

int main(int argc, char** argv) {
  using namespace telex;
  const auto start = bench::Clock::now();
  bench::Flags flags(argc, argv);
  kafka::LogReaderConfig reading{.client = {.brokers = flags.Text("brokers", "127.0.0.1:9092"),
                                            .client_id = "telex-bench-read"}};
  const std::string topic = flags.Text("topic", "telex.articles.v1");
  flags.Finish();
  const auto admin = bench::OrDie("admin", kafka::Admin::Create(reading.client));
  const auto ends = bench::OrDie("ends", admin->EndOffsets(topic, absl::Seconds(10)));
  for (std::size_t partition = 0; partition < ends.size(); ++partition) {
    reading.from.push_back({.partition = {topic, static_cast<std::int32_t>(partition)}});
  }
  Counter counter;
  const auto reader = bench::OrDie("reader", kafka::LogReader::Create(std::move(reading), counter));
  bench::OrDie("read", reader->AwaitCaughtUp(absl::Minutes(2)));
  const double seconds = bench::MillisecondsSince(start) / 1000;
  bench::OrDie("stop", reader->Stop(absl::Seconds(5)));
  fmt::print("{{\"records\":{},\"seconds\":{:.3f}}}\n", counter.records, seconds);
  return 0;
}
