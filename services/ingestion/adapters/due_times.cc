#include "ingestion/adapters/due_times.h"

#include <utility>

#include "platform/kafka/partitioner.h"

namespace telex::ingestion {

std::vector<Submission> DueTimes::Due(absl::Time now, const std::set<std::int32_t>& owned,
                                      const Index& index) {
  const auto visit_all = [&](absl::Time until, const owner::Timers<Pending>::Visit& visit) {
    index(until, [&](const Pending& due) {
      visit(kafka::PartitionOf(due.article.ToString(), partitions_), due.instant, due);
    });
  };
  std::vector<Submission> submissions;
  for (const Pending& due : timers_.Due(now, owned, visit_all)) {
    Submission submission;
    submission.rule = rule_;
    submission.time = absl::FromUnixMillis(absl::ToUnixMillis(now));
    submission.actor = "telex";
    submission.subject = due.article;
    submission.action = TimeReached{.version = due.version, .instant = due.instant};
    submissions.push_back(std::move(submission));
  }
  return submissions;
}

}  // namespace telex::ingestion
