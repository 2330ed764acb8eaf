#include "ingestion/adapters/due_times.h"

#include <algorithm>
#include <utility>

#include "ingestion/domain/rule.h"
#include "platform/kafka/partitioner.h"

namespace telex::ingestion {

namespace {

std::optional<int> PeerRuleFor(int rule) {
  const RuleBook rules = KnownRules();
  const auto own = rules.find(rule);
  if (own == rules.end() || !own->second.bounded_by_log_clock) return std::nullopt;
  const auto oldest = std::find_if(rules.begin(), rules.end(),
                                   [](const auto& one) { return one.second.bounded_by_log_clock; });
  return oldest->first;
}

}  // namespace

DueTimes::DueTimes(std::int32_t partitions, int rule)
    : partitions_(partitions), rule_(rule), peer_rule_(PeerRuleFor(rule)), timers_(partitions) {}

std::vector<Submission> DueTimes::Due(absl::Time now, const std::set<std::int32_t>& owned,
                                      const Index& index) {
  const auto index_of_mine = [&](std::int32_t partition, absl::Time until, const Visit& visit) {
    if (peer_rule_ || owned.contains(partition)) index(partition, until, visit);
  };
  std::vector<Submission> submissions;
  for (const Pending& due : timers_.Due(now, owned, index_of_mine)) {
    Submission submission;
    submission.rule = owned.contains(PartitionOf(due)) ? rule_ : *peer_rule_;
    submission.time = absl::FromUnixMillis(absl::ToUnixMillis(now));
    submission.actor = "telex";
    submission.subject = due.article;
    submission.action = TimeReached{.version = due.version, .instant = due.instant};
    submissions.push_back(std::move(submission));
  }
  return submissions;
}

std::int32_t DueTimes::PartitionOf(const Pending& due) const {
  return kafka::PartitionOf(due.article.ToString(), partitions_);
}

}  // namespace telex::ingestion
