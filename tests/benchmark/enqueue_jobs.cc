// From articles in the log to jobs that can be claimed: appends stories in English and waits until
// each has its open jobs: into Spanish, or into that and other languages.
//   telex-bench-enqueue-jobs --brokers HOST:PORT --address HOST:PORT --token-file F --first 0
//     --articles 20000 [--languages 1]
#include <fmt/format.h>

#include <array>
#include <span>
#include <string_view>
#include <thread>

#include "tests/benchmark/append_articles.h"
#include "tests/benchmark/english_story.h"
#include "tests/benchmark/flags.h"
#include "tests/benchmark/queue_client.h"

namespace {

constexpr std::array<std::string_view, 5> kLanguages = {"es", "fr", "de", "it", "pt"};

}  // namespace

int main(int argc, char** argv) {
  using namespace telex;
  constexpr std::chrono::milliseconds kPollPause{5};
  constexpr std::chrono::minutes kOpenWithin{5};
  bench::Flags flags(argc, argv);
  const kafka::ClientConfig brokers{.brokers = flags.Text("brokers", "127.0.0.1:9092"),
                                    .client_id = "telex-bench-enqueue"};
  bench::QueueClient queue(flags.Text("address", "127.0.0.1:8060"), flags.Text("token-file", ""));
  const auto first = static_cast<std::uint64_t>(flags.Integer("first", 0));
  const auto articles = static_cast<std::uint64_t>(flags.Integer("articles", 20'000));
  const auto languages = static_cast<std::size_t>(flags.Integer("languages", 1));
  flags.Finish();
  if (languages > kLanguages.size())
    bench::OrDie("languages", absl::InvalidArgumentError("there are 5"));
  queue.SetPolicy(translation::v1::WORKFLOW_PERSON, std::span(kLanguages).first(languages));

  const std::uint64_t jobs = articles * languages;
  const std::int64_t wanted = queue.Open() + static_cast<std::int64_t>(jobs);
  const bench::Appended appended =
      bench::AppendArticles(brokers, first, articles, &bench::EnglishStory);
  while (queue.Open() < wanted) {
    if (bench::Clock::now() - appended.start > kOpenWithin)
      bench::OrDie("jobs", absl::DeadlineExceededError(fmt::format("{} are open", queue.Open())));
    std::this_thread::sleep_for(kPollPause);
  }
  fmt::print("{{\"jobs\":{},\"bytes\":{},\"appended_seconds\":{:.4f},\"seconds\":{:.4f}}}\n", jobs,
             appended.bytes, appended.seconds, bench::MillisecondsSince(appended.start) / 1000);
  return 0;
}
