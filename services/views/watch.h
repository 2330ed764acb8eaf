#pragma once

#include "platform/service/host.h"
#include "platform/service/host_owner.h"
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
    "salts", 1, "From midnight after next on no view is taken by this replica.",
    "Shares the salts of the days with the other replicas, through Redis."};
inline constexpr service::LoopTexts kPurgeEnforcerLoop = {
    "purge enforcer", 2, "Counts of purged stories stay in the log.",
    "Looks for counts of purged stories, and appends their tombstones."};

inline constexpr service::OwnerTexts kOwnerTexts = {
    .role = "counter",
    .loop = {"counter", 2, "Counts of this replica's partitions stand still.",
             "Counts the views of the partitions owned here."},
    .ends_loop = {"partition ends", 2, "Partitions assigned to this replica are not counted.",
                  "Asks where the logs end, before a partition is taken over."},
    .severity = 2,
    .held_check = "views",
    .held_impact = "The counts of one partition stand still.",
    .held_summary = "Whether this release can count every view of the partitions owned here.",
    .held_runbook = "docs/runbooks/views-not-ready.md",
    .takeover_impact = "The counts of one partition stand still until it is taken over.",
    .takeover_runbook = "docs/runbooks/views-not-ready.md",
    .lag_seconds = {"telex_views_lag_seconds",
                    "Age of the oldest view of the partitions owned here that is not counted."},
    .lag_records = {"telex_views_lag_records",
                    "Views of the partitions owned here that are not counted."},
    .owned_partitions = {"telex_views_owned_partitions", "Partitions that this replica counts."}};

// What each scrape and /readyz asks of the parts; all live until the host closes its stores.
void WatchStore(service::Host& host, const ViewsStore& store);
void WatchPartners(service::Host& host, const PartnerFile& partners);
void WatchServer(service::Host& host, const ViewsServer& server);
void WatchSalts(service::Host& host, const SaltKeeper& salts);

}  // namespace telex::views
