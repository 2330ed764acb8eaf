#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/broker.h"

namespace telex::simulation {

// All that was ever appended, and what callers were told: what the laws are judged by. The logs
// themselves forget. Each call returns the law that it breaks, in words; empty when none.
class History {
 public:
  [[nodiscard]] std::string OnAppended(const VersionRecord& record);
  [[nodiscard]] std::string OnAppended(int partition, const DecisionPtr& decision);
  void OnAppended(const DeadLetter& letter) { set_aside_.emplace(letter.partition, letter.offset); }
  bool IsSetAside(int partition, std::int64_t offset) const {
    return set_aside_.contains({partition, offset});
  }
  // A caller is answered with this decision.
  [[nodiscard]] std::string OnTold(const ingestion::Decision& decision) const;

  // The first record of each version.
  const std::map<VersionKey, VersionRecord>& versions() const { return versions_; }
  // The first decision on a submission; null when there is none.
  DecisionPtr DecisionOn(int partition, std::int64_t offset) const;
  // The keys that ever got a tombstone, and those of them whose last record is one.
  const std::set<VersionKey>& ever_forgotten() const { return ever_forgotten_; }
  const std::set<VersionKey>& forgotten() const { return forgotten_; }

  std::int64_t late_contents = 0;  // content that came after its tombstone

 private:
  std::map<VersionKey, VersionRecord> versions_;
  std::set<VersionKey> ever_forgotten_;
  std::set<VersionKey> forgotten_;
  std::array<std::vector<DecisionPtr>, kPartitions> decisions_;
  std::set<std::pair<int, std::int64_t>> set_aside_;
};

}  // namespace telex::simulation
