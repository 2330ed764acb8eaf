#include "tests/simulation/worlds.h"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace telex::simulation {
namespace {

constexpr std::chrono::seconds kProgressEvery{5};

}  // namespace

WorldsReport RunWorlds(const WorldsOptions& options,
                       const std::function<void(std::uint64_t)>& progress) {
  std::atomic<std::uint64_t> next{options.first_seed};
  std::atomic<bool> broken{false};
  std::mutex mutex;
  WorldsReport report;
  auto told = std::chrono::steady_clock::now();
  const auto work = [&] {
    while (!broken) {
      // Seeds are taken in order, so all below a broken one have been run or are being run.
      const std::uint64_t seed = next++;
      if (seed >= options.first_seed + options.worlds) return;
      const RunReport run = RunDecidingSimulation({.seed = seed, .taken_away = options.taken_away});
      const std::lock_guard lock(mutex);
      ++report.worlds;
      if (run.broken_law.empty()) {
        report.total.Add(run);
      } else if (!broken || seed < report.broken_seed) {
        report.broken_seed = seed;
        report.broken_law = run.broken_law;
        broken = true;
      }
      if (!progress || std::chrono::steady_clock::now() - told < kProgressEvery) continue;
      told = std::chrono::steady_clock::now();
      progress(report.worlds);
    }
  };
  std::vector<std::jthread> threads;
  for (std::uint64_t job = 1; job < options.jobs; ++job) threads.emplace_back(work);
  work();
  threads.clear();
  return report;
}

std::uint64_t FromEnvironment(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? fallback : std::stoull(text);
}

}  // namespace telex::simulation
