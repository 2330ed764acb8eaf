#pragma once

#include <cstddef>
#include <string_view>

#include "views/adapters/recent_map.h"
#include "views/formats/agent_list.h"

namespace telex::views {

// What agents that came lately were taken for: a lookup where the list costs microseconds. Holds at
// least the last 8,192 different ones, and at most twice as many: 10 MB. Thread-safe.
class AgentCache {
 public:
  explicit AgentCache(const AgentList& list) : list_(list) {}

  AgentClass Classify(std::string_view agent) {
    agent = agent.substr(0, kAgentBytesMax);
    AgentClass agent_class = AgentClass::kUnknown;
    const auto read = [&](AgentClass known) { agent_class = known; };
    if (classes_.UseKnown(agent, read)) return agent_class;
    classes_.UseOrMake(agent, read, list_.Classify(agent));
    return agent_class;
  }

 private:
  const AgentList& list_;
  RecentMap<AgentClass, 16> classes_{16'384};
};

}  // namespace telex::views
