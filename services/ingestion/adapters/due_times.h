#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "ingestion/domain/pending.h"
#include "ingestion/domain/submission.h"
#include "platform/owner/timers.h"

namespace telex::ingestion {

// Embargoes that end and expiries that are reached, as TimeReached submissions. Submitted twice, by
// two replicas, it is decided once; too early, nothing comes of it. Pure; not thread-safe.
class DueTimes {
 public:
  using Visit = owner::Timers<Pending>::Visit;
  using Index = owner::Timers<Pending>::Index;  // as LogStore::VisitPending

  // `partitions`: of every topic about articles; `rule`: of the submissions.
  DueTimes(std::int32_t partitions, int rule);

  // What to submit now, by the rules of owner::Timers. `owned`: the partitions of this replica.
  std::vector<Submission> Due(absl::Time now, const std::set<std::int32_t>& owned,
                              const Index& index);

 private:
  std::int32_t PartitionOf(const Pending& due) const;

  std::int32_t partitions_;
  int rule_;
  // Of submissions for partitions of others: the oldest rule under which a fast clock ends no
  // embargo, as each owner knows it. None, so that nothing is sent for them, where `rule` is older.
  std::optional<int> peer_rule_;
  owner::Timers<Pending> timers_;
};

}  // namespace telex::ingestion
