#include "views/formats/agent_list.h"

#include <fmt/format.h>
#include <re2/re2.h>
#include <re2/set.h>

#include <array>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace telex::views {

extern const std::string_view kAgents_own;
extern const std::string_view kAgents_crawlers;
extern const std::string_view kAgents_counter;

namespace {

constexpr std::int64_t kAutomatonBytesMax = 64 << 20;

// The first of them stands, whatever else matches.
constexpr std::array<std::pair<std::string_view, AgentClass>, 4> kClasses = {{
    {"ai", AgentClass::kAiFetcher},
    {"feed", AgentClass::kFeedFetcher},
    {"robot", AgentClass::kRobot},
    {"app", AgentClass::kApp},
}};

std::optional<std::size_t> RankOf(std::string_view name) {
  for (std::size_t rank = 0; rank < kClasses.size(); ++rank) {
    if (kClasses[rank].first == name) return rank;
  }
  return std::nullopt;
}

RE2::Options PatternOptions() {
  RE2::Options options;
  options.set_max_mem(kAutomatonBytesMax);
  options.set_log_errors(false);
  options.set_never_capture(true);
  return options;
}

}  // namespace

struct AgentList::Impl {
  RE2::Set patterns{PatternOptions(), RE2::UNANCHORED};
  std::vector<std::size_t> ranks;  // of each pattern

  absl::Status Add(std::string_view line) {
    const std::size_t tab = line.find('\t');
    const auto rank = RankOf(line.substr(0, tab));
    if (tab == std::string_view::npos || !rank) {
      return absl::InvalidArgumentError(
          fmt::format("'{}': expects ai, feed, robot or app, a tab and a pattern", line));
    }
    std::string why;
    const std::string_view pattern = line.substr(tab + 1);
    if (patterns.Add({pattern.data(), pattern.size()}, &why) < 0) {
      return absl::InvalidArgumentError(fmt::format("'{}': {}", pattern, why));
    }
    ranks.push_back(*rank);
    return absl::OkStatus();
  }
};

AgentList::AgentList(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AgentList::AgentList(AgentList&& other) noexcept = default;
AgentList::~AgentList() = default;

absl::StatusOr<AgentList> AgentList::Parse(std::span<const std::string_view> tables) {
  auto impl = std::make_unique<Impl>();
  for (std::string_view table : tables) {
    while (!table.empty()) {
      const std::string_view line = table.substr(0, table.find('\n'));
      table.remove_prefix(std::min(line.size() + 1, table.size()));
      if (line.empty() || line.starts_with('#')) continue;
      if (absl::Status added = impl->Add(line); !added.ok()) return added;
    }
  }
  if (!impl->patterns.Compile()) return absl::InvalidArgumentError("the patterns are too many");
  return AgentList(std::move(impl));
}

std::span<const std::string_view> AgentList::BuiltInTables() {
  static const std::array<std::string_view, 3> tables = {kAgents_own, kAgents_crawlers,
                                                         kAgents_counter};
  return tables;
}

const AgentList& AgentList::BuiltIn() {
  static const AgentList list = [] {
    auto parsed = Parse(BuiltInTables());
    if (!parsed.ok()) std::abort();  // a fault of the program, which its tests find
    return *std::move(parsed);
  }();
  return list;
}

AgentClass AgentList::Classify(std::string_view agent) const {
  if (agent.empty()) return AgentClass::kEmpty;
  agent = agent.substr(0, kAgentBytesMax);
  std::vector<int> matching;
  std::size_t first = kClasses.size();
  impl_->patterns.Match({agent.data(), agent.size()}, &matching);
  for (const int pattern : matching) {
    first = std::min(first, impl_->ranks[static_cast<std::size_t>(pattern)]);
  }
  if (first < kClasses.size()) return kClasses[first].second;
  const bool browser = agent.starts_with("Mozilla/") || agent.starts_with("Opera/");
  return browser ? AgentClass::kBrowser : AgentClass::kApp;
}

}  // namespace telex::views
