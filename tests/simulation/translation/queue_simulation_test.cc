#include "tests/simulation/translation/queue_simulation.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/simulation/kernel/worlds.h"

namespace telex::simulation {
namespace {

// TELEX_SIMULATION_SEED, TELEX_SIMULATION_RUNS: as in tests/simulation.
TEST(QueueSimulation, EveryLawHoldsInEveryWorld) {
  const WorldsOptions options = WorldsFromEnvironment(150);
  const auto [broken, total] = RunReportedWorlds<QueueReport>(options, [&](std::uint64_t seed) {
    return RunQueueSimulation({.seed = seed, .trace = options.worlds == 1});
  });
  ASSERT_EQ(broken.law, "") << "replay with TELEX_SIMULATION_SEED=" << broken.seed
                            << " TELEX_SIMULATION_RUNS=1";
  fmt::print("{} worlds from seed {} on, every law held: {}\n", options.worlds, options.first_seed,
             TextOf(total));
  if (options.worlds < 200) return;
  // Worlds in which nothing goes wrong would prove nothing.
  EXPECT_GT(total.completions, 0);
  EXPECT_GT(total.refused_late, 0);
  EXPECT_GT(total.drafts, 0);
  EXPECT_GT(total.reviews, 0);
  EXPECT_GT(total.repeats, 0);
  EXPECT_GT(total.published, 0);
  EXPECT_GT(total.unchanged, 0);
  EXPECT_GT(total.withdrawn, 0);
  EXPECT_GT(total.purged, 0);
  EXPECT_GT(total.undone, 0);
  EXPECT_GT(total.crashes, 0);
  EXPECT_GT(total.lost_stores, 0);
  EXPECT_GT(total.takeovers, 0);
  EXPECT_GT(total.set_back, 0);
  EXPECT_GT(total.forgotten, 0);
  EXPECT_GT(total.read_again, 0);
  EXPECT_GT(total.compacted, 0);
}

class QueueRule : public testing::TestWithParam<QueueRuleTakenAway> {};

TEST_P(QueueRule, IsMissed) {
  const BrokenWorld broken = RunWorlds({.worlds = 500}, [](std::uint64_t seed) {
    return RunQueueSimulation({.seed = seed, .taken_away = GetParam()}).broken_law;
  });
  EXPECT_NE(broken.law, "");
  fmt::print("without \"{}\": {} (world {})\n", NameOf(GetParam()), broken.law, broken.seed);
}

INSTANTIATE_TEST_SUITE_P(EachOne, QueueRule,
                         testing::Values(QueueRuleTakenAway::kKeyOfItsOwn,
                                         QueueRuleTakenAway::kForgottenBeforeTombstones,
                                         QueueRuleTakenAway::kPublishedFromStore,
                                         QueueRuleTakenAway::kKeptUntilReadBack,
                                         QueueRuleTakenAway::kReadFirst,
                                         QueueRuleTakenAway::kUndoneInMemory,
                                         QueueRuleTakenAway::kDueAskedAgain));

}  // namespace
}  // namespace telex::simulation
