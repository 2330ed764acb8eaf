#pragma once

#include "feeds/adapters/feed_replica.h"
#include "feeds/adapters/feed_server.h"
#include "feeds/adapters/peers.h"
#include "feeds/adapters/view_counts_replica.h"
#include "platform/service/host.h"

namespace telex::feeds {

// The threads that /livez watches, and what hangs with each.
inline constexpr service::LoopTexts kDeadLettersLoop = {
    "dead letters", 2, "The first record that cannot be read holds up all that follow.",
    "Takes the acknowledgements of the dead-letter topic."};
inline constexpr service::LoopTexts kFollowerLoop = {
    "follower", 1, "Readers of this replica get no news, corrections and takedowns.",
    "Folds the log into the local store and the index, batch by batch."};
inline constexpr service::LoopTexts kPeersLoop = {
    "peers", 2, "Should this replica fall behind, it would go on serving old feeds.",
    "Compares its position with that of its peers, through Redis."};

// What each scrape and /readyz asks of the parts; all live until the host closes its stores.
void WatchParts(service::Host& host, const FeedReplica& replica, const FeedServer& server);
void WatchViewCounts(service::Host& host, const ViewCountsReplica& view_counts);
void WatchPeers(service::Host& host, const Peers& peers);

}  // namespace telex::feeds
