#pragma once

#include "platform/service/host.h"
#include "views/adapters/counting_owner.h"
#include "views/adapters/salt_keeper.h"
#include "views/adapters/views_server.h"
#include "views/adapters/views_store.h"

namespace telex::views {

// The threads that /livez watches, and what hangs with each.
inline constexpr service::LoopTexts kEdgePublisherLoop = {
    "edge publisher", 1, "No view is taken by this replica.",
    "Takes the acknowledgements of views, and answers those that could not be appended."};
inline constexpr service::LoopTexts kOwnerPublisherLoop = {
    "owner publisher", 2, "Counts of this replica's partitions stand still.",
    "Takes the acknowledgements of totals and checkpoints."};
inline constexpr service::LoopTexts kDeadLettersLoop = {
    "dead letters", 2, "The first record that cannot be read holds up all that follow.",
    "Takes the acknowledgements of the dead-letter topics."};
inline constexpr service::LoopTexts kFollowerLoop = {
    "follower", 2, "This replica tells old counts, and refuses views of new stories.",
    "Reads stories and counts into the local store and memory, batch by batch."};
inline constexpr service::LoopTexts kSaltsLoop = {
    "salts", 1, "From midnight (UTC) on no view is taken by this replica.",
    "Shares the salts of the days with the other replicas, through Redis."};
inline constexpr service::LoopTexts kPartitionEndsLoop = {
    "partition ends", 2, "Partitions assigned to this replica are not counted.",
    "Asks where the logs end, before a partition is taken over."};
inline constexpr service::LoopTexts kCounterLoop = {
    "counter", 2, "Counts of this replica's partitions stand still.",
    "Counts the views of the partitions owned here."};
inline constexpr service::LoopTexts kPurgeEnforcerLoop = {
    "purge enforcer", 2, "Counts of purged stories stay in the log.",
    "Looks for counts of purged stories, and appends their tombstones."};

// What each scrape and /readyz asks of the parts; all live until the host closes its stores.
void WatchStore(service::Host& host, const ViewsStore& store);
void WatchFiles(service::Host& host, const rpc::Authenticator& callers,
                const PartnerFile& partners);
void WatchServer(service::Host& host, const ViewsServer& server);
void WatchSalts(service::Host& host, const SaltKeeper& salts);
void WatchOwner(service::Host& host, const CountingOwner& owner);

}  // namespace telex::views
