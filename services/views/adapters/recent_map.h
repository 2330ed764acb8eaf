#pragma once

#include <absl/container/node_hash_map.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace telex::views {

// Values of the keys that came last: of two generations, so that a key that is asked for again
// stays, and forgetting costs nothing. Thread-safe: a lock for each shard of the keys.
template <typename Value, std::size_t kShards>
class RecentMap {
 public:
  // Remembers at most so many keys, and at least half as many.
  explicit RecentMap(std::size_t keys_max)
      : young_max_(std::max<std::size_t>(keys_max / kShards / 2, 1)) {}

  // Calls `use` with the value that is known, under the lock. False: none is.
  template <typename Use>
  bool UseKnown(std::string_view key, Use use) {
    Shard& shard = ShardOf(key);
    const std::lock_guard lock(shard.mutex);
    Value* const known = Find(shard, key);
    if (known != nullptr) use(*known);
    return known != nullptr;
  }

  // The same; where none is known, with one that is made of `parts`.
  template <typename Use, typename... Parts>
  auto UseOrMake(std::string_view key, Use use, const Parts&... parts) {
    Shard& shard = ShardOf(key);
    const std::lock_guard lock(shard.mutex);
    if (Value* const known = Find(shard, key)) return use(*known);
    MakeRoom(shard);
    return use(shard.young.try_emplace(std::string(key), parts...).first->second);
  }

 private:
  using Values = absl::node_hash_map<std::string, Value>;
  struct Shard {
    std::mutex mutex;
    Values young;
    Values old;  // those that were young before
  };

  Shard& ShardOf(std::string_view key) {
    return shards_[std::hash<std::string_view>()(key) % kShards];
  }
  Value* Find(Shard& shard, std::string_view key) {
    const absl::string_view name(key.data(), key.size());
    if (const auto found = shard.young.find(name); found != shard.young.end()) {
      return &found->second;
    }
    auto node = shard.old.extract(name);
    if (node.empty()) return nullptr;
    MakeRoom(shard);
    return &shard.young.insert(std::move(node)).position->second;
  }
  void MakeRoom(Shard& shard) {
    if (shard.young.size() >= young_max_) shard.old = std::exchange(shard.young, {});
  }

  const std::size_t young_max_;
  std::array<Shard, kShards> shards_;
};

}  // namespace telex::views
