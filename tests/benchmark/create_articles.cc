// CreateArticle by so many callers at once, each waiting for its answer: how many stories a second
// are durably decided, and how long one takes.
//   telex-bench-create --address HOST:PORT --token-file F --concurrency 16 --milliseconds 3000
//   --run 1
#include <fmt/format.h>

#include <atomic>
#include <condition_variable>

#include "tests/benchmark/die.h"
#include "tests/benchmark/flags.h"
#include "tests/benchmark/newsroom_client.h"
#include "tests/benchmark/samples.h"
#include "tests/benchmark/stories.h"

namespace {

using namespace telex;

class Load {
 public:
  Load(bench::NewsroomClient& client, std::string run, std::chrono::milliseconds time)
      : client_(client), run_(std::move(run)), end_(bench::Clock::now() + time) {}

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
    client_.Create({.key = fmt::format("{}-{}", run_, n),
                    .headline = fmt::format("{} {}", bench::Headline(n), n),
                    .body_text = bench::BodyText(n, bench::BodyBytes(n)),
                    .section = std::string(bench::kSections[n % bench::kSections.size()]),
                    .language = "en"},
                   [this, start](const absl::Status& status) {
                     bench::OrDie("create", status);
                     samples_.Add(bench::MillisecondsSince(start));
                     Begin();
                   });
  }

  bench::NewsroomClient& client_;
  const std::string run_;
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
  bench::NewsroomClient client(flags.Text("address", "127.0.0.1:8090"),
                               flags.Text("token-file", ""));
  const auto concurrency = static_cast<int>(flags.Integer("concurrency", 16));
  const std::chrono::milliseconds time(flags.Integer("milliseconds", 3'000));
  const std::string run = flags.Text("run", "run");
  flags.Finish();
  client.EnsureSource();

  const auto start = bench::Clock::now();
  Load load(client, run, time);
  load.Run(concurrency);
  const double seconds = bench::MillisecondsSince(start) / 1000;
  const auto& samples = load.samples();
  fmt::print("{{\"count\":{},\"per_second\":{:.1f},\"p50_ms\":{:.3f},\"p99_ms\":{:.3f}}}\n",
             samples.size(), static_cast<double>(samples.size()) / seconds, samples.Percentile(0.5),
             samples.Percentile(0.99));
  return 0;
}
