#pragma once

#include <cstdint>
#include <string>

namespace telex::simulation {

// One run of the deciding fold in a world that goes wrong: several replicas, zombies that do not
// know that they lost their partition, appends that arrive late, twice or (from the dead) not at
// all, crashes between any two steps, rebalances, compaction and retention, wiped local stores,
// skewed clocks, replicas of two releases, and a log that is cut short.
//
// The same seed gives the same run. Returns the first law that was broken, in words; empty when all
// held.
struct RunOptions {
  std::uint64_t seed = 1;
  bool trace = false;  // print each step to stdout
};
struct RunReport {
  std::string broken_law;
  std::int64_t submissions = 0;
  std::int64_t versions = 0;
  std::int64_t crashes = 0;
  std::int64_t zombie_appends = 0;
  bool cut_short = false;           // the log was truncated in this run
  std::int64_t refused_starts = 0;  // and this many starts or reads refused it
};
RunReport RunDecidingSimulation(const RunOptions& options);

}  // namespace telex::simulation
