#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "news/article.h"
#include "news/wire/translation_log.h"
#include "platform/kafka/record.h"
#include "platform/store/store.h"
#include "telex/translation/v1/translation.pb.h"
#include "translation/domain/job.h"

namespace telex::translation {

// The translations of telex.translations.v1, all of them. Part of a store of several folds: Apply
// and Purge are the log's reader's, all else thread-safe.
class TranslationRows {
 public:
  static std::vector<std::string> Databases() { return {"translations", "translations-unpurged"}; }

  // The version by which the article is purged, as the transaction sees it; nullopt: it is not.
  using PurgedBy = std::function<std::optional<news::Version>(const store::Transaction& txn,
                                                              const news::ArticleId& id)>;
  // `store` has the databases, and outlives this.
  TranslationRows(const store::Store& store, PurgedBy purged_by);

  // As replica::Fold. What was applied; none: a tombstone, or of what is purged.
  struct Applied {
    news::TranslationKey key;
    std::optional<v1::Translation> translation;
  };
  absl::StatusOr<Applied> Apply(store::WriteTxn& txn, const kafka::Record& record);
  // The article was purged, by that version, in the partition and at the time of `record`. All of
  // its translations are to be forgotten in the log, too; but for one record for each language that
  // says so and stays, without a text: whoever reads the log later comes to the same feeds.
  absl::Status Purge(store::WriteTxn& txn, const news::Article& article,
                     const kafka::Record& record);

  // The newest version's newest revision, also a rejected one; nullopt: there is none.
  std::optional<v1::Translation> Newest(const JobId& job) const;
  std::optional<v1::Translation> Read(const news::TranslationKey& key) const;
  // As the transaction sees it.
  std::optional<v1::Translation> ReadIn(const store::Transaction& txn,
                                        const news::TranslationKey& key) const;
  // The newest first, of each version its newest revision.
  static constexpr std::size_t kVersionsRead = 5;
  std::vector<v1::Translation> NewestVersions(const JobId& job) const;
  // Of each language of the article the newest.
  std::vector<v1::Translation> Of(const news::ArticleId& article) const;
  // All of them, until `visit` returns false.
  void VisitAll(const std::function<bool(const v1::Translation&)>& visit) const;

  // What is to be appended for purged articles, what stays before what goes: at most `most`.
  struct Unpurged {
    std::string key;
    std::optional<std::string> value;  // none: a tombstone
  };
  std::vector<Unpurged> UnpurgedOf(std::int32_t partition, std::size_t most) const;

 private:
  v1::Translation Decode(std::string_view row) const;
  absl::Status PutWhatStays(store::WriteTxn& txn, const news::TranslationKey& of,
                            news::Version purged_by, v1::Translation translation,
                            const kafka::Record& record) const;
  // The revision of what is to be appended there; 0: nothing is.
  std::int64_t StaysRevision(const store::Transaction& txn, const std::string& row) const;
  absl::Status PurgeRow(store::WriteTxn& txn, const std::string& row, std::int32_t partition) const;

  const store::Store& store_;
  const PurgedBy purged_by_;
  const store::Database translations_;
  const store::Database unpurged_;
};

}  // namespace telex::translation
