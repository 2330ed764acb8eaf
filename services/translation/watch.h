#pragma once

#include "platform/grpc/auth.h"
#include "platform/service/host.h"
#include "translation/adapters/jobs_owner.h"
#include "translation/adapters/log_job_desk.h"

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
inline constexpr service::LoopTexts kPartitionEndsLoop = {
    "partition ends", 2, "Partitions assigned to this replica are not worked for.",
    "Asks where the logs end, before a partition is taken over."};
inline constexpr service::LoopTexts kOwnerLoop = {
    "owner", 2,
    "New stories of this replica's partitions are not translated; leases do not end, and "
    "nothing is published.",
    "Makes jobs of the articles of the partitions owned here, and publishes what is "
    "completed."};

// What each scrape and /readyz asks of the parts; all live until the host closes its stores.
void WatchQueue(service::Host& host, const TranslationStore& store);
void WatchDesk(service::Host& host, const LogJobDesk& desk);
void WatchFiles(service::Host& host, const rpc::Authenticator& callers);
void WatchOwner(service::Host& host, const JobsOwner& owner);

}  // namespace telex::translation
