// From publishing to being seen: stories are submitted at a steady rate, whatever the answers take,
// and a partner polls a feed over one connection with If-None-Match until it has seen each.
//   telex-bench-visible --address HOST:PORT --token-file F --feeds HOST:PORT --rate 50
//     --milliseconds 10000 --run 1
#include <fmt/format.h>

#include <atomic>
#include <thread>
#include <unordered_map>

#include "tests/benchmark/die.h"
#include "tests/benchmark/flags.h"
#include "tests/benchmark/newsroom_client.h"
#include "tests/benchmark/partner.h"
#include "tests/benchmark/samples.h"
#include "tests/benchmark/stories.h"

namespace {

using namespace telex;

constexpr std::string_view kMarker = "Marker-";
constexpr std::chrono::milliseconds kPollPause{5};
constexpr std::chrono::seconds kLastStoryWithin{10};

// Which stories are on their way, and how long each took to be seen.
class Sightings {
 public:
  explicit Sightings(std::size_t stories) : started_(stories), seen_(stories) {}
  void Start(std::size_t story) {
    const std::lock_guard lock(mutex_);
    started_[story] = bench::Clock::now();
    submitted_ = story + 1;
  }
  void Look(std::string_view feed) {
    const auto now = bench::Clock::now();
    const std::lock_guard lock(mutex_);
    for (auto at = feed.find(kMarker); at != std::string_view::npos; at = feed.find(kMarker, at)) {
      at += kMarker.size();
      const std::string digits(feed.substr(at, feed.find_first_not_of("0123456789", at) - at));
      const std::size_t story = std::stoul(digits);
      if (story >= submitted_ || seen_[story]) continue;
      seen_[story] = true;
      ++count_;
      samples_.Add(std::chrono::duration<double, std::milli>(now - started_[story]).count());
    }
  }
  std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return count_;
  }
  const bench::Samples& samples() const { return samples_; }

 private:
  mutable std::mutex mutex_;
  std::vector<bench::Clock::time_point> started_;
  std::vector<bool> seen_;
  std::size_t submitted_ = 0;
  std::size_t count_ = 0;
  bench::Samples samples_;
};

}  // namespace

int main(int argc, char** argv) {
  bench::Flags flags(argc, argv);
  bench::NewsroomClient client(flags.Text("address", "127.0.0.1:8090"),
                               flags.Text("token-file", ""));
  const std::string feeds = flags.Text("feeds", "127.0.0.1:8080");
  const auto rate = flags.Integer("rate", 50);
  const auto stories =
      static_cast<std::size_t>(rate * flags.Integer("milliseconds", 10'000) / 1000);
  const std::string run = flags.Text("run", "run");
  flags.Finish();
  client.EnsureSource();

  Sightings sightings(stories);
  bench::Samples answered;
  std::jthread partner([&](std::stop_token stop) {
    bench::Partner connection(feeds);
    while (!stop.stop_requested()) {
      const std::string feed = connection.Poll(fmt::format("/feeds/{}.en.rss", run));
      if (feed.empty()) {
        std::this_thread::sleep_for(kPollPause);
      } else {
        sightings.Look(feed);
      }
    }
  });
  const auto start = bench::Clock::now();
  std::atomic<std::size_t> open = stories;
  for (std::size_t story = 0; story < stories; ++story) {
    std::this_thread::sleep_until(start + std::chrono::microseconds(1'000'000 * story / rate));
    const std::uint64_t seed = story + 1'000'000;
    bench::NewsroomClient::NewStory made{.key = fmt::format("{}-{}", run, story),
                                         .headline = fmt::format("{}{} told", kMarker, story),
                                         .body_text = bench::BodyText(seed, bench::BodyBytes(seed)),
                                         .section = run,
                                         .language = "en"};
    const auto begun = bench::Clock::now();
    sightings.Start(story);
    client.Create(made, [&, begun](const absl::Status& status) {
      bench::OrDie("create", status);
      answered.Add(bench::MillisecondsSince(begun));
      --open;
    });
  }
  const auto deadline = bench::Clock::now() + kLastStoryWithin;
  while ((open > 0 || sightings.count() < stories) && bench::Clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  if (open > 0) bench::OrDie("create", absl::DeadlineExceededError("stories are not decided"));
  partner.request_stop();
  partner.join();
  fmt::print(
      "{{\"stories\":{},\"seen\":{},\"p50_ms\":{:.3f},\"p99_ms\":{:.3f},"
      "\"answered_p50_ms\":{:.3f},\"answered_p99_ms\":{:.3f}}}\n",
      stories, sightings.count(), sightings.samples().Percentile(0.5),
      sightings.samples().Percentile(0.99), answered.Percentile(0.5), answered.Percentile(0.99));
  return 0;
}
