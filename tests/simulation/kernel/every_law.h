// The test that every simulation has.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>

#include "tests/simulation/kernel/report.h"
#include "tests/simulation/kernel/worlds.h"

namespace telex::simulation {

// TELEX_SIMULATION_RUNS: how many worlds (otherwise `worlds`), over TELEX_SIMULATION_JOBS threads.
// TELEX_SIMULATION_SEED: the first one's seed; with one run it is replayed and each of its steps is
// printed. `run(seed, trace)` is a world's Report.
template <typename Report, typename Run>
void ExpectEveryLawHolds(std::uint64_t worlds, const Run& run) {
  const WorldsOptions options = WorldsFromEnvironment(worlds);
  const auto [broken, total] = RunReportedWorlds<Report>(
      options, [&](std::uint64_t seed) { return run(seed, /*trace=*/options.worlds == 1); });
  ASSERT_EQ(broken.law, "") << "replay with TELEX_SIMULATION_SEED=" << broken.seed
                            << " TELEX_SIMULATION_RUNS=1";
  fmt::print("{} worlds from seed {} on, every law held: {}\n", options.worlds, options.first_seed,
             TextOf(total));
  if (options.worlds >= 200) {
    EXPECT_EQ(MissingIn(total), "");
  }
}

}  // namespace telex::simulation
