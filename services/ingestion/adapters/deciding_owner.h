// What is done for the partitions of telex.submissions.v1 that a replica owns, as an
// owner::GroupOwner: their submissions are decided, and by its looks embargoes end and stories
// expire (DueTimes), and purges are enforced (PurgeLeftovers).
#pragma once

#include <absl/time/time.h>

#include <functional>

#include "ingestion/adapters/decider.h"
#include "ingestion/adapters/log_settings.h"
#include "ingestion/adapters/log_store.h"
#include "ingestion/domain/submission.h"
#include "platform/kafka/dead_letter.h"
#include "platform/owner/group_owner.h"

namespace telex::ingestion {

// `log_store`, into which the log is being read, and `dead_letters` outlive the owner; `on_decided`
// may be empty.
owner::GroupOwnerOptions DecidingOptions(const LogSettings& log, const LogStore& log_store,
                                         const kafka::DeadLetters& dead_letters,
                                         OnDecided on_decided);

// Two looks of the owner, and how often each looks (GroupOwner::Every).
inline constexpr absl::Duration kTimekeeperInterval = absl::Milliseconds(200);
inline constexpr absl::Duration kPurgeEnforcerInterval = absl::Seconds(10);
owner::GroupOwner::Look SubmitDueTimes(const owner::GroupOwner& owner, const LogSettings& log,
                                       const LogStore& log_store,
                                       std::function<void(const Submission&)> submit);
owner::GroupOwner::Look AppendTombstonesAgain(owner::GroupOwner& owner, const LogSettings& log,
                                              const LogStore& log_store);

}  // namespace telex::ingestion
