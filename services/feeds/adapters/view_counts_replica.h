#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/clock.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "feeds/adapters/feeds_metrics.h"
#include "feeds/adapters/live_view_counts.h"
#include "feeds/adapters/view_count_record.h"
#include "platform/replica/log_replica.h"

namespace telex::feeds {

struct ViewCountsOptions {
  std::string path;  // of its local store: a folder of its own
  std::uint64_t map_bytes_max = std::uint64_t{64} << 30;
  absl::Duration every = absl::Minutes(1);  // LiveViewCounts
  std::function<absl::Time()> now = [] { return absl::Now(); };
};

// What feeds keep of telex.view-counts.v1: the views of each story and day in a local store of its
// own, and their sums in memory. Apart from the articles' store, so that no feed without views
// waits for counts, or ends with their log: what is wrong with it is told by status() alone, and
// feeds show no numbers meanwhile. A record that cannot be read is passed over and counted: views
// has set it aside.
//
// Load, Follow: the start thread's, in this order. Fold's: the log reader's. All else is
// thread-safe.
class ViewCountsReplica final : public replica::Fold {
 public:
  // Errors are those of LogReplica::Open. The metrics outlive it.
  static absl::StatusOr<std::unique_ptr<ViewCountsReplica>> Open(ViewCountsOptions options,
                                                                 FeedsMetrics& metrics);

  // What the process before has left, if anything; shown if it was whole.
  absl::Status Load();
  // This is the cluster: errors are those of replica::LogReplica::Bind. To be read into log() next.
  absl::Status Follow(const std::string& cluster_id, std::int32_t partitions);
  // The topic is not there: status() says so until it is read. What was stored is shown.
  void AwaitTopic();
  // Reading has ended, or cannot begin; nothing is shown from now on.
  void Withhold(const absl::Status& why);
  // The log is being read: what is stored is as of now.
  void Touch(absl::Time now);

  // Ok while numbers are shown that are not older than they must be.
  absl::Status status() const;
  replica::LogReplica& log() { return *log_; }
  LiveViewCounts& live() { return live_; }
  const LiveViewCounts& live() const { return live_; }

  // Fold
  absl::Status Apply(store::WriteTxn& txn, const kafka::Record& record) override;
  void Committed() override;
  void Undone() override { applied_.clear(); }

 private:
  ViewCountsReplica(ViewCountsOptions options, std::unique_ptr<replica::LogReplica> log,
                    FeedsMetrics& metrics);
  absl::Status Start(const replica::Kept& kept);
  // By how much the story's views change.
  absl::StatusOr<std::int64_t> Put(store::WriteTxn& txn, const ViewCountRecord& record) const;

  const ViewCountsOptions options_;
  const std::unique_ptr<replica::LogReplica> log_;
  const store::Database days_;  // article, day → position, views
  FeedsMetrics& metrics_;
  LiveViewCounts live_;
  std::vector<LiveViewCounts::Arrival> applied_;  // by the batch under way

  mutable std::mutex mutex_;
  absl::Status status_;  // of reading
};

}  // namespace telex::feeds
