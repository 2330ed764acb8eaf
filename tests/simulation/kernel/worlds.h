// Many worlds, one seed each, over several threads.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include "tests/simulation/kernel/report.h"

namespace telex::simulation {

struct WorldsOptions {
  std::uint64_t first_seed = 1;
  std::uint64_t worlds = 0;
  std::uint64_t jobs = 1;
  bool progress = false;  // printed every few seconds
};
// TELEX_SIMULATION_SEED, TELEX_SIMULATION_RUNS, TELEX_SIMULATION_JOBS; many tell their progress.
WorldsOptions WorldsFromEnvironment(std::uint64_t worlds);
// A number from the environment.
std::uint64_t FromEnvironment(const char* name, std::uint64_t fallback);

// The smallest seed whose world broke a law, and which; all smaller ones were run.
struct BrokenWorld {
  std::uint64_t seed = 0;
  std::string law;  // empty: none broke one
};

// Runs `world` for each seed; it returns the law that broke, in words, or nothing. Called from
// `jobs` threads.
BrokenWorld RunWorlds(const WorldsOptions& options,
                      const std::function<std::string(std::uint64_t seed)>& world);

// The same, for worlds that report what happened in them: a Report (report.h) has `broken_law` too.
// Those of the worlds that broke none are added up.
template <typename Report, typename Run>
std::pair<BrokenWorld, Report> RunReportedWorlds(const WorldsOptions& options, const Run& run) {
  std::mutex mutex;
  Report total;
  BrokenWorld broken = RunWorlds(options, [&](std::uint64_t seed) {
    Report report = run(seed);
    const std::lock_guard lock(mutex);
    if (report.broken_law.empty()) AddTo(total, report);
    return std::move(report.broken_law);
  });
  return {std::move(broken), std::move(total)};
}

}  // namespace telex::simulation
