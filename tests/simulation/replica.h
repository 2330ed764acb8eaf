#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>

#include "ingestion/adapters/due_times.h"
#include "ingestion/adapters/purge_leftovers.h"
#include "tests/simulation/local_store.h"
#include "tests/simulation/next_release.h"
#include "tests/simulation/ownership.h"

namespace telex::simulation {

struct Replica {
  bool up = true;
  bool refused = false;  // met a log that is shorter than what it knows
  int paused_until = 0;  // step; until then it neither reads nor decides, and does not know it
  Release release = Release::kThis;
  std::int64_t clock_skew_ms = 0;
  int timer_rule = 4;  // of what its timers send
  // What it does of itself; they know nothing after a crash.
  ingestion::DueTimes times{kPartitions, timer_rule};
  ingestion::PurgeLeftovers leftovers{kPartitions};
  std::unique_ptr<LocalStore> store = std::make_unique<LocalStore>();  // outlives a crash
  // By partition; shared with what they have in flight. None outlives the store.
  std::map<int, std::shared_ptr<Ownership>> owned;
  // What was sent and forgotten once, where it is not done again (TakenAway).
  std::set<ingestion::Pending> sent;
  std::set<ingestion::UnpurgedVersion> forgotten;
};

}  // namespace telex::simulation
