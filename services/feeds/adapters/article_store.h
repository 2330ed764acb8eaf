#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "feeds/domain/article_summary.h"
#include "feeds/domain/feed_index.h"
#include "news/article.h"
#include "platform/store/store.h"

namespace telex::feeds {

inline constexpr std::string_view kArticlesTopic = "telex.articles.v1";

// What a replica keeps of the log on its own disk: the record of every version, a summary row of
// each article's newest version, and how far it has read, all in one transaction. A cache: what
// cannot be trusted is emptied at Open and read from the log again. Thread-safe.
class ArticleStore {
 public:
  struct Options {
    std::string path;
    std::string cluster_id;  // empty: not known yet
    std::uint64_t map_bytes_max = std::uint64_t{64} << 30;
    // A store that has not been touched for this long may have missed tombstones (which stay in the
    // log for 30 days) and is emptied.
    absl::Duration age_max = absl::Hours(24 * 25);
  };
  static absl::StatusOr<std::unique_ptr<ArticleStore>> Open(const Options& options, absl::Time now);

  // What is known of the log besides the records; none when the store is new.
  struct Log {
    std::int32_t partitions = 0;
    bool caught_up = false;  // it has once been read to its end, so that what is here is whole
    absl::Time touched;      // when it was last read, or found to have nothing new
  };
  std::optional<Log> log() const;
  absl::Status SetLog(const Log& log);
  const store::OpenReport& report() const { return store_->report(); }
  absl::Status BindCluster(std::string_view cluster_id) { return store_->BindCluster(cluster_id); }

  // The next offset to read, by partition; 0 for those that were never read.
  absl::StatusOr<std::vector<std::int64_t>> Positions(int partitions) const;

  // Applies all rows; the number of them.
  absl::StatusOr<std::uint64_t> LoadInto(FeedIndex& index) const;

  // NOT_FOUND: no such version, or it was purged.
  absl::StatusOr<news::Article> Read(const news::ArticleId& id, std::int64_t version) const;

  // One batch of the log: all or nothing with its positions.
  class Batch {
   public:
    // Keeps a version and, when it is the newest, its row. A purged version takes the bodies of all
    // others with it, and none comes back after it.
    absl::Status Put(int partition, const ArticleSummary& summary, std::string_view record);
    absl::Status Forget(const news::ArticleId& id, std::int64_t version);  // a tombstone
    absl::Status SetPosition(int partition, std::int64_t next_offset);
    absl::Status Commit() { return txn_.Commit(); }

   private:
    friend class ArticleStore;
    Batch(const ArticleStore& store, store::WriteTxn txn) : store_(store), txn_(std::move(txn)) {}
    const ArticleStore& store_;
    store::WriteTxn txn_;
  };
  absl::StatusOr<Batch> Begin();

  store::StoreStats Stats() const { return store_->Stats(); }
  absl::Status Close() { return store_->Close(); }

 private:
  explicit ArticleStore(std::unique_ptr<store::Store> store);

  std::unique_ptr<store::Store> store_;
  store::Database bodies_;
  store::Database rows_;
  store::Database meta_;
};

// The summary row, as bytes.
std::string EncodeRow(int partition, const ArticleSummary& summary);
struct Row {
  int partition = 0;
  ArticleSummary summary;
};
std::optional<Row> DecodeRow(const news::ArticleId& id, std::string_view bytes);

}  // namespace telex::feeds
