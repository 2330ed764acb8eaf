#pragma once

#include <memory>

#include "platform/grpc/auth.h"
#include "platform/observe/heartbeat.h"
#include "platform/service/host.h"
#include "translation/adapters/jobs_owner.h"
#include "translation/adapters/log_job_desk.h"

namespace telex::translation {

// The threads that /livez watches; watch.cc says what hangs with each.
enum class Loop {
  kDeskPublisher,
  kOwnerPublisher,
  kDeadLetters,
  kFollower,
  kPartitionEnds,
  kOwner,
};
// Once each; to be carried by its thread.
std::shared_ptr<observe::Heartbeat> Watch(service::Host& host, Loop loop);

// What each scrape and /readyz asks of the parts; all live until the host closes its stores.
void WatchQueue(service::Host& host, const TranslationStore& store);
void WatchDesk(service::Host& host, const LogJobDesk& desk);
void WatchFiles(service::Host& host, const rpc::Authenticator& callers);
void WatchOwner(service::Host& host, const JobsOwner& owner);

}  // namespace telex::translation
