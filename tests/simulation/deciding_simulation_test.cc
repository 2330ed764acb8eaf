#include "tests/simulation/deciding_simulation.h"

#include <gtest/gtest.h>

#include "tests/simulation/kernel/every_law.h"

namespace telex::simulation {
namespace {

TEST(DecidingSimulation, EveryLawHoldsInEveryWorld) {
  ExpectEveryLawHolds<RunReport>(4'000, [](std::uint64_t seed, bool trace) {
    return RunDecidingSimulation({.seed = seed, .trace = trace});
  });
}

TEST(DecidingSimulation, TheSameSeedIsTheSameWorld) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    EXPECT_EQ(TextOf(RunDecidingSimulation({.seed = seed})),
              TextOf(RunDecidingSimulation({.seed = seed})));
  }
}

}  // namespace
}  // namespace telex::simulation
