#include "tests/simulation/kernel/worlds.h"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

namespace telex::simulation {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::seconds kProgressEvery{5};
constexpr std::uint64_t kProgressWorldsMin = 20'000;  // fewer are done before anybody wonders

void PrintProgress(std::uint64_t done, std::uint64_t worlds, SteadyClock::time_point begun) {
  const std::chrono::duration<double> seconds = SteadyClock::now() - begun;
  const double rate = static_cast<double>(done) / seconds.count();
  fmt::print("{} of {} worlds, {:.0f} a second, {:.0f} s to go\n", done, worlds, rate,
             static_cast<double>(worlds - done) / rate);
  std::fflush(stdout);
}

}  // namespace

BrokenWorld RunWorlds(const WorldsOptions& options,
                      const std::function<std::string(std::uint64_t seed)>& world) {
  std::atomic<std::uint64_t> next{options.first_seed};
  std::atomic<bool> over{false};
  std::mutex mutex;
  BrokenWorld broken;
  std::uint64_t done = 0;
  const auto begun = SteadyClock::now();
  auto told = begun;
  if (options.progress) {
    fmt::print("{} worlds from seed {} on, {} at once\n", options.worlds, options.first_seed,
               options.jobs);
  }
  const auto work = [&] {
    while (!over) {
      // Seeds are taken in order, so all below a broken one have been run or are being run.
      const std::uint64_t seed = next++;
      if (seed >= options.first_seed + options.worlds) return;
      std::string law = world(seed);
      const std::lock_guard lock(mutex);
      ++done;
      if (!law.empty() && (!over || seed < broken.seed)) {
        broken = {seed, std::move(law)};
        over = true;
      }
      if (!options.progress || SteadyClock::now() - told < kProgressEvery) continue;
      told = SteadyClock::now();
      PrintProgress(done, options.worlds, begun);
    }
  };
  std::vector<std::jthread> threads;
  for (std::uint64_t job = 1; job < options.jobs; ++job) threads.emplace_back(work);
  work();
  threads.clear();
  return broken;
}

WorldsOptions WorldsFromEnvironment(std::uint64_t worlds) {
  WorldsOptions options{.first_seed = FromEnvironment("TELEX_SIMULATION_SEED", 1),
                        .worlds = FromEnvironment("TELEX_SIMULATION_RUNS", worlds),
                        .jobs = FromEnvironment("TELEX_SIMULATION_JOBS", 1)};
  options.progress = options.worlds >= kProgressWorldsMin;
  return options;
}

std::uint64_t FromEnvironment(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? fallback : std::stoull(text);
}

}  // namespace telex::simulation
