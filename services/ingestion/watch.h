#pragma once

#include "ingestion/adapters/deciding_owner.h"
#include "ingestion/adapters/log_store.h"
#include "ingestion/adapters/submitter.h"
#include "platform/grpc/auth.h"
#include "platform/service/host.h"

namespace telex::ingestion {

// The threads that /livez watches, and what hangs with each.
inline constexpr service::LoopTexts kEdgePublisherLoop = {
    "edge publisher", 1, "No story can be submitted at this replica.",
    "Takes the acknowledgements of what was submitted, and answers calls that could not be."};
inline constexpr service::LoopTexts kOwnerPublisherLoop = {
    "owner publisher", 1, "Nothing is decided in this replica's partitions.",
    "Takes the acknowledgements of versions and decisions."};
inline constexpr service::LoopTexts kLogStoreLoop = {
    "log-store", 1, "Calls to this replica time out, and it reads out old versions.",
    "Reads what was decided into the local store, batch by batch."};
inline constexpr service::LoopTexts kPartitionEndsLoop = {
    "partition ends", 1, "Partitions assigned to this replica are not decided.",
    "Asks where the logs end, before a partition is taken over."};
inline constexpr service::LoopTexts kDeciderLoop = {
    "decider", 1, "Stories, corrections and takedowns of this replica's partitions do not get out.",
    "Decides the submissions of the partitions owned here."};
inline constexpr service::LoopTexts kTimekeeperLoop = {
    "timekeeper", 1, "Embargoes of this replica's partitions do not end, nor do stories expire.",
    "Scans for embargoes and expiries that are due and submits TimeReached."};
inline constexpr service::LoopTexts kPurgeEnforcerLoop = {
    "purge enforcer", 2, "What a late writer puts behind a purge stays in the log.",
    "Looks for versions that came behind their tombstones, and appends their tombstones again."};

// What each scrape and /readyz asks of the parts; all live until the host closes its stores.
void WatchParts(service::Host& host, const LogStore& log_store, const DecidingOwner& deciding,
                const Submitter& submitter, const rpc::Authenticator& callers);

}  // namespace telex::ingestion
