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
#include "feeds/domain/translation_summary.h"
#include "news/article.h"
#include "news/wire/article_log.h"
#include "news/wire/translation_log.h"
#include "platform/replica/log_replica.h"
#include "platform/store/store.h"

namespace telex::feeds {

using news::kArticlesTopic;
using news::kTranslationsTopic;

// What a replica keeps of the log: of articles the record of every version, and a summary row of
// the newest; of translations into each language the text of the one that holds, and a summary row
// of all. Written by the follower, in the transactions of the log's replica. Thread-safe.
class ArticleStore {
 public:
  struct Options {
    std::string path;
    std::string cluster_id;  // empty: not known yet
    std::uint64_t map_bytes_max = std::uint64_t{64} << 30;
  };
  static absl::StatusOr<std::unique_ptr<ArticleStore>> Open(const Options& options, absl::Time now);

  // What reads the log into it, and knows how far.
  replica::LogReplica& log() { return *log_; }

  // Applies all rows; the number of articles.
  absl::StatusOr<std::uint64_t> LoadInto(FeedIndex& index) const;

  // NOT_FOUND: no such version, or it was purged.
  absl::StatusOr<news::Article> Read(const news::ArticleId& id, std::int64_t version) const;

  // Keeps a version and, when it is the newest, its row. A purged version takes the bodies of all
  // others with it, and none comes back after it.
  absl::Status Put(store::WriteTxn& txn, int partition, const ArticleSummary& summary,
                   std::string_view record) const;
  // Takes a translation in; what is known of its language now is returned. None: nothing, for it is
  // the tombstone of one that was never seen. No text is kept that nobody may be shown.
  absl::StatusOr<std::optional<TranslationSummary>> PutTranslation(
      store::WriteTxn& txn, const news::TranslationRecord& record) const;
  // NOT_FOUND: another one holds by now, or it is not to be shown.
  absl::StatusOr<news::Translation> ReadTranslation(const TranslationOf& translation) const;

  // How far the log of so many partitions was read.
  FeedIndex::ReadTo ReadTo(int partitions) const;

  // A tombstone of a version.
  absl::Status Forget(store::WriteTxn& txn, const news::ArticleId& id, std::int64_t version) const;

 private:
  bool IsPurged(const store::WriteTxn& txn, const news::ArticleId& id) const;
  explicit ArticleStore(std::unique_ptr<replica::LogReplica> log);

  std::unique_ptr<replica::LogReplica> log_;
  store::Database bodies_;
  store::Database rows_;
  store::Database translations_;      // texts
  store::Database translation_rows_;  // of each article and language
};

// The summary row, as bytes.
std::string EncodeRow(int partition, const ArticleSummary& summary);
struct Row {
  int partition = 0;
  ArticleSummary summary;
};
std::optional<Row> DecodeRow(const news::ArticleId& id, std::string_view bytes);

}  // namespace telex::feeds
