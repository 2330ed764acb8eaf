#pragma once

#include <absl/status/status.h>

#include <memory>

#include "feeds/adapters/feeds_metrics.h"
#include "feeds/adapters/view_counts_replica.h"
#include "feeds/config.h"
#include "platform/service/host.h"

namespace telex::feeds {

// How often stories were viewed, followed beside all else: no feed without views depends on it.
// Used by the start thread. Host and metrics outlive it.
class ViewCountsFollower {
 public:
  ViewCountsFollower(service::Host& host, FeedsMetrics& metrics) : host_(host), metrics_(metrics) {}

  // Its local store, as far as it was read before.
  absl::Status Open(const Config& config);
  absl::Status Load() { return replica_->Load(); }
  // A topic that is not there yet is waited for by the reader. A log that is another one, or was
  // cut, is told by the replica's status.
  absl::Status Follow(const service::Cluster& cluster);

  ViewCountsReplica& replica() { return *replica_; }

 private:
  service::Host& host_;
  FeedsMetrics& metrics_;
  std::unique_ptr<ViewCountsReplica> replica_;
  std::unique_ptr<kafka::LogReader> reader_;
};

}  // namespace telex::feeds
