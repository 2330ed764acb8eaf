// What the index of feeds costs: taking in a version, and a window of the newest 100 items, beside an
// index a hundred times smaller. One line of JSON a figure. Usage: feeds_index_benchmark [articles]

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "feeds/domain/feed_index.h"
#include "feeds/domain/rendition_identity.h"

namespace {

using namespace telex::feeds;
using Clock = std::chrono::steady_clock;

constexpr int kPartitions = 12;
constexpr std::size_t kItems = 100;
const FeedKey kFeed{"", "en"};

ArticleSummary Story(std::int64_t n, std::int64_t version) {
  const FeedKey shelf{"section-" + std::to_string(n % 12), n % 2 == 0 ? "en" : "hy"};
  return {.id = telex::news::ArticleId::Of("sources/benchmark", std::to_string(n)),
          .version = version,
          .versioncreated_ms = n,
          .published_ms = n,
          .shelves = {shelf},
          .shelf = shelf};
}

std::unique_ptr<FeedIndex> Fill(std::int64_t articles) {
  auto index = std::make_unique<FeedIndex>(kPartitions, 1);
  std::vector<std::int64_t> order(static_cast<std::size_t>(articles));
  for (std::int64_t n = 0; n < articles; ++n) order[static_cast<std::size_t>(n)] = n;
  std::shuffle(order.begin(), order.end(), std::mt19937_64(1));
  for (const std::int64_t n : order) index->Apply(static_cast<int>(n % kPartitions), Story(n, 1));
  return index;
}

// Nanoseconds of one window; the least of many rounds, since what disturbs only adds.
double WindowNanoseconds(const FeedIndex& index) {
  const FeedNumber feed = *index.FindFeed(kFeed);
  double least = 1e18;
  std::size_t items = 0;
  for (int round = 0; round < 200; ++round) {
    const auto start = Clock::now();
    for (int n = 0; n < 50; ++n) items += index.WindowOf(feed, kItems).items.size();
    const std::chrono::duration<double, std::nano> took = Clock::now() - start;
    least = std::min(least, took.count() / 50);
  }
  if (items != 200 * 50 * kItems) std::abort();
  return least;
}

void Say(std::string_view figure, double value, std::string_view unit) {
  fmt::print("{{\"benchmark\":\"feeds_index\",\"figure\":\"{}\",\"value\":{:.3f},\"unit\":\"{}\"}}\n",
             figure, value, unit);
}

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t articles = argc > 1 ? std::max(20'000LL, std::atoll(argv[1])) : 1'000'000;
  const auto small = Fill(articles / 100);
  const auto start = Clock::now();
  const auto large = Fill(articles);
  const std::chrono::duration<double, std::nano> filled = Clock::now() - start;
  Say("apply", filled.count() / static_cast<double>(articles), "ns");
  Say("bytes_per_article",
      static_cast<double>(large->EstimatedBytes()) / static_cast<double>(articles), "bytes");
  // In turns, so that both see the same disturbances.
  double of_small = 1e18;
  double of_large = 1e18;
  for (int turn = 0; turn < 5; ++turn) {
    of_small = std::min(of_small, WindowNanoseconds(*small));
    of_large = std::min(of_large, WindowNanoseconds(*large));
  }
  Say("window_of_small_index", of_small, "ns");
  Say("window_of_large_index", of_large, "ns");
  Say("window_large_to_small", of_large / of_small, "ratio");
  return 0;
}
