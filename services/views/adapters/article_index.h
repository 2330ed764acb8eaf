// Which stories there are, as far as counting needs to know: of each its newest version, a row in
// the local store, and in memory about 250 bytes.
#pragma once

#include <absl/container/node_hash_set.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "news/article.h"
#include "news/article_id.h"
#include "platform/kafka/record.h"
#include "platform/store/store.h"
#include "views/adapters/article_map.h"
#include "views/domain/known_article.h"

namespace telex::views {

// The rows of telex.articles.v1 in a store of several folds. Load, Apply, Committed and Undone are
// of one thread at a time (the start, then the log's reader); Find and size are thread-safe.
class ArticleIndex {
 public:
  static constexpr std::string_view kDatabase = "articles";

  // `store` has kDatabase, and outlives this.
  explicit ArticleIndex(const store::Store& store);

  // Told of each change by Committed, on its thread, once Find knows it.
  using Changed = std::function<void(const news::ArticleId& id, const KnownArticle& article)>;
  void OnChanged(Changed changed) { changed_ = std::move(changed); }

  // Told by Apply, in its transaction, of each that is purged; its error is Apply's.
  using Purged = std::function<absl::Status(store::WriteTxn& txn, const news::ArticleId& id)>;
  void OnPurged(Purged purged) { purged_ = std::move(purged); }

  // What the process before has left; how many there are. Tells nobody.
  absl::StatusOr<std::uint64_t> Load();

  // As replica::Fold: a record of telex.articles.v1. An older version than is known changes
  // nothing, and what is purged stays so.
  absl::Status Apply(store::WriteTxn& txn, const kafka::Record& record);
  void Committed();
  void Undone() { applied_.clear(); }

  // Null: unknown. Its texts live as long as this.
  std::shared_ptr<const KnownArticle> Find(const news::ArticleId& id) const {
    return articles_.Find(id);
  }
  // Whether the article is purged, as the transaction sees it.
  bool IsPurged(const store::WriteTxn& txn, const news::ArticleId& id) const;
  std::size_t size() const { return articles_.size(); }

 private:
  using Entry = std::pair<news::ArticleId, std::shared_ptr<const KnownArticle>>;

  std::shared_ptr<const KnownArticle> Decode(std::string_view row);
  std::shared_ptr<const KnownArticle> Keep(const news::Article& article);
  // The same text, kept once.
  std::string_view Text(std::string_view text);
  std::span<const std::string_view> Texts(std::vector<std::string_view> texts);
  void Put(const Entry& entry);

  const store::Store& store_;
  const store::Database rows_;
  Changed changed_;
  Purged purged_;
  std::vector<Entry> applied_;  // by the batch under way
  // Sections, sources and languages are few and shared. Only the writer adds to them.
  absl::node_hash_set<std::string> texts_;
  std::set<std::vector<std::string_view>> text_lists_;
  ArticleMap<std::shared_ptr<const KnownArticle>> articles_;
};

}  // namespace telex::views
