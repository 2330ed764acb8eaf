#include "tests/simulation/broker.h"

#include <map>

namespace telex::simulation {

bool SameBytes(const VersionRecord& a, const VersionRecord& b) {
  if (a.key != b.key || (a.article == nullptr) != (b.article == nullptr) ||
      (a.source == nullptr) != (b.source == nullptr)) {
    return false;
  }
  if (a.article != nullptr) return a.article == b.article || *a.article == *b.article;
  return a.source == b.source || *a.source == *b.source;
}

void Broker::CompactVersions(int partition, std::int64_t clean_end, std::int64_t tombstones_from) {
  Log<VersionRecord>& log = of(partition).versions;
  std::map<VersionKey, std::int64_t> last;
  for (std::int64_t offset = 0; offset < clean_end; ++offset) {
    const VersionRecord* record = log.at(offset);
    if (record == nullptr) continue;
    const auto [place, fresh] = last.try_emplace(record->key, offset);
    if (!fresh) {
      log.Erase(place->second);
      place->second = offset;
    }
  }
  for (const auto& [key, offset] : last) {
    if (offset < tombstones_from && log.at(offset)->IsTombstone()) log.Erase(offset);
  }
}

void Broker::DropOldDecisions(int partition, absl::Time now, absl::Duration kept) {
  Log<DecisionPtr>& log = of(partition).decisions;
  for (std::int64_t offset = 0; offset < log.end(); ++offset) {
    const DecisionPtr* record = log.at(offset);
    if (record != nullptr && now - (*record)->time > kept) log.Erase(offset);
  }
}

}  // namespace telex::simulation
