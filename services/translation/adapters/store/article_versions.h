#pragma once

#include <absl/status/status.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "news/article.h"
#include "platform/kafka/record.h"
#include "platform/store/store.h"

namespace telex::translation {

struct ArticleVersion {
  news::Article article;
  std::int64_t appended_ms = 0;  // since 1970
};

// Of an article's newest version what lists and claims need.
struct ArticleHead {
  news::Version version;
  bool to_be_translated = false;  // IsToBeTranslated
  bool purged = false;
  std::int64_t characters = 0;  // code points of headline and body, without tags
  std::string headline;
  std::int64_t offset = 0;  // of its record
};

// The newest versions of each article, of telex.articles.v1: what is translated, and what was when
// a worker began. Part of a store of several folds: Apply is the log's reader's, all else
// thread-safe.
class ArticleVersions {
 public:
  static constexpr std::size_t kVersionsKept = 5;  // of an article
  static std::vector<std::string> Databases() { return {"article-versions", "article-heads"}; }

  // `store` has the databases, and outlives this.
  explicit ArticleVersions(const store::Store& store);

  // As replica::Fold. What was applied, newest or not; none: a tombstone, or behind a purge.
  absl::StatusOr<std::optional<news::Article>> Apply(store::WriteTxn& txn,
                                                     const kafka::Record& record);

  std::optional<ArticleHead> Head(const news::ArticleId& id) const;
  // nullopt: there is none, or no longer.
  std::optional<ArticleVersion> Newest(const news::ArticleId& id) const;
  std::optional<ArticleVersion> Read(const news::ArticleId& id, news::Version version) const;
  // All of them, from behind that article on, until `visit` returns false.
  void VisitHeads(
      const std::optional<news::ArticleId>& behind,
      const std::function<bool(const news::ArticleId&, const ArticleHead&)>& visit) const;
  // As the transaction sees it.
  bool IsPurged(const store::Transaction& txn, const news::ArticleId& id) const {
    return PurgedBy(txn, id).has_value();
  }
  std::optional<ArticleHead> HeadIn(const store::Transaction& txn, const news::ArticleId& id) const;
  // The version that says so; nullopt: it is not purged.
  std::optional<news::Version> PurgedBy(const store::Transaction& txn,
                                        const news::ArticleId& id) const;

 private:
  ArticleVersion Decode(std::string_view row) const;
  ArticleHead DecodeHead(std::string_view row) const;
  absl::Status Prune(store::WriteTxn& txn, const news::ArticleId& id, std::size_t keep) const;

  const store::Store& store_;
  const store::Database versions_;
  const store::Database heads_;
};

}  // namespace telex::translation
