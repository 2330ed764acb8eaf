// The floor under CreateArticle: records of a story's size, each appended to one topic and, once
// that is acknowledged by all replicas, to another: any design that decides on a log pays that
// much.
//   telex-bench-append --brokers HOST:PORT --concurrency 16 --milliseconds 3000
#include <fmt/format.h>

#include <atomic>
#include <condition_variable>
#include <functional>

#include "platform/kafka/publisher.h"
#include "tests/benchmark/bench_topics.h"
#include "tests/benchmark/flags.h"
#include "tests/benchmark/samples.h"
#include "tests/benchmark/stories.h"

namespace {

using namespace telex;

class Load {
 public:
  Load(kafka::Publisher& publisher, std::chrono::milliseconds time)
      : publisher_(publisher), end_(bench::Clock::now() + time) {}

  void Run(int concurrency) {
    left_ = concurrency;
    for (int n = 0; n < concurrency; ++n) Begin();
    std::unique_lock lock(mutex_);
    over_.wait(lock, [this] { return left_ == 0; });
  }
  const bench::Samples& samples() const { return samples_; }

 private:
  void Begin() {
    const auto start = bench::Clock::now();
    if (start >= end_) {
      const std::lock_guard lock(mutex_);
      if (--left_ == 0) over_.notify_all();
      return;
    }
    const std::uint64_t n = next_++;
    Append(0, n, [this, n, start] {
      Append(1, n, [this, start] {
        samples_.Add(bench::MillisecondsSince(start));
        Begin();
      });
    });
  }
  void Append(int topic, std::uint64_t n, std::function<void()> then) {
    kafka::Record record{.topic = bench::kFloorTopics[topic],
                         .partition = static_cast<std::int32_t>(n % bench::kFloorPartitions)};
    record.key = fmt::format("bench-{}", n);
    record.value = bench::BodyText(n, bench::BodyBytes(n));
    publisher_.Publish(std::move(record), [then = std::move(then)](auto done) {
      bench::OrDie("append", done.status());
      then();
    });
  }

  kafka::Publisher& publisher_;
  const bench::Clock::time_point end_;
  std::atomic<std::uint64_t> next_ = 0;
  bench::Samples samples_;
  std::mutex mutex_;
  std::condition_variable over_;
  int left_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  bench::Flags flags(argc, argv);
  const kafka::ClientConfig client{.brokers = flags.Text("brokers", "127.0.0.1:9092"),
                                   .client_id = "telex-bench-append"};
  const auto concurrency = static_cast<int>(flags.Integer("concurrency", 16));
  const std::chrono::milliseconds time(flags.Integer("milliseconds", 3'000));
  flags.Finish();
  bench::MakeFloorTopics(client);
  const auto publisher = bench::OrDie("publisher", kafka::Publisher::Create({.client = client}));
  bench::OrDie("warm up", publisher->WarmUp(bench::kFloorTopics, absl::Seconds(10)));

  const auto start = bench::Clock::now();
  Load load(*publisher, time);
  load.Run(concurrency);
  const double seconds = bench::MillisecondsSince(start) / 1000;
  const auto& samples = load.samples();
  fmt::print("{{\"count\":{},\"per_second\":{:.1f},\"p50_ms\":{:.3f},\"p99_ms\":{:.3f}}}\n",
             samples.size(), static_cast<double>(samples.size()) / seconds, samples.Percentile(0.5),
             samples.Percentile(0.99));
  return 0;
}
