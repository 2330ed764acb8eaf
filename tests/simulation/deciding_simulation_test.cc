#include "tests/simulation/deciding_simulation.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>

#include "tests/simulation/trace.h"
#include "tests/simulation/worlds.h"

namespace telex::simulation {
namespace {

constexpr std::uint64_t kProgressWorldsMin = 20'000;  // fewer are done before anybody wonders

// TELEX_SIMULATION_RUNS: how many worlds, over TELEX_SIMULATION_JOBS threads.
// TELEX_SIMULATION_SEED: the first one's seed; with one run it is replayed and each of its steps is
// printed.
TEST(DecidingSimulation, EveryLawHoldsInEveryWorld) {
  const std::uint64_t runs = FromEnvironment("TELEX_SIMULATION_RUNS", 4'000);
  const std::uint64_t first = FromEnvironment("TELEX_SIMULATION_SEED", 1);
  const std::uint64_t jobs = FromEnvironment("TELEX_SIMULATION_JOBS", 1);
  if (runs == 1) {
    const RunReport report = RunDecidingSimulation({.seed = first, .trace = true});
    EXPECT_EQ(report.broken_law, "");
    return;
  }
  const auto begun = std::chrono::steady_clock::now();
  std::function<void(std::uint64_t)> progress;
  if (runs >= kProgressWorldsMin) {
    fmt::print("{} worlds from seed {} on, {} at once\n", runs, first, jobs);
    progress = [&](std::uint64_t done) {
      const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begun;
      const double rate = static_cast<double>(done) / seconds.count();
      fmt::print("{} of {} worlds, {:.0f} a second, {:.0f} s to go\n", done, runs, rate,
                 static_cast<double>(runs - done) / rate);
      std::fflush(stdout);
    };
  }
  const WorldsReport report =
      RunWorlds({.first_seed = first, .worlds = runs, .jobs = jobs}, progress);
  ASSERT_EQ(report.broken_law, "")
      << "replay with TELEX_SIMULATION_SEED=" << report.broken_seed << " TELEX_SIMULATION_RUNS=1";
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begun;
  const RunReport& total = report.total;
  fmt::print("{} worlds, seeds {} to {}, in {:.0f} s, every law held: {}\n", report.worlds, first,
             first + runs - 1, seconds.count(), TextOf(total));
  if (runs < 200) return;
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
  EXPECT_GT(total.times_said, 0);
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
