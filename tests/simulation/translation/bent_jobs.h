#pragma once

#include <memory>

#include "platform/owner/fold.h"
#include "tests/simulation/translation/queue_replica.h"

namespace telex::simulation {

// ArticleJobs without one of its rules; as it is where the rule is none of its own.
std::unique_ptr<owner::Fold> Bent(std::unique_ptr<owner::Fold> jobs, QueueReplica& replica,
                                  const QueueLogs& logs, QueueRuleTakenAway rule);

}  // namespace telex::simulation
