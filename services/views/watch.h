#pragma once

#include <memory>

#include "platform/observe/heartbeat.h"
#include "platform/service/host.h"
#include "views/adapters/counting_owner.h"
#include "views/adapters/salt_keeper.h"
#include "views/adapters/views_server.h"
#include "views/adapters/views_store.h"

namespace telex::views {

// The threads that /livez watches; watch.cc says what hangs with each.
enum class Loop {
  kEdgePublisher,
  kOwnerPublisher,
  kDeadLetters,
  kFollower,
  kSalts,
  kPartitionEnds,
  kCounter,
  kPurgeEnforcer,
};
// Once each; to be carried by its thread.
std::shared_ptr<observe::Heartbeat> Watch(service::Host& host, Loop loop);

// What each scrape and /readyz asks of the parts; all live until the host closes its stores.
void WatchStore(service::Host& host, const ViewsStore& store);
void WatchFiles(service::Host& host, const rpc::Authenticator& callers,
                const PartnerFile& partners);
void WatchServer(service::Host& host, const ViewsServer& server);
void WatchSalts(service::Host& host, const SaltKeeper& salts);
void WatchOwner(service::Host& host, const CountingOwner& owner);

}  // namespace telex::views
