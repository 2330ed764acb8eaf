#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "platform/kafka/publisher.h"
#include "platform/observe/metrics.h"
#include "views/adapters/agent_cache.h"
#include "views/adapters/batch_intake.h"
#include "views/adapters/beacon_handler.h"
#include "views/adapters/edge_metrics.h"
#include "views/adapters/partner_file.h"
#include "views/adapters/rate_limits.h"
#include "views/adapters/record_views.h"
#include "views/adapters/salt_keeper.h"
#include "views/adapters/view_intake.h"
#include "views/adapters/views_store.h"

namespace telex::views {

struct ViewEdgeOptions {
  std::string partners_file;  // as PartnerFileOptions
  std::function<void(const absl::Status&)> on_partners_reload;
  RateLimitOptions limits;  // of an address; a server may send kServerFactor times as much
  BeaconOptions beacons;
  std::vector<Network> internal;  // as BatchIntake::Parts
  JudgeRules rules;
  std::function<bool()> connected;      // false: Kafka is known to be away
  std::function<absl::Status()> clock;  // not OK: known to be wrong
};

// All that takes views: over HTTP and gRPC, from the sender's bytes to the log. Thread-safe, but
// for PublishThrough. It outlives the servers that call it, and the publisher, which calls it back
// to its end.
class ViewEdge {
 public:
  static constexpr double kServerFactor = 100;

  // What it is made with outlives it. Errors as of PartnerFile::Open.
  static absl::StatusOr<std::unique_ptr<ViewEdge>> Make(const ViewsStore& store, SaltKeeper& salts,
                                                        observe::Metrics& metrics,
                                                        ViewEdgeOptions options);

  // Views are taken from now on. Once.
  void PublishThrough(kafka::Publisher& publisher, std::int32_t partitions);

  BeaconHandler& beacons() { return beacons_; }
  RecordViews& record_views() { return record_views_; }
  const PartnerFile& partners() const { return *partners_; }

 private:
  ViewEdge(const ViewsStore& store, SaltKeeper& salts, observe::Metrics& metrics,
           ViewEdgeOptions options, std::unique_ptr<PartnerFile> partners);

  const std::unique_ptr<PartnerFile> partners_;
  AgentCache agents_;
  EdgeMetrics metrics_;
  RateLimits readers_;
  RateLimits senders_;
  PublishView publish_;             // written before open_
  std::atomic<bool> open_ = false;  // it is there
  ViewIntake intake_;
  BatchIntake batches_;
  BeaconHandler beacons_;
  RecordViews record_views_;
};

}  // namespace telex::views
