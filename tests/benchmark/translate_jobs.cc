// Claims jobs and completes them, by so many loops at once, until all that were open are done; then
// waits until each translation is published, once. `--jobs`: as many as are open.
//   telex-bench-translate-jobs --brokers HOST:PORT --address HOST:PORT --token-file F --run 1
//     --jobs 20000 --loops 16 --batch 100
#include <fmt/format.h>

#include <atomic>
#include <condition_variable>
#include <numeric>
#include <thread>

#include "news/wire/translation_log.h"
#include "platform/kafka/admin.h"
#include "tests/benchmark/english_story.h"
#include "tests/benchmark/flags.h"
#include "tests/benchmark/queue_client.h"
#include "tests/benchmark/samples.h"

namespace {

using namespace telex;
namespace v1 = translation::v1;

class Loops {
 public:
  Loops(bench::QueueClient& queue, std::int64_t run, std::int64_t jobs, int batch)
      : queue_(queue), run_(run), jobs_(jobs), batch_(batch) {}

  void Run(int loops) {
    left_ = loops;
    for (int n = 0; n < loops; ++n) Claim();
    std::unique_lock lock(mutex_);
    over_.wait(lock, [this] { return left_ == 0; });
  }
  std::int64_t completed() const { return completed_; }
  const bench::Samples& claims_ms() const { return claims_ms_; }
  const bench::Samples& completions_ms() const { return completions_ms_; }

 private:
  // As a worker does that may repeat its calls.
  std::string NextRequest() {
    return fmt::format("{:08x}-0000-4000-8000-{:012x}", run_, ++requests_);
  }
  void Claim() {
    if (claimed_ >= jobs_) {
      const std::lock_guard lock(mutex_);
      if (--left_ == 0) over_.notify_all();
      return;
    }
    const auto start = bench::Clock::now();
    queue_.Claim(batch_, NextRequest(), [this, start](const v1::ClaimJobsResponse& claimed) {
      claims_ms_.Add(bench::MillisecondsSince(start));
      claimed_ += claimed.jobs_size();
      if (claimed.jobs_size() == 0) return Claim();  // others have the last of them
      batch_ == 1 ? CompleteOne(claimed.jobs(0)) : CompleteAll(claimed);
    });
  }
  void CompleteOne(const v1::Job& job) {
    v1::CompleteJobRequest request = bench::InSpanish(job);
    request.set_request_id(NextRequest());
    const auto start = bench::Clock::now();
    queue_.Complete(request, [this, start](const v1::CompleteJobResponse&) {
      completions_ms_.Add(bench::MillisecondsSince(start));
      ++completed_;
      Claim();
    });
  }
  void CompleteAll(const v1::ClaimJobsResponse& claimed) {
    v1::BatchCompleteJobsRequest request;
    for (const v1::Job& job : claimed.jobs()) {
      *request.add_requests() = bench::InSpanish(job);
      request.mutable_requests()->rbegin()->set_request_id(NextRequest());
    }
    const auto start = bench::Clock::now();
    queue_.CompleteAll(request, [this, start](const v1::BatchCompleteJobsResponse& done) {
      completions_ms_.Add(bench::MillisecondsSince(start));
      for (const v1::CompletedJob& one : done.results()) {
        if (one.revision() == 0)
          bench::OrDie("complete", absl::InternalError(one.reason() + ": " + one.message()));
      }
      completed_ += done.results_size();
      Claim();
    });
  }

  bench::QueueClient& queue_;
  const std::int64_t run_;
  const std::int64_t jobs_;
  const int batch_;
  std::atomic<std::int64_t> requests_ = 0;
  std::atomic<std::int64_t> claimed_ = 0;
  std::atomic<std::int64_t> completed_ = 0;
  bench::Samples claims_ms_;
  bench::Samples completions_ms_;
  std::mutex mutex_;
  std::condition_variable over_;
  int left_ = 0;
};

std::int64_t Published(kafka::Admin& admin) {
  const auto ends =
      bench::OrDie("translations", admin.EndOffsets(news::kTranslationsTopic, absl::Seconds(10)));
  return std::accumulate(ends.begin(), ends.end(), std::int64_t{0});
}

}  // namespace

int main(int argc, char** argv) {
  constexpr std::chrono::milliseconds kPollPause{10};
  constexpr std::chrono::minutes kPublishedWithin{2};
  bench::Flags flags(argc, argv);
  const kafka::ClientConfig brokers{.brokers = flags.Text("brokers", "127.0.0.1:9092"),
                                    .client_id = "telex-bench-translate"};
  bench::QueueClient queue(flags.Text("address", "127.0.0.1:8060"), flags.Text("token-file", ""));
  const std::int64_t run = flags.Integer("run", 1);
  const std::int64_t jobs = flags.Integer("jobs", 20'000);
  const auto loops = static_cast<int>(flags.Integer("loops", 16));
  const auto batch = static_cast<int>(flags.Integer("batch", 100));
  flags.Finish();

  const auto admin = bench::OrDie("admin", kafka::Admin::Create(brokers));
  const std::int64_t wanted = Published(*admin) + jobs;
  const auto start = bench::Clock::now();
  Loops all(queue, run, jobs, batch);
  all.Run(loops);
  const double seconds = bench::MillisecondsSince(start) / 1000;
  while (Published(*admin) < wanted && bench::Clock::now() - start < kPublishedWithin)
    std::this_thread::sleep_for(kPollPause);
  const double published_seconds = bench::MillisecondsSince(start) / 1000;
  if (const std::int64_t published = Published(*admin); published != wanted)
    bench::OrDie("published", absl::DataLossError(fmt::format("{} too many", published - wanted)));
  fmt::print(
      "{{\"jobs\":{},\"seconds\":{:.4f},\"published_seconds\":{:.4f},"
      "\"claim_ms\":{{\"p50\":{:.3f},\"p99\":{:.3f}}},\"complete_ms\":{{\"p50\":{:.3f},\"p99\":{:"
      ".3f}}}}}\n",
      all.completed(), seconds, published_seconds, all.claims_ms().Percentile(0.5),
      all.claims_ms().Percentile(0.99), all.completions_ms().Percentile(0.5),
      all.completions_ms().Percentile(0.99));
  return 0;
}
