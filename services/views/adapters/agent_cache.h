#pragma once

#include <absl/container/flat_hash_map.h>

#include <array>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

#include "views/formats/agent_list.h"

namespace telex::views {

// What agents that came lately were taken for: a lookup where the list costs microseconds. Holds at
// least the last 8,192 different ones, and at most twice as many: 10 MB. Thread-safe.
class AgentCache {
 public:
  explicit AgentCache(const AgentList& list) : list_(list) {}

  AgentClass Classify(std::string_view agent) {
    agent = agent.substr(0, kAgentBytesMax);
    Shard& shard = shards_[std::hash<std::string_view>()(agent) % kShards];
    {
      const std::lock_guard lock(shard.mutex);
      if (const AgentClass* known = shard.Find(agent)) return *known;
    }
    const AgentClass agent_class = list_.Classify(agent);
    const std::lock_guard lock(shard.mutex);
    shard.Put(agent, agent_class);
    return agent_class;
  }

 private:
  static constexpr std::size_t kShards = 16;
  static constexpr std::size_t kYoungMax = 512;  // of a shard

  struct Shard {
    using Classes = absl::flat_hash_map<std::string, AgentClass>;
    std::mutex mutex;
    Classes young;
    Classes old;  // those that were young before

    const AgentClass* Find(std::string_view agent) {
      const absl::string_view key(agent.data(), agent.size());
      if (const auto found = young.find(key); found != young.end()) return &found->second;
      const auto found = old.find(key);
      if (found == old.end()) return nullptr;
      return Put(agent, AgentClass(found->second));
    }
    const AgentClass* Put(std::string_view agent, AgentClass agent_class) {
      if (young.size() >= kYoungMax) {
        old = std::move(young);
        young.clear();
      }
      return &(young[std::string(agent)] = agent_class);
    }
  };

  const AgentList& list_;
  std::array<Shard, kShards> shards_;
};

}  // namespace telex::views
