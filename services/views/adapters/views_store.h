#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "platform/kafka/log_reader.h"
#include "platform/replica/log_replica.h"
#include "views/adapters/article_index.h"
#include "views/adapters/counts_store.h"
#include "views/adapters/live_counts.h"

namespace telex::views {

// What a replica has read of telex.articles.v1 and telex.view-counts.v1: in its local store, and in
// memory what is asked for often. A cache of the log: deleted, it is read again.
//
// Load, Bind and Follow are the start thread's, in this order; Apply, Committed and Undone are of
// the log's reader; all else is thread-safe.
class ViewsStore final : public replica::Fold {
 public:
  // Of the replica; its folder and size are the caller's (service::Host::OpenReplica).
  static replica::Options Options();

  // `zone`: of the days of the counts.
  ViewsStore(std::unique_ptr<replica::LogReplica> log, absl::TimeZone zone);

  replica::LogReplica& log() { return *log_; }
  const replica::LogReplica& log() const { return *log_; }

  // What the process before has left, into memory.
  absl::Status Load();
  // Errors are those of replica::LogReplica::Bind.
  absl::Status Bind(const std::string& cluster_id, std::int32_t partitions, absl::Time now);
  // What cannot be understood is given to `set_aside`.
  void Follow(replica::SetAside set_aside);

  // What reads into it; outlives all calls of KnowsAllArticles. Once, after Follow.
  void ReadBy(const kafka::LogReader& reader) { reader_ = &reader; }

  // Whether the end that the log had at the start was reached.
  bool caught_up() const { return caught_up_; }
  // Whether it has applied all of telex.articles.v1 that brokers have told of: an article that is
  // not known does not exist then, or has just been made. False where that is not known.
  bool KnowsAllArticles() const;

  ArticleIndex& articles() { return articles_; }
  const ArticleIndex& articles() const { return articles_; }
  CountsStore& counts() { return counts_; }
  const CountsStore& counts() const { return counts_; }
  LiveCounts& live() { return live_; }
  const LiveCounts& live() const { return live_; }

  // Fold
  absl::Status Apply(store::WriteTxn& txn, const kafka::Record& record) override;
  void Committed() override;
  void Undone() override;

 private:
  void TellAsOf(std::int32_t partition);

  const std::unique_ptr<replica::LogReplica> log_;
  ArticleIndex articles_;
  CountsStore counts_;
  LiveCounts live_;
  std::int32_t partitions_ = 0;
  std::set<std::int32_t> counted_;  // partitions of counts in the batch under way
  std::atomic<const kafka::LogReader*> reader_ = nullptr;
  std::atomic<bool> caught_up_{false};
};

}  // namespace telex::views
