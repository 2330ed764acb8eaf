// Fills a local store of telex-feeds, as if the service had read so many articles from the log.
//   telex-bench-seed-store --brokers HOST:PORT --path FOLDER --articles 1000000
// The store says that it has been read up to the present end of telex.articles.v1. The newest
// `full` articles have bodies of the usual size, the others of 300 bytes: no feed shows them.
#include <fmt/format.h>

#include "feeds/adapters/article_store.h"
#include "ingestion/adapters/record_codec.h"
#include "platform/kafka/admin.h"
#include "tests/benchmark/die.h"
#include "tests/benchmark/flags.h"
#include "tests/benchmark/samples.h"
#include "tests/benchmark/stories.h"

int main(int argc, char** argv) {
  using namespace telex;
  bench::Flags flags(argc, argv);
  const kafka::ClientConfig client{.brokers = flags.Text("brokers", "127.0.0.1:9092"),
                                   .client_id = "telex-bench-seed"};
  const std::string path = flags.Text("path", "");
  const auto articles = static_cast<std::uint64_t>(flags.Integer("articles", 10'000));
  const auto full = static_cast<std::uint64_t>(flags.Integer("full", 10'000));
  flags.Finish();

  const auto admin = bench::OrDie("admin", kafka::Admin::Create(client));
  const std::string cluster = bench::OrDie("cluster", admin->ClusterId(absl::Seconds(10)));
  const auto ends =
      bench::OrDie("ends", admin->EndOffsets(feeds::kArticlesTopic, absl::Seconds(10)));
  const auto partitions = static_cast<std::int32_t>(ends.size());

  const auto start = bench::Clock::now();
  auto store = bench::OrDie(
      "store", feeds::ArticleStore::Open({.path = path, .cluster_id = cluster}, absl::Now()));
  replica::LogReplica& log = store->log();
  bench::OrDie("bind", log.Bind(cluster, partitions, absl::Now()));
  constexpr std::uint64_t kBatch = 5'000;
  for (std::uint64_t n = 0; n < articles;) {
    auto txn = bench::OrDie("begin", log.store().BeginWrite());
    for (const std::uint64_t end = std::min(articles, n + kBatch); n < end; ++n) {
      // Counted from the newest, so that the feeds of any two stores show the same.
      const std::uint64_t age = articles - n;
      const auto head =
          bench::HeadOf(bench::Story(n, age, age <= full ? 0 : 300), cluster, partitions);
      bench::OrDie("put", store->Put(txn, head.position.partition, feeds::SummaryOf(head.article),
                                     ingestion::EncodeArticleHead(head)));
    }
    bench::OrDie("commit", txn.Commit());
  }
  auto txn = bench::OrDie("begin", log.store().BeginWrite());
  for (std::int32_t partition = 0; partition < partitions; ++partition) {
    bench::OrDie("position", txn.SetPosition(feeds::kArticlesTopic, partition, ends[partition]));
  }
  bench::OrDie("commit", txn.Commit());
  log.OnAllCaughtUp();
  bench::OrDie("touch", log.Touch(absl::Now()));
  const auto used = log.store().Stats().used_bytes;
  bench::OrDie("close", log.Close());
  fmt::print("{{\"articles\":{},\"store_bytes\":{},\"seconds\":{:.3f}}}\n", articles, used,
             bench::MillisecondsSince(start) / 1000);
  return 0;
}
