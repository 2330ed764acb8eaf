// Of items that mostly disappear by themselves, those seen in two scans in a row. Pure: no IO, no
// thread, no clock. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace telex::owner {

// Of one partition, remembered from one look to the next.
inline constexpr std::size_t kLingeringMax = 1'000;

// `Key`: an ordered value.
template <typename Key>
class Lingering {
 public:
  using Visit = std::function<void(std::int32_t partition, const Key& key)>;
  using Index = std::function<void(const Visit& visit)>;  // visits all that is there

  // What to act upon, of the partitions of this replica: at most kLingeringMax of each. What is
  // seen for the first time is left alone, and so it is once after it was acted upon, as that may
  // be on its way.
  std::vector<Key> Due(const std::set<std::int32_t>& owned, const Index& index) {
    std::vector<Key> lingering;
    std::map<std::int32_t, std::set<Key>> seen;
    index([&](std::int32_t partition, const Key& key) {
      if (!owned.contains(partition)) return;
      const auto before = seen_.find(partition);
      if (before != seen_.end() && before->second.contains(key)) {
        lingering.push_back(key);
      } else if (std::set<Key>& now = seen[partition]; now.size() < kLingeringMax) {
        now.insert(key);
      }
    });
    seen_ = std::move(seen);
    return lingering;
  }

 private:
  std::map<std::int32_t, std::set<Key>> seen_;  // at the last look, by partition
};

}  // namespace telex::owner
