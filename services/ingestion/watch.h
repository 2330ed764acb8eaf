#pragma once

#include "ingestion/adapters/log_store.h"
#include "ingestion/adapters/submitter.h"
#include "platform/service/host.h"
#include "platform/service/host_owner.h"

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
inline constexpr service::LoopTexts kTimekeeperLoop = {
    "timekeeper", 1, "Embargoes of this replica's partitions do not end, nor do stories expire.",
    "Scans for embargoes and expiries that are due and submits TimeReached."};
inline constexpr service::LoopTexts kPurgeEnforcerLoop = {
    "purge enforcer", 2, "What a late writer puts behind a purge stays in the log.",
    "Looks for versions that came behind their tombstones, and appends their tombstones again."};

inline constexpr service::OwnerTexts kOwnerTexts = {
    .role = "decider",
    .loop = {"decider", 1,
             "Stories, corrections and takedowns of this replica's partitions do not get out.",
             "Decides the submissions of the partitions owned here."},
    .ends_loop = {"partition ends", 1, "Partitions assigned to this replica are not decided.",
                  "Asks where the logs end, before a partition is taken over."},
    .severity = 1,
    .held_check = "submissions",
    .held_impact = "What is submitted to one partition is not decided here.",
    .held_summary =
        "Whether this release understands every submission of the partitions owned "
        "here.",
    .held_runbook = "docs/runbooks/record-from-newer-release.md",
    .held_gates_readiness = true,
    .takeover_impact = "What is submitted to one partition is not decided until it is taken over.",
    .takeover_runbook = "docs/runbooks/ingestion-not-ready.md",
    .lag_seconds = {"telex_ingestion_submissions_lag_seconds",
                    "Age of the oldest submission of the partitions owned here that is not "
                    "decided."},
    .lag_records = {"telex_ingestion_submissions_lag_records",
                    "Submissions of the partitions owned here that are not decided."},
    .owned_partitions = {"telex_ingestion_owned_partitions",
                         "Partitions that this replica decides."}};

// What each scrape and /readyz asks of the parts; all live until the host closes its stores.
void WatchParts(service::Host& host, const LogStore& log_store, const Submitter& submitter);

}  // namespace telex::ingestion
