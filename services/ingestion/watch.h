#pragma once

#include <memory>

#include "ingestion/adapters/deciding_owner.h"
#include "ingestion/adapters/log_store.h"
#include "ingestion/adapters/submitter.h"
#include "platform/grpc/auth.h"
#include "platform/observe/heartbeat.h"
#include "platform/service/host.h"

namespace telex::ingestion {

// The threads that /livez watches; watch.cc says what hangs with each.
enum class Loop {
  kEdgePublisher,
  kOwnerPublisher,
  kLogStore,
  kPartitionEnds,
  kDecider,
  kTimekeeper,
  kPurgeEnforcer,
};
// Once each; to be carried by its thread.
std::shared_ptr<observe::Heartbeat> Watch(service::Host& host, Loop loop);

// What each scrape and /readyz asks of the parts; all live until the host closes its stores.
void WatchParts(service::Host& host, const LogStore& log_store, const DecidingOwner& deciding,
                const Submitter& submitter, const rpc::Authenticator& callers);

}  // namespace telex::ingestion
