// The translation queue in worlds that go wrong: replicas that fold one partition, owners, workers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "tests/simulation/kernel/report.h"

namespace telex::simulation {

// A rule that is kept around the fold; without it a law is broken.
enum class QueueRuleTakenAway {
  kNone,
  kKeyOfItsOwn,                // each record has another key
  kForgottenBeforeTombstones,  // a job is forgotten by a fact before its facts get tombstones
  kPublishedFromStore,         // what is to be published outlives its owner
  kKeptUntilReadBack,          // what is to be published is kept until it is read back
  kUndoneInMemory,             // what the store undoes is undone in the queues
  kDueAskedAgain,              // what is due is asked for again
};
std::string_view NameOf(QueueRuleTakenAway rule);

struct QueueReport {
  std::string broken_law;  // empty: none
  std::int64_t facts = 0;
  std::int64_t claims = 0;
  std::int64_t completions = 0;
  std::int64_t refused_late = 0;  // completions of claims that were lost
  std::int64_t drafts = 0;
  std::int64_t reviews = 0;
  std::int64_t repeats = 0;      // answers that were given again
  std::int64_t published = 0;    // records
  std::int64_t unchanged = 0;    // corrections that needed nobody
  std::int64_t withdrawn = 0;    // versions that partners may not read
  std::int64_t purged = 0;       // articles
  std::int64_t undone = 0;       // batches
  std::int64_t crashes = 0;      // of replicas
  std::int64_t lost_stores = 0;  // of these, without their store
  std::int64_t takeovers = 0;
  std::int64_t set_back = 0;  // takeovers without the group's offset
  std::int64_t forgotten = 0;
  std::int64_t read_again = 0;
  std::int64_t compacted = 0;  // records that are gone

  static std::span<const Happening<QueueReport>> Happenings();
};

struct QueueRun {
  std::uint64_t seed = 1;
  QueueRuleTakenAway taken_away = QueueRuleTakenAway::kNone;
  bool trace = false;
};
QueueReport RunQueueSimulation(const QueueRun& run);

}  // namespace telex::simulation
