#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/clock.h>
#include <absl/time/time.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "feeds/adapters/article_store.h"
#include "feeds/adapters/feeds_metrics.h"
#include "feeds/adapters/follower.h"
#include "feeds/adapters/live_feeds.h"
#include "feeds/domain/freshness.h"
#include "platform/replica/log_replica.h"

namespace telex::feeds {

struct FeedReplicaOptions {
  ArticleStore::Options store;
  absl::Duration stale_max = absl::Hours(1);  // older, what is stored is not served (Freshness)
  std::uint32_t log_generation = 0;           // part of the tags' epoch
  std::function<absl::Time()> now = [] { return absl::Now(); };
};

// All that stands between the log and what is served: the local store and the index, what folds
// into them, and how fresh they are. The log's reader is the caller's: it reads into store().log()
// and is destroyed before this, as is whatever else was given a part of it.
//
// LoadStored, Bind and Follow are the start thread's, in this order; all else is thread-safe.
class FeedReplica {
 public:
  // Opens the store; its errors. The metrics outlive it.
  static absl::StatusOr<std::unique_ptr<FeedReplica>> Open(FeedReplicaOptions options,
                                                           FeedsMetrics& metrics);

  // The index, of what the process before has left, if anything; served at once if it is whole and
  // fresh.
  absl::Status LoadStored();
  // This is the cluster: errors are those of replica::LogReplica::Bind. Loads the index if
  // LoadStored had nothing.
  absl::Status Bind(const std::string& cluster_id, std::int32_t partitions);
  // What cannot be understood is given to `set_aside`. Once the log has been read up to the end
  // seen at start, it is served.
  void Follow(replica::SetAside set_aside);

  // No broker answers: what is stored is all there is, and served if it is fresh.
  void BrokerAway();
  // Every broker answers, and the log is being read.
  void ReadOn(absl::Time now);

  // UNAVAILABLE / NOT_CAUGHT_UP with `waiting_for`, or with the age where that is what is wrong.
  absl::Status Readiness(const std::string& waiting_for) const;
  // How long ago what is served was all there was; infinite before it ever was.
  absl::Duration Age() const;
  // The next offsets, by partition, of the articles' topic and then of the translations'; empty
  // before the index is loaded.
  std::vector<std::int64_t> Positions() const;
  std::int32_t partitions() const { return partitions_; }

  ArticleStore& store() { return *store_; }
  LiveFeeds& feeds() { return feeds_; }
  const LiveFeeds& feeds() const { return feeds_; }

 private:
  FeedReplica(FeedReplicaOptions options, std::unique_ptr<ArticleStore> store,
              FeedsMetrics& metrics);

  absl::Status LoadIndex(const std::string& cluster_id, const replica::Kept& kept);
  void OnWhole();

  const FeedReplicaOptions options_;
  const std::unique_ptr<ArticleStore> store_;
  LiveFeeds feeds_;
  Follower follower_;
  std::atomic<std::int32_t> partitions_{0};  // of the index; 0 before it is loaded
  mutable std::mutex mutex_;                 // guards freshness_
  Freshness freshness_;
};

}  // namespace telex::feeds
