#include "tests/simulation/deciding_simulation.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/simulation/kernel/worlds.h"
#include "tests/simulation/trace.h"

namespace telex::simulation {
namespace {

// TELEX_SIMULATION_RUNS: how many worlds, over TELEX_SIMULATION_JOBS threads.
// TELEX_SIMULATION_SEED: the first one's seed; with one run it is replayed and each of its steps is
// printed.
TEST(DecidingSimulation, EveryLawHoldsInEveryWorld) {
  const WorldsOptions options = WorldsFromEnvironment(4'000);
  if (options.worlds == 1) {
    const RunReport report = RunDecidingSimulation({.seed = options.first_seed, .trace = true});
    EXPECT_EQ(report.broken_law, "");
    return;
  }
  const auto [broken, total] = RunReportedWorlds<RunReport>(
      options, [](std::uint64_t seed) { return RunDecidingSimulation({.seed = seed}); });
  ASSERT_EQ(broken.law, "") << "replay with TELEX_SIMULATION_SEED=" << broken.seed
                            << " TELEX_SIMULATION_RUNS=1";
  fmt::print("{} worlds from seed {} on, every law held: {}\n", options.worlds, options.first_seed,
             TextOf(total));
  if (options.worlds < 200) return;
  // Worlds in which nothing goes wrong would prove nothing.
  EXPECT_GT(total.versions, 0);
  EXPECT_GT(total.unreadable, 0);
  EXPECT_GT(total.purges, 0);
  EXPECT_GT(total.crashes, 0);
  EXPECT_GT(total.pauses, 0);
  EXPECT_GT(total.takeovers, 0);
  EXPECT_GT(total.zombie_appends, 0);
  EXPECT_GT(total.late_contents, 0);
  EXPECT_GT(total.forgotten_again, 0);
  EXPECT_GT(total.times_sent, 0);
  EXPECT_GT(total.quiet_days, 0);
  EXPECT_GT(total.hung_days, 0);
  EXPECT_GT(total.rule_stops, 0);
  EXPECT_GT(total.newer_stops, 0);
  EXPECT_GT(total.held_readers, 0);
  EXPECT_GT(total.let_go, 0);
  EXPECT_GT(total.logs_cut, 0);
  EXPECT_GT(total.refused_starts, 0);
}

TEST(DecidingSimulation, TheSameSeedIsTheSameWorld) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    EXPECT_EQ(TextOf(RunDecidingSimulation({.seed = seed})),
              TextOf(RunDecidingSimulation({.seed = seed})));
  }
}

}  // namespace
}  // namespace telex::simulation
