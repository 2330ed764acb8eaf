// Appends made-up articles to telex.articles.v1 as if ingestion had decided them: a log to start
// from.
//   telex-bench-seed-log --brokers HOST:PORT --articles 100000 [--first 0]
// Their positions are those of the first submission of each partition, which must be there: what is
// known to be decided must not be more than was submitted.
#include <fmt/format.h>

#include <atomic>
#include <thread>

#include "ingestion/adapters/record_codec.h"
#include "ingestion/adapters/topics.h"
#include "news/article_name.h"
#include "platform/kafka/admin.h"
#include "platform/kafka/cloud_event.h"
#include "platform/kafka/partitioner.h"
#include "platform/kafka/publisher.h"
#include "tests/benchmark/die.h"
#include "tests/benchmark/flags.h"
#include "tests/benchmark/samples.h"
#include "tests/benchmark/stories.h"

int main(int argc, char** argv) {
  using namespace telex;
  constexpr std::uint64_t kThreads = 2;
  bench::Flags flags(argc, argv);
  const kafka::ClientConfig client{.brokers = flags.Text("brokers", "127.0.0.1:9092"),
                                   .client_id = "telex-bench-seed"};
  const auto articles = static_cast<std::uint64_t>(flags.Integer("articles", 100'000));
  const auto first = static_cast<std::uint64_t>(flags.Integer("first", 0));
  flags.Finish();

  const auto admin = bench::OrDie("admin", kafka::Admin::Create(client));
  const std::string cluster = bench::OrDie("cluster", admin->ClusterId(absl::Seconds(10)));
  const auto ends = bench::OrDie(
      "submissions", admin->EndOffsets(ingestion::kSubmissionsTopic, absl::Seconds(10)));
  for (std::size_t partition = 0; partition < ends.size(); ++partition) {
    if (ends[partition] == 0) {
      bench::OrDie("submissions",
                   absl::FailedPreconditionError(fmt::format("partition {} has none", partition)));
    }
  }
  const auto partitions = static_cast<std::int32_t>(ends.size());

  const auto publisher =
      bench::OrDie("publisher", kafka::Publisher::Create({.client = client, .linger_ms = 10}));
  bench::OrDie("warm up",
               publisher->WarmUp(std::vector{ingestion::kArticlesTopic}, absl::Seconds(10)));
  std::atomic<std::uint64_t> failed = 0;
  std::atomic<std::uint64_t> bytes = 0;
  const auto start = bench::Clock::now();
  const auto append = [&](std::uint64_t n) {
    const auto head = bench::HeadOf(bench::Story(n, n), cluster, partitions);
    kafka::Record record{.topic = ingestion::kArticlesTopic, .partition = head.position.partition};
    record.key = news::NameOf(head.article.id, head.article.version);
    record.value = ingestion::EncodeArticleHead(head);
    record.headers = kafka::HeadersOf({.source = ingestion::kEventSource,
                                       .id = record.key,
                                       .type = "telex.news.v1.ArticleRecord",
                                       .subject = news::NameOf(head.article.id),
                                       .time = head.article.versioncreated});
    bytes += record.value->size();
    publisher->Publish(std::move(record), [&](const absl::StatusOr<kafka::Position>& done) {
      if (!done.ok()) ++failed;
    });
  };
  {
    // Making stories up takes longer than appending them.
    std::vector<std::jthread> threads;
    for (std::uint64_t thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        for (std::uint64_t n = thread; n < articles; n += kThreads) append(first + n);
      });
    }
  }
  const std::size_t left = publisher->Flush(absl::Seconds(60));
  if (failed > 0 || left > 0) {
    bench::OrDie("append",
                 absl::DataLossError(fmt::format("{} failed, {} left", failed.load(), left)));
  }
  const double seconds = bench::MillisecondsSince(start) / 1000;
  fmt::print("{{\"articles\":{},\"bytes\":{},\"seconds\":{:.3f}}}\n", articles, bytes.load(),
             seconds);
  return 0;
}
