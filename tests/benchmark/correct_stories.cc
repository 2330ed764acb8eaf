// From a correction of one sentence to the feed in which it stands in Spanish, on an idle queue: a
// partner polls that feed over one connection, another the story's own. One correction after the
// other.
//   telex-bench-correct-stories --address HOST:PORT --token-file F --queue HOST:PORT
//     --feeds HOST:PORT --corrections 50 --run 1
#include <fmt/format.h>

#include <array>
#include <thread>

#include "tests/benchmark/die.h"
#include "tests/benchmark/flags.h"
#include "tests/benchmark/newsroom_client.h"
#include "tests/benchmark/partner.h"
#include "tests/benchmark/queue_client.h"
#include "tests/benchmark/samples.h"

namespace {

using namespace telex;

constexpr std::chrono::milliseconds kPollPause{5};
constexpr std::chrono::seconds kSeenWithin{30};

// Looks at one feed until what was asked for stands in it.
class Reader {
 public:
  Reader(const std::string& feeds, std::string path) : partner_(feeds), path_(std::move(path)) {}

  // Milliseconds from `start`.
  double Await(const std::string& words, bench::Clock::time_point start) {
    while (feed_.find(words) == std::string::npos) {
      if (bench::Clock::now() - start > kSeenWithin)
        bench::OrDie("feed", absl::DeadlineExceededError(path_ + " has no " + words));
      std::string feed = partner_.Poll(path_);
      if (feed.empty()) {
        std::this_thread::sleep_for(kPollPause);
      } else {
        feed_ = std::move(feed);
      }
    }
    return bench::MillisecondsSince(start);
  }

 private:
  bench::Partner partner_;
  const std::string path_;
  std::string feed_;
};

// A number stands in each language as it is.
std::string BodyWith(std::int64_t passengers) {
  return fmt::format(
      "The ferry across the bay sails again after the storm. The first boat left the quay with {} "
      "passengers.\n\nDivers looked for damage below the water. They found nothing.",
      passengers);
}

}  // namespace

int main(int argc, char** argv) {
  bench::Flags flags(argc, argv);
  const std::string token_file = flags.Text("token-file", "");
  bench::NewsroomClient newsroom(flags.Text("address", "127.0.0.1:8090"), token_file);
  bench::QueueClient queue(flags.Text("queue", "127.0.0.1:8060"), token_file);
  const std::string feeds = flags.Text("feeds", "127.0.0.1:8080");
  const std::int64_t corrections = flags.Integer("corrections", 50);
  const std::string run = flags.Text("run", "run");
  flags.Finish();
  newsroom.EnsureSource();
  queue.SetPolicy(translation::v1::WORKFLOW_MACHINE, std::array{std::string_view("es")});

  std::int64_t passengers = 100'001;
  const std::string article = newsroom.CreateNow({.key = "corrected-" + run,
                                                  .headline = "The ferry sails again",
                                                  .body_text = BodyWith(passengers),
                                                  .section = run,
                                                  .language = "en"});
  Reader translated(feeds, fmt::format("/feeds/{}.es.rss", run));
  Reader original(feeds, fmt::format("/feeds/{}.en.rss", run));
  translated.Await(std::to_string(passengers), bench::Clock::now());
  bench::Samples decided_ms;
  bench::Samples translated_ms;
  bench::Samples original_ms;
  for (std::int64_t n = 0; n < corrections; ++n) {
    const std::string words = std::to_string(++passengers);
    const auto start = bench::Clock::now();
    std::jthread reading([&] { translated_ms.Add(translated.Await(words, start)); });
    std::jthread beside([&] { original_ms.Add(original.Await(words, start)); });
    newsroom.CorrectNow(article, BodyWith(passengers));
    decided_ms.Add(bench::MillisecondsSince(start));
  }
  const auto told = [](const bench::Samples& samples) {
    return fmt::format("{{\"p50\":{:.3f},\"p95\":{:.3f}}}", samples.Percentile(0.5),
                       samples.Percentile(0.95));
  };
  fmt::print("{{\"corrections\":{},\"decided_ms\":{},\"translated_ms\":{},\"original_ms\":{}}}\n",
             corrections, told(decided_ms), told(translated_ms), told(original_ms));
  return 0;
}
