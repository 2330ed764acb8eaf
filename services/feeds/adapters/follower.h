#pragma once

#include <absl/status/status.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "feeds/adapters/article_store.h"
#include "feeds/adapters/feeds_metrics.h"
#include "feeds/adapters/live_feeds.h"
#include "platform/replica/log_replica.h"

namespace telex::feeds {

// From the log into the local store and the index, in this order: what the index shows can be read.
class Follower final : public replica::Fold {
 public:
  // All outlive it. `clock` is for the metric of visible records only.
  Follower(ArticleStore& store, LiveFeeds& feeds, FeedsMetrics& metrics,
           std::function<absl::Time()> clock);

  absl::Status Apply(store::WriteTxn& txn, const kafka::Record& record) override;
  void Committed() override;
  void Undone() override { applied_.clear(); }

  // The end seen at the start is reached: what comes from now on has just been decided.
  void SetLive() { live_ = true; }

 private:
  struct Applied {
    std::string version;  // its name
    int partition = 0;
    std::string traceparent;
    std::optional<ArticleSummary> summary;  // none: a tombstone
  };
  void LogArrival(const Applied& applied) const;

  ArticleStore& store_;
  LiveFeeds& feeds_;
  FeedsMetrics& metrics_;
  std::function<absl::Time()> clock_;
  std::vector<Applied> applied_;  // by the batch under way
  bool live_ = false;
};

}  // namespace telex::feeds
