#include "tests/simulation/deciding_simulation.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace telex::simulation {
namespace {

std::uint64_t FromEnvironment(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? fallback : std::stoull(text);
}

// TELEX_SIMULATION_RUNS: how many worlds. TELEX_SIMULATION_SEED: the first one's seed; with it and
// one run, a world is replayed and each of its steps is printed.
TEST(DecidingSimulation, EveryLawHoldsInEveryWorld) {
  const std::uint64_t runs = FromEnvironment("TELEX_SIMULATION_RUNS", 4'000);
  const std::uint64_t first = FromEnvironment("TELEX_SIMULATION_SEED", 1);
  RunReport total;
  std::uint64_t cut = 0;
  for (std::uint64_t seed = first; seed < first + runs; ++seed) {
    const RunReport report = RunDecidingSimulation({.seed = seed, .trace = runs == 1});
    ASSERT_EQ(report.broken_law, "")
        << "replay with TELEX_SIMULATION_SEED=" << seed << " TELEX_SIMULATION_RUNS=1";
    total.submissions += report.submissions;
    total.versions += report.versions;
    total.crashes += report.crashes;
    total.zombie_appends += report.zombie_appends;
    total.refused_starts += report.refused_starts;
    cut += report.cut_short;
  }
  fmt::print(
      "{} worlds from seed {}: {} submissions, {} versions, {} crashes, {} appends by zombies, {} "
      "logs cut short\n",
      runs, first, total.submissions, total.versions, total.crashes, total.zombie_appends, cut);
  if (runs < 100) return;
  // A world in which nothing went wrong would prove nothing.
  EXPECT_GT(total.versions, 0);
  EXPECT_GT(total.crashes, 0);
  EXPECT_GT(total.zombie_appends, 0);
  EXPECT_GT(cut, 0u);
  EXPECT_GT(total.refused_starts, 0);
}

}  // namespace
}  // namespace telex::simulation
