#pragma once

#include "platform/service/host.h"
#include "platform/service/host_owner.h"
#include "translation/adapters/desk/log_job_desk.h"

namespace telex::translation {

// The threads that /livez watches, and what hangs with each.
inline constexpr service::LoopTexts kDeskPublisherLoop = {
    "desk publisher", 1, "No job is claimed or completed by this replica.",
    "Takes the acknowledgements of what happens to jobs."};
inline constexpr service::LoopTexts kOwnerPublisherLoop = {
    "owner publisher", 2,
    "Jobs of this replica's partitions stand still, and nothing is published.",
    "Takes the acknowledgements of jobs, translations and tombstones."};
inline constexpr service::LoopTexts kDeadLettersLoop = {
    "dead letters", 2, "The first record that cannot be read holds up all that follow.",
    "Takes the acknowledgements of the dead-letter topics."};
inline constexpr service::LoopTexts kFollowerLoop = {
    "follower", 1, "This replica answers no call that writes.",
    "Reads articles, jobs and translations into the local store, batch by batch."};
// Each thread has its number behind its name.
inline constexpr service::LoopTexts kEnginesLoop = {
    "engines", 2, "Stories that this replica's engines hold are late until their leases are over.",
    "Claims jobs for engines, and asks them."};

inline constexpr service::OwnerTexts kOwnerTexts = {
    .role = "owner",
    .loop = {"owner", 2,
             "New stories of this replica's partitions are not translated; leases do not end, and "
             "nothing is published.",
             "Makes jobs of the articles of the partitions owned here, and publishes what is "
             "completed."},
    .ends_loop = {"partition ends", 2, "Partitions assigned to this replica are not worked for.",
                  "Asks where the logs end, before a partition is taken over."},
    .severity = 2,
    .held_check = "articles",
    .held_impact = "New stories of one partition are not translated.",
    .held_summary = "Whether this release can read every article of the partitions owned here.",
    .held_runbook = "docs/runbooks/translation-not-ready.md",
    .takeover_impact = "New stories of one partition are not translated until it is taken over.",
    .takeover_runbook = "docs/runbooks/translation-not-ready.md",
    .lag_seconds = {"telex_translation_lag_seconds",
                    "Age of the oldest article of the partitions owned here that no job was made "
                    "of."},
    .lag_records = {"telex_translation_lag_records",
                    "Articles of the partitions owned here that no job was made of."},
    .owned_partitions = {"telex_translation_owned_partitions",
                         "Partitions that this replica works for."}};

// What each scrape and /readyz asks of the parts; all live until the host closes its stores.
void WatchQueue(service::Host& host, const TranslationStore& store);
void WatchDesk(service::Host& host, const LogJobDesk& desk);

}  // namespace telex::translation
