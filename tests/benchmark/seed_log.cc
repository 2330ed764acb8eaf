// Appends made-up articles to telex.articles.v1: a log to start from.
//   telex-bench-seed-log --brokers HOST:PORT --articles 100000 [--first 0]
#include <fmt/format.h>

#include "tests/benchmark/append_articles.h"
#include "tests/benchmark/flags.h"
#include "tests/benchmark/stories.h"

int main(int argc, char** argv) {
  using namespace telex;
  bench::Flags flags(argc, argv);
  const kafka::ClientConfig client{.brokers = flags.Text("brokers", "127.0.0.1:9092"),
                                   .client_id = "telex-bench-seed"};
  const auto articles = static_cast<std::uint64_t>(flags.Integer("articles", 100'000));
  const auto first = static_cast<std::uint64_t>(flags.Integer("first", 0));
  flags.Finish();
  const bench::Appended appended = bench::AppendArticles(
      client, first, articles, [](std::uint64_t n) { return bench::Story(n, n); });
  fmt::print("{{\"articles\":{},\"bytes\":{},\"seconds\":{:.3f}}}\n", articles, appended.bytes,
             appended.seconds);
  return 0;
}
