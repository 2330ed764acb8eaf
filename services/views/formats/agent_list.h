#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "views/domain/view.h"

namespace telex::views {

// Of the built-in tables (services/views/data); stands in every view. Raised when a table changes.
inline constexpr std::uint32_t kAgentListVersion = 2;

// Longer agents are classified by so much of them.
inline constexpr std::size_t kAgentBytesMax = 512;

// Takes a user agent for what it says it is. Thread-safe. Costs microseconds, and much more the
// first times, while its automaton grows: see AgentCache.
class AgentList {
 public:
  // INVALID_ARGUMENT names the line that is none, or whose pattern cannot be read.
  static absl::StatusOr<AgentList> Parse(std::span<const std::string_view> tables);
  // Of the built-in tables; made at the first call.
  static const AgentList& BuiltIn();
  static std::span<const std::string_view> BuiltInTables();

  AgentList(AgentList&& other) noexcept;
  ~AgentList();

  AgentClass Classify(std::string_view agent) const;

 private:
  struct Impl;
  explicit AgentList(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace telex::views
