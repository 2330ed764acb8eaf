#pragma once

#include <absl/status/status.h>

#include <functional>
#include <string>
#include <variant>
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
    std::string name;  // of the version or translation
    int partition = 0;
    std::string traceparent;
    std::variant<std::monostate, ArticleSummary, TranslationSummary> summary;  // none: a tombstone
  };
  absl::Status ApplyVersion(store::WriteTxn& txn, const kafka::Record& record, Applied& applied);
  absl::Status ApplyTranslation(store::WriteTxn& txn, const kafka::Record& record,
                                Applied& applied);
  void LogArrival(const Applied& applied) const;

  ArticleStore& store_;
  LiveFeeds& feeds_;
  FeedsMetrics& metrics_;
  std::function<absl::Time()> clock_;
  std::vector<Applied> applied_;  // by the batch under way
  bool live_ = false;
};

}  // namespace telex::feeds
