#pragma once

#include <cstdint>
#include <functional>

#include "tests/simulation/deciding_simulation.h"

namespace telex::simulation {

// Many worlds, one seed each, over `jobs` threads.
struct WorldsOptions {
  std::uint64_t first_seed = 1;
  std::uint64_t worlds = 0;
  std::uint64_t jobs = 1;
  TakenAway taken_away = TakenAway::kNothing;
};
struct WorldsReport {
  std::uint64_t worlds = 0;  // that were run
  RunReport total;           // of those that broke no law
  // The smallest seed whose world broke a law, and which; all smaller ones were run.
  std::uint64_t broken_seed = 0;
  std::string broken_law;
};
// `progress` is called every few seconds, from one thread at a time, with the number of worlds.
WorldsReport RunWorlds(const WorldsOptions& options,
                       const std::function<void(std::uint64_t)>& progress = {});

// A number from the environment.
std::uint64_t FromEnvironment(const char* name, std::uint64_t fallback);

}  // namespace telex::simulation
