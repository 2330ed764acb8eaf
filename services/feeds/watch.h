#pragma once

#include <memory>

#include "feeds/adapters/feed_replica.h"
#include "feeds/adapters/feed_server.h"
#include "feeds/adapters/peers.h"
#include "feeds/adapters/view_counts_replica.h"
#include "platform/observe/heartbeat.h"
#include "platform/service/host.h"

namespace telex::feeds {

// The threads that /livez watches; watch.cc says what hangs with each.
enum class Loop { kDeadLetters, kFollower, kPeers };
// Once each; to be carried by its thread.
std::shared_ptr<observe::Heartbeat> Watch(service::Host& host, Loop loop);

// What each scrape and /readyz asks of the parts; all live until the host closes its stores.
void WatchParts(service::Host& host, const FeedReplica& replica, const FeedServer& server);
void WatchViewCounts(service::Host& host, const ViewCountsReplica& view_counts);
void WatchPeers(service::Host& host, const Peers& peers);

}  // namespace telex::feeds
