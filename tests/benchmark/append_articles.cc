#include "tests/benchmark/append_articles.h"

#include <fmt/format.h>

#include <atomic>
#include <thread>
#include <vector>

#include "ingestion/adapters/record_codec.h"
#include "ingestion/adapters/topics.h"
#include "news/article_name.h"
#include "platform/kafka/admin.h"
#include "platform/kafka/cloud_event.h"
#include "platform/kafka/publisher.h"
#include "tests/benchmark/die.h"
#include "tests/benchmark/stories.h"

namespace telex::bench {
namespace {

constexpr std::uint64_t kThreads = 2;  // making stories up takes longer than appending them

kafka::Record RecordOf(const ingestion::ArticleHead& head) {
  kafka::Record record{.topic = ingestion::kArticlesTopic, .partition = head.position.partition};
  record.key = news::NameOf(head.article.id, head.article.version);
  record.value = ingestion::EncodeArticleHead(head);
  record.headers = kafka::HeadersOf({.source = ingestion::kEventSource,
                                     .id = record.key,
                                     .type = "telex.news.v1.ArticleRecord",
                                     .subject = news::NameOf(head.article.id),
                                     .time = head.article.versioncreated});
  return record;
}

// Of the articles; each has a submission.
std::int32_t Partitions(kafka::Admin& admin) {
  const auto ends =
      OrDie("submissions", admin.EndOffsets(ingestion::kSubmissionsTopic, absl::Seconds(10)));
  for (std::size_t partition = 0; partition < ends.size(); ++partition) {
    if (ends[partition] == 0) {
      OrDie("submissions",
            absl::FailedPreconditionError(fmt::format("partition {} has none", partition)));
    }
  }
  return static_cast<std::int32_t>(ends.size());
}

}  // namespace

Appended AppendArticles(const kafka::ClientConfig& client, std::uint64_t first,
                        std::uint64_t articles,
                        const std::function<news::Article(std::uint64_t)>& make) {
  const auto admin = OrDie("admin", kafka::Admin::Create(client));
  const std::string cluster = OrDie("cluster", admin->ClusterId(absl::Seconds(10)));
  const std::int32_t partitions = Partitions(*admin);
  const auto publisher =
      OrDie("publisher", kafka::Publisher::Create({.client = client, .linger_ms = 10}));
  OrDie("warm up", publisher->WarmUp(std::vector{ingestion::kArticlesTopic}, absl::Seconds(10)));
  std::atomic<std::uint64_t> failed = 0;
  std::atomic<std::uint64_t> bytes = 0;
  Appended appended{.articles = articles, .start = Clock::now()};
  const auto append = [&](std::uint64_t n) {
    kafka::Record record = RecordOf(HeadOf(make(n), cluster, partitions));
    bytes += record.value->size();
    publisher->Publish(std::move(record), [&](const absl::StatusOr<kafka::Position>& done) {
      if (!done.ok()) ++failed;
    });
  };
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        for (std::uint64_t n = thread; n < articles; n += kThreads) append(first + n);
      });
    }
  }
  const std::size_t left = publisher->Flush(absl::Seconds(60));
  if (failed > 0 || left > 0)
    OrDie("append", absl::DataLossError(fmt::format("{} failed, {} left", failed.load(), left)));
  appended.bytes = bytes;
  appended.seconds = MillisecondsSince(appended.start) / 1000;
  return appended;
}

}  // namespace telex::bench
