#include "feeds/view_counts_follower.h"

#include "feeds/watch.h"
#include "platform/errors/status_macros.h"

namespace telex::feeds {

using service::StopPhase;

absl::Status ViewCountsFollower::Open(const Config& config) {
  ASSIGN_OR_RETURN(replica_,
                   ViewCountsReplica::Open({.path = config.service.data_dir + "/view-counts",
                                            .map_bytes_max = config.service.store_bytes_max,
                                            .every = config.views_every},
                                           metrics_));
  WatchViewCounts(host_, *replica_);
  host_.OnStop(StopPhase::kStores, "view counts",
               [this](absl::Duration) { return replica_->log().Close(); });
  return absl::OkStatus();
}

absl::Status ViewCountsFollower::Follow(const service::Cluster& cluster) {
  const auto found = cluster.partitions_of.find(kViewCountsTopic);
  const std::int32_t partitions =
      found == cluster.partitions_of.end() ? cluster.partitions : found->second;
  if (found == cluster.partitions_of.end()) replica_->AwaitTopic();
  if (absl::Status bound = replica_->Follow(cluster.id, partitions); !bound.ok()) {
    replica_->Withhold(bound);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(reader_,
                   host_.MakeStandaloneReader(
                       "view-counts", {.from = replica_->log().StartPositions()}, replica_->log(),
                       [this](const absl::Status& why) { replica_->Withhold(why); }));
  host_.OnStop(StopPhase::kReading, "view counts",
               [this](absl::Duration within) { return reader_->Stop(within); });
  return absl::OkStatus();
}

}  // namespace telex::feeds
