#include "ingestion/adapters/log_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "ingestion/adapters/log_store_rows.h"
#include "ingestion/adapters/record_codec.h"
#include "ingestion/adapters/topics.h"
#include "news/article_name.h"
#include "platform/errors/status_macros.h"

namespace telex::ingestion {
namespace {

using news::ArticleId;
using news::Version;
using store::KeyReader;

constexpr std::uint32_t kSchema = 5;

}  // namespace

absl::StatusOr<std::unique_ptr<LogStore>> LogStore::Open(const LogStoreOptions& options) {
  // Decisions expire; versions never do.
  ASSIGN_OR_RETURN(
      auto log, replica::LogReplica::Open(
                    {.store = {.path = options.folder,
                               .databases = {"articles", "heads", "recent", "sections", "addresses",
                                             "pending", "sources", "decisions", "requests", "known",
                                             "unpurged"},
                               .schema = kSchema,
                               .map_bytes_max = options.store_bytes_max},
                     .topics = {{kArticlesTopic}, {kResourcesTopic}, {kDecisionsTopic, true}}},
                    absl::Now()));
  // A store of another cluster is not emptied but refused: stories are known that this log does not
  // have.
  RETURN_IF_ERROR(log->Bind(options.cluster_id, options.partitions, absl::Now()));
  return std::unique_ptr<LogStore>(new LogStore(options, std::move(log)));
}

LogStore::LogStore(LogStoreOptions options, std::unique_ptr<replica::LogReplica> log)
    : options_(std::move(options)),
      log_(std::move(log)),
      articles_(log_->store().database("articles")),
      heads_(log_->store().database("heads")),
      recent_(log_->store().database("recent")),
      sections_(log_->store().database("sections")),
      addresses_(log_->store().database("addresses")),
      pending_(log_->store().database("pending")),
      sources_(log_->store().database("sources")),
      decisions_(log_->store().database("decisions")),
      requests_(log_->store().database("requests")),
      known_(log_->store().database("known")),
      unpurged_(log_->store().database("unpurged")) {
  log_->Follow(*this);
}

// Reading
// -------------------------------------------------------------------------------------------------------------------

std::optional<ArticleHead> LogStore::HeadIn(const store::Transaction& txn,
                                            const ArticleId& article) const {
  const auto row = txn.Get(heads_, article.bytes());
  if (!row) return std::nullopt;
  const auto bytes =
      txn.Get(articles_, rows::ArticleKey(article, Whole(rows::DecodeHeadRow(*row)).version));
  // The tombstone of a purge was read before the version that replaces it.
  if (!bytes) return std::nullopt;
  return Whole(DecodeArticleHead(*bytes));
}

std::optional<ArticleHead> LogStore::ArticleHeadOf(const ArticleId& article) const {
  return HeadIn(Snapshot(), article);
}

std::optional<ArticleHead> LogStore::ArticleVersionOf(const ArticleId& article,
                                                      Version version) const {
  const store::ReadTxn txn = Snapshot();
  const auto bytes = txn.Get(articles_, rows::ArticleKey(article, version));
  if (!bytes) return std::nullopt;
  return Whole(DecodeArticleHead(*bytes));
}

std::optional<SourceHead> LogStore::SourceHeadOf(const news::SourceId& source) const {
  const store::ReadTxn txn = Snapshot();
  const auto bytes = txn.Get(sources_, source.text());
  if (!bytes) return std::nullopt;
  return Whole(DecodeSourceHead(*bytes));
}

std::vector<SourceHead> LogStore::Sources() const {
  std::vector<SourceHead> sources;
  const store::ReadTxn txn = Snapshot();
  for (auto cursor = txn.Scan(sources_); cursor.valid(); cursor.Next()) {
    sources.push_back(Whole(DecodeSourceHead(cursor.value())));
  }
  return sources;
}

std::optional<Decision> LogStore::DecisionAt(const SubmissionPosition& position) const {
  const store::ReadTxn txn = Snapshot();
  const auto bytes = txn.Get(decisions_, rows::DecisionKey(position.partition, position.offset));
  if (!bytes) return std::nullopt;
  return Whole(DecodeDecision(*bytes));
}

std::optional<Decision> LogStore::StandingDecision(const std::string& subject,
                                                   const std::string& request_id) const {
  const store::ReadTxn txn = Snapshot();
  const auto bytes = txn.Get(requests_, rows::RequestKey(subject, request_id));
  if (!bytes) return std::nullopt;
  return Whole(DecodeDecision(*bytes));
}

Version LogStore::NewestVersionOf(const std::string& subject) const {
  const store::ReadTxn txn = Snapshot();
  if (const auto name = news::ArticleName::Parse(subject)) {
    const auto row = txn.Get(heads_, name->id.bytes());
    return row ? Whole(rows::DecodeHeadRow(*row)).version : Version{};
  }
  const auto source = news::SourceId::FromName(subject);
  const auto bytes = source ? txn.Get(sources_, source->text()) : std::nullopt;
  if (!bytes) return Version{};
  return Whole(DecodeSourceHead(*bytes)).source.version;
}

void LogStore::VisitPending(std::int32_t partition, absl::Time until,
                            const std::function<bool(const Pending&)>& visit) const {
  const store::ReadTxn txn = Snapshot();
  const store::Range range{rows::PartitionKey(partition), rows::PendingKeyAfter(partition, until)};
  for (auto cursor = txn.Scan(pending_, range); cursor.valid(); cursor.Next()) {
    KeyReader key(cursor.key());
    (void)key.U32();  // the partition
    const auto millis = key.U64();
    const auto id = ArticleId::FromBytes(key.Rest());
    const auto version = store::DecodeU64(cursor.value());
    if (!millis || !id || !version) log_->store().Damaged("a pending row is no such row");
    if (!visit({absl::FromUnixMillis(static_cast<std::int64_t>(*millis)), *id,
                Version{static_cast<std::int64_t>(*version)}}))
      return;
  }
}

std::uint64_t LogStore::ArticleCount() const { return Snapshot().Count(heads_); }

void LogStore::VisitUnpurged(const std::function<void(const UnpurgedVersion&)>& visit) const {
  const store::ReadTxn txn = Snapshot();
  for (auto cursor = txn.Scan(unpurged_); cursor.valid(); cursor.Next()) {
    const auto key = rows::ReadArticleKey(cursor.key());
    if (!key) log_->store().Damaged("a row of what is to be purged is no such row");
    visit({key->first, key->second});
  }
}

std::int64_t LogStore::KnownSubmissions(std::int32_t partition) const {
  const store::ReadTxn txn = Snapshot();
  const auto bytes = txn.Get(known_, rows::PartitionKey(partition));
  if (!bytes) return 0;
  const auto next = store::DecodeU64(*bytes);
  if (!next) log_->store().Damaged("how far submissions are known is no number");
  return static_cast<std::int64_t>(*next);
}

}  // namespace telex::ingestion
