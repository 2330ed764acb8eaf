#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <vector>

#include "ingestion/domain/pending.h"
#include "platform/kafka/record.h"
#include "platform/owner/lingering.h"

namespace telex::ingestion {

// What comes behind a purge. An owner that was thought dead may append a version of an article
// after its tombstone: then the log, which keeps the last record of a key, has the content again.
// Whoever owns the partition finds such versions in its log store, and appends their tombstones
// once more until it has read them back. Pure; not thread-safe.
class PurgeLeftovers {
 public:
  using Visit = std::function<void(const UnpurgedVersion&)>;
  using Index = std::function<void(const Visit& visit)>;  // as LogStore::VisitUnpurged

  explicit PurgeLeftovers(std::int32_t partitions) : partitions_(partitions) {}

  // What to forget now, by the rules of owner::Lingering: a purge's own tombstones may be on their
  // way. `owned`: the partitions of this replica.
  std::vector<UnpurgedVersion> Due(const std::set<std::int32_t>& owned, const Index& index);
  kafka::Record TombstoneOf(const UnpurgedVersion& version) const;

 private:
  std::int32_t PartitionOf(const UnpurgedVersion& version) const;

  std::int32_t partitions_;
  owner::Lingering<UnpurgedVersion> lingering_;
};

}  // namespace telex::ingestion
