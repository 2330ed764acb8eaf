#pragma once

#include <absl/status/status.h>

#include <functional>
#include <span>
#include <stop_token>

#include "feeds/adapters/article_store.h"
#include "feeds/adapters/feeds_metrics.h"
#include "feeds/adapters/live_feeds.h"
#include "platform/kafka/log_reader.h"

namespace telex::feeds {

// From the log into the local store and the index, in this order: what the index shows can be read.
// A record that cannot be understood is set aside and never holds up the others; a store that
// refuses holds all up, visibly.
class Follower : public kafka::LogHandler {
 public:
  // Puts a record into the dead-letter topic and waits for it; an error: try again later.
  using SetAside =
      std::function<absl::Status(const kafka::Record&, const absl::Status& why, std::stop_token)>;

  // All outlive it. `clock` is for the metric of visible records only.
  Follower(ArticleStore& store, LiveFeeds& feeds, FeedsMetrics& metrics, SetAside set_aside,
           std::function<absl::Time()> clock);

  // Told once, on the reader's thread, when the end seen at the start is reached.
  void OnWhole(std::function<void()> listener) { on_whole_ = std::move(listener); }

  kafka::Outcome OnBatch(std::span<const kafka::Record> records, std::stop_token stop) override;
  void OnCaughtUp(const kafka::TopicPartition& partition, int64_t end_offset) override;
  void OnAllCaughtUp() override;

 private:
  ArticleStore& store_;
  LiveFeeds& feeds_;
  FeedsMetrics& metrics_;
  SetAside set_aside_;
  std::function<absl::Time()> clock_;
  std::function<void()> on_whole_;
  bool live_ = false;
};

}  // namespace telex::feeds
