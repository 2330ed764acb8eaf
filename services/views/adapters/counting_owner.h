// What is done for the partitions of telex.views.v1 that a replica owns, as an owner::GroupOwner:
// their views are counted, and what is left of the counts of purged articles is forgotten in the
// log.
#pragma once

#include <absl/time/time.h>

#include <cstdint>

#include "platform/owner/group_owner.h"
#include "views/adapters/counting_fold.h"
#include "views/adapters/counts_store.h"

namespace telex::views {

owner::GroupOwnerOptions CountingOptions(const CountingParts& parts);

// A look of the owner, and how often it looks (GroupOwner::Every): appends tombstones for what is
// left of purged articles at two looks in a row. `partitions`: of each of the topics about
// articles. `counts`, into which the log is being read, outlives the owner.
inline constexpr absl::Duration kPurgeEnforcerInterval = absl::Seconds(10);
owner::GroupOwner::Look ForgetPurged(owner::GroupOwner& owner, std::int32_t partitions,
                                     const CountsStore& counts);

}  // namespace telex::views
