#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "tests/simulation/broker.h"
#include "tests/simulation/history.h"
#include "tests/simulation/local_store.h"

namespace telex::simulation {

// The laws that are judged when a world has come to rest: nothing is in flight, and one healthy
// owner has worked off all that was submitted. Each returns the first breach, in words; empty when
// there is none.

// The versions of each article follow one another as they must: no hole, time forward, embargoes
// and purges kept, nothing forgotten of where it stood.
std::string CheckVersions(const History& history);

// No embargo and no expiry that has come by `now` is still to be decided.
std::string CheckNothingIsDue(const History& history, absl::Time now);

// What was recorded is in the log still, as content or as a tombstone, compaction or not.
std::string CheckNothingLost(const Broker& broker, const History& history);

// Of a purged article nothing is left but the content-free version, and only purged articles have
// tombstones. Compacts the log to its end.
std::string CheckPurges(Broker& broker, const History& history);

// Versions and decisions are those that one owner makes that never fails and reads the submissions
// once, in order; and each of its decisions follows from what was submitted (decision_laws.cc).
std::string CheckAgainstOneOwner(const Broker& broker, const History& history,
                                 const ingestion::RuleBook& rules);

// What one decision may be, judged without the code that makes it.
std::string CheckDecision(const ingestion::ArticleHead* before,
                          const ingestion::Submission& submission,
                          const ingestion::Decision& decision, const ingestion::ArticleHead* after);

// A replica that has read to the end holds what one holds that reads the log, as it is now, from
// its beginning; and no content of what was purged.
std::string CheckStore(const Broker& broker, const LocalStore& store);

// Reads on to the ends of the logs.
void ReadToTheEnd(const Broker& broker, LocalStore& store);

}  // namespace telex::simulation
