#include "feeds/adapters/feed_replica.h"

#include <utility>

#include "platform/errors/status_macros.h"
#include "platform/observe/log.h"

namespace telex::feeds {
namespace {

using observe::Log;
using observe::Severity;

}  // namespace

FeedReplica::FeedReplica(FeedReplicaOptions options, std::unique_ptr<ArticleStore> store,
                         FeedsMetrics& metrics)
    : options_(std::move(options)),
      store_(std::move(store)),
      follower_(*store_, feeds_, metrics, options_.now),
      freshness_(options_.stale_max) {}

absl::StatusOr<std::unique_ptr<FeedReplica>> FeedReplica::Open(FeedReplicaOptions options,
                                                               FeedsMetrics& metrics) {
  ASSIGN_OR_RETURN(auto store, ArticleStore::Open(options.store, options.now()));
  return std::unique_ptr<FeedReplica>(
      new FeedReplica(std::move(options), std::move(store), metrics));
}

absl::Status FeedReplica::LoadStored() {
  const auto kept = store_->log().kept();
  const std::string stored_cluster = store_->log().store().report().cluster_id;
  if (!kept || stored_cluster.empty()) return absl::OkStatus();
  return LoadIndex(stored_cluster, *kept);
}

absl::Status FeedReplica::Bind(const std::string& cluster_id, std::int32_t partitions) {
  replica::LogReplica& log = store_->log();
  RETURN_IF_ERROR(log.Bind(cluster_id, partitions, options_.now()));
  return partitions_ == 0 ? LoadIndex(cluster_id, *log.kept()) : absl::OkStatus();
}

absl::Status FeedReplica::LoadIndex(const std::string& cluster_id, const replica::Kept& kept) {
  const absl::Time start = absl::Now();
  FeedIndex index(kept.partitions, EpochOf(cluster_id, options_.log_generation));
  ASSIGN_OR_RETURN(const std::uint64_t rows, store_->LoadInto(index));
  index.SetReadTo(store_->ReadTo(kept.partitions));
  feeds_.Start(std::move(index));
  partitions_ = kept.partitions;
  {
    const std::lock_guard lock(mutex_);
    if (kept.caught_up) freshness_.Stored(kept.touched);
    if (freshness_.MayServeStored(options_.now())) feeds_.SetServing();
  }
  Log(Severity::kInfo, "index loaded",
      {{"articles", rows},
       {"milliseconds", absl::ToInt64Milliseconds(absl::Now() - start)},
       {"serving", feeds_.serving()}});
  return absl::OkStatus();
}

void FeedReplica::Follow(replica::SetAside set_aside) {
  store_->log().Follow(follower_, std::move(set_aside));
  store_->log().OnWhole([this] { OnWhole(); });
}

void FeedReplica::OnWhole() {
  follower_.SetLive();
  // Further than the last record, where compaction has taken the log's end.
  feeds_.Apply({}, store_->ReadTo(partitions_));
  {
    const std::lock_guard lock(mutex_);
    freshness_.CaughtUp(options_.now());
  }
  feeds_.SetServing();
  Log(Severity::kInfo, "caught up", {{"articles", feeds_.articles()}});
  if (absl::Status kept = store_->log().Touch(options_.now()); !kept.ok()) {
    Log(Severity::kError, "store write failed", {{"error", kept.ToString()}});
  }
}

void FeedReplica::BrokerAway() {
  const std::lock_guard lock(mutex_);
  freshness_.BrokerAway();
  if (freshness_.MayServeStored(options_.now())) feeds_.SetServing();
}

void FeedReplica::ReadOn(absl::Time now) {
  const std::lock_guard lock(mutex_);
  freshness_.ReadOn(now);
}

absl::Status FeedReplica::Readiness(const std::string& waiting_for) const {
  const std::lock_guard lock(mutex_);
  return freshness_.Readiness(options_.now(), waiting_for);
}

absl::Duration FeedReplica::Age() const {
  const std::lock_guard lock(mutex_);
  return freshness_.Age(options_.now());
}

std::vector<std::int64_t> FeedReplica::Positions() const {
  auto [positions, translations] = store_->ReadTo(partitions_);
  positions.insert(positions.end(), translations.begin(), translations.end());
  return positions;
}

}  // namespace telex::feeds
