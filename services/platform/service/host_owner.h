#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <stop_token>

#include "platform/owner/group_owner.h"
#include "platform/service/host.h"

namespace telex::service {

// What differs between services that own partitions, for whoever is paged and whoever looks at
// graphs.
struct OwnerTexts {
  struct Gauge {
    const char* name = nullptr;
    const char* help = nullptr;
  };
  const char* role = nullptr;  // the consumer's (Host::MakeConsumer)
  LoopTexts loop = {};         // the consumer's
  LoopTexts ends_loop = {};
  int severity = 3;  // of both checks

  // The check of records that this release cannot deal with.
  const char* held_check = nullptr;
  const char* held_impact = nullptr;
  const char* held_summary = nullptr;
  const char* held_runbook = nullptr;
  bool held_gates_readiness = false;

  // The check "partitions", which does not gate readiness.
  const char* takeover_impact = nullptr;
  const char* takeover_runbook = nullptr;

  Gauge lag_seconds = {};
  Gauge lag_records = {};
  Gauge owned_partitions = {};
};

// An owner of partitions as a part of the host, with its checks, gauges and stop: first the
// consumer, then the looks. `replica`: what it reads is folded into. Both and `publisher` live
// until the host closes its stores.
//
// A process that died did not leave its group, which makes every member wait for the end of its
// session if its successor joins before that (docs/adr/dynamic-group-membership.md). So unless the
// replica's store was closed cleanly, it joins when such a session is over: reckoned from when the
// host was made. Cancelled after a stop.
absl::StatusOr<std::unique_ptr<owner::GroupOwner>> StartOwner(Host& host, const OwnerTexts& texts,
                                                              const replica::LogReplica& replica,
                                                              owner::GroupOwnerOptions options,
                                                              kafka::Publisher& publisher,
                                                              std::stop_token stop);

}  // namespace telex::service
