#include "tests/simulation/feeds/feeds_simulation.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "feeds/domain/feed_index.h"
#include "feeds/domain/judgement.h"
#include "tests/simulation/kernel/every_law.h"

namespace telex::feeds {
namespace {

TEST(FeedsSimulation, EveryLawHoldsInEveryWorld) {
  simulation::ExpectEveryLawHolds<RunReport>(400, [](std::uint64_t seed, bool trace) {
    return RunFeedsSimulation({.seed = seed, .trace = trace});
  });
}

class FeedsRuleTakenAway : public ::testing::TestWithParam<int> {};

// The simulator's own proof.
TEST_P(FeedsRuleTakenAway, IsMissed) {
  const auto rule = static_cast<TakenAway>(GetParam());
  const simulation::BrokenWorld broken =
      simulation::RunWorlds({.worlds = 1'000}, [&](std::uint64_t seed) {
        return RunFeedsSimulation({.seed = seed, .taken_away = rule}).broken_law;
      });
  EXPECT_NE(broken.law, "");
  fmt::print("without \"{}\": {} (world {})\n", NameOf(rule), broken.law, broken.seed);
}

INSTANTIATE_TEST_SUITE_P(EachOne, FeedsRuleTakenAway, ::testing::Range(1, kTakenAway));

// Why the tag carries a sum for each partition and not their total:
// docs/adr/feed-etag-per-partition.md.
TEST(FeedsSimulation, ATotalAloneWouldLetAnArticleGoBack) {
  const auto version = [](const char* key, std::int64_t number) {
    return ArticleSummary{.id = news::ArticleId::Of("sources/simulated", key),
                          .version = number,
                          .versioncreated_ms = number,
                          .published_ms = 1,
                          .shelves = {{"world", "en"}},
                          .shelf = FeedKey{"world", "en"}};
  };
  FeedIndex one(2, 9);    // has read article a up to its correction, b not so far
  FeedIndex other(2, 9);  // the other way round
  one.Apply(0, version("a", 2));
  one.Apply(1, version("b", 1));
  other.Apply(0, version("a", 1));
  other.Apply(1, version("b", 3));
  const FeedWindow seen = one.WindowOf(*one.FindFeed({"world", "en"}), 5);
  const FeedWindow next = other.WindowOf(*other.FindFeed({"world", "en"}), 5);
  // By the total, 3 < 4, the second replica would be the newer one and would send a@1 after a@2.
  EXPECT_LT(seen.stamp.sums[0] + seen.stamp.sums[1], next.stamp.sums[0] + next.stamp.sums[1]);
  const ResourceNumber resource = ResourceOf(next.key, "rss");
  EXPECT_EQ(JudgeCopy({.stamp = seen.stamp, .resource = resource, .hash = "x"},
                      {.stamp = next.stamp, .resource = resource, .hash = "y"}),
            Verdict::kAwait);
}

}  // namespace
}  // namespace telex::feeds
