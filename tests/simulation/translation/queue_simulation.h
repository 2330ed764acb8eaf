// The translation queue in worlds that go wrong: replicas that fold one partition, owners, workers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace telex::simulation {

// A rule that is kept around the fold; without it a law is broken.
enum class QueueRuleTakenAway {
  kNone,
  kKeyOfItsOwn,                // each record has another key
  kForgottenBeforeTombstones,  // a job is forgotten by a fact before its facts get tombstones
  kPublishedFromStore,         // what is to be published outlives its owner
  kKeptUntilReadBack,          // what is to be published is kept until it is read back
  kReadFirst,                  // what an article asks for is said once the jobs' log is read
  kUndoneInMemory,             // what the store undoes is undone in the queues
  kDueAskedAgain,              // what is due is asked for again
};
std::string_view NameOf(QueueRuleTakenAway rule);

struct QueueReport {
  std::string broken_law;  // empty: none
  int facts = 0;
  int claims = 0;
  int completions = 0;
  int refused_late = 0;  // completions of claims that were lost
  int drafts = 0;
  int reviews = 0;
  int repeats = 0;      // answers that were given again
  int published = 0;    // records
  int unchanged = 0;    // corrections that needed nobody
  int withdrawn = 0;    // versions that partners may not read
  int purged = 0;       // articles
  int undone = 0;       // batches
  int crashes = 0;      // of replicas
  int lost_stores = 0;  // of these, without their store
  int takeovers = 0;
  int set_back = 0;  // takeovers without the group's offset
  int forgotten = 0;
  int read_again = 0;
  int compacted = 0;  // records that are gone

  void Add(const QueueReport& other);
};
std::string TextOf(const QueueReport& report);

struct QueueRun {
  std::uint64_t seed = 1;
  QueueRuleTakenAway taken_away = QueueRuleTakenAway::kNone;
  bool trace = false;
};
QueueReport RunQueueSimulation(const QueueRun& run);

}  // namespace telex::simulation
