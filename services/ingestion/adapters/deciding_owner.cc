#include "ingestion/adapters/deciding_owner.h"

#include <absl/time/clock.h>

#include <functional>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "ingestion/adapters/due_times.h"
#include "ingestion/adapters/purge_leftovers.h"
#include "ingestion/adapters/topics.h"
#include "platform/observe/log.h"

namespace telex::ingestion {

owner::GroupOwnerOptions DecidingOptions(const LogSettings& log, const LogStore& log_store,
                                         const kafka::DeadLetters& dead_letters,
                                         OnDecided on_decided) {
  const DeciderParts parts{.rules = KnownRules(),
                           .cluster_id = log.cluster_id,
                           .ledger = log_store,
                           .dead_letters = dead_letters,
                           .on_decided = std::move(on_decided)};
  return {.group = kDecidersGroup,
          .input = kSubmissionsTopic,
          .derived = {kArticlesTopic, kResourcesTopic, kDecisionsTopic},
          .make_fold = [parts](std::int32_t partition) {
            return std::make_unique<Decider>(partition, parts);
          }};
}

owner::GroupOwner::Look SubmitDueTimes(const owner::GroupOwner& owner, const LogSettings& log,
                                       const LogStore& log_store,
                                       std::function<void(const Submission&)> submit) {
  return [&owner, &log_store, submit = std::move(submit),
          due_times = DueTimes(log.partitions, log.rule)](const std::stop_token&) mutable {
    const auto pending = std::bind_front(&LogStore::VisitPending, &log_store);
    for (const Submission& due : due_times.Due(absl::Now(), owner.owner().Owned(), pending))
      submit(due);
  };
}

owner::GroupOwner::Look AppendTombstonesAgain(owner::GroupOwner& owner, const LogSettings& log,
                                              const LogStore& log_store) {
  return [&owner, &log_store,
          leftovers = PurgeLeftovers(log.partitions)](const std::stop_token& stop) mutable {
    const auto unpurged = std::bind_front(&LogStore::VisitUnpurged, &log_store);
    const std::set<std::int32_t> idle = owner.side_appends().Idle(owner.owner().Owned());
    std::vector<kafka::Record> tombstones;
    for (const UnpurgedVersion& version : leftovers.Due(idle, unpurged)) {
      observe::Log(observe::Severity::kWarning,
                   "version found behind its purge, appending its tombstone again",
                   {{"article", version.article.ToString()}, {"version", version.version.number}});
      tombstones.push_back(leftovers.TombstoneOf(version));
    }
    owner.side_appends().Append(std::move(tombstones), stop);
  };
}

}  // namespace telex::ingestion
