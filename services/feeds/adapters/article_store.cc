#include "feeds/adapters/article_store.h"

#include <fmt/format.h>

#include "feeds/adapters/translation_row.h"
#include "news/article_name.h"
#include "news/wire/article_codec.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "platform/store/keys.h"

namespace telex::feeds {
namespace {

constexpr std::uint32_t kSchema = 3;

std::string BodyKey(const news::ArticleId& id, std::int64_t version) {
  return store::KeyBuilder().Raw(id.bytes()).I64(version).bytes();
}

void AppendShelf(const FeedKey& shelf, store::KeyBuilder& row) {
  row.Text(shelf.section).Text(shelf.language);
}

std::optional<FeedKey> TakeShelf(store::KeyReader& row) {
  auto section = row.Text();
  auto language = row.Text();
  if (!section || !language) return std::nullopt;
  return FeedKey{.section = *std::move(section), .language = *std::move(language)};
}

}  // namespace

std::string EncodeRow(int partition, const ArticleSummary& summary) {
  store::KeyBuilder row;
  row.I64(summary.version).I64(summary.versioncreated_ms);
  row.U8(summary.published_ms.has_value()).I64(summary.published_ms.value_or(0));
  row.U8(static_cast<std::uint8_t>(summary.state)).U32(static_cast<std::uint32_t>(partition));
  row.U32(static_cast<std::uint32_t>(summary.shelves.size()));
  for (const FeedKey& shelf : summary.shelves) AppendShelf(shelf, row);
  row.U8(summary.shelf.has_value());
  if (summary.shelf) AppendShelf(*summary.shelf, row);
  return std::move(row).bytes();
}

std::optional<Row> DecodeRow(const news::ArticleId& id, std::string_view bytes) {
  store::KeyReader reader(bytes);
  Row row;
  row.summary.id = id;
  const auto version = reader.I64();
  const auto versioncreated = reader.I64();
  const auto has_published = reader.U8();
  const auto published = reader.I64();
  const auto state = reader.U8();
  const auto partition = reader.U32();
  const auto shelves = reader.U32();
  if (!version || !versioncreated || !has_published || !published || !state || !partition ||
      !shelves || *state > static_cast<std::uint8_t>(ArticleState::kPurged)) {
    return std::nullopt;
  }
  row.partition = static_cast<int>(*partition);
  row.summary.version = *version;
  row.summary.versioncreated_ms = *versioncreated;
  if (*has_published != 0) row.summary.published_ms = *published;
  row.summary.state = static_cast<ArticleState>(*state);
  for (std::uint32_t i = 0; i < *shelves; ++i) {
    auto shelf = TakeShelf(reader);
    if (!shelf) return std::nullopt;
    row.summary.shelves.push_back(*std::move(shelf));
  }
  const auto has_shelf = reader.U8();
  if (!has_shelf) return std::nullopt;
  if (*has_shelf != 0) {
    row.summary.shelf = TakeShelf(reader);
    if (!row.summary.shelf) return std::nullopt;
  }
  return row;
}

ArticleStore::ArticleStore(std::unique_ptr<replica::LogReplica> log)
    : log_(std::move(log)),
      bodies_(log_->store().database("bodies")),
      rows_(log_->store().database("rows")),
      translations_(log_->store().database("translations")),
      translation_rows_(log_->store().database("translation rows")) {}

absl::StatusOr<std::unique_ptr<ArticleStore>> ArticleStore::Open(const Options& options,
                                                                 absl::Time now) {
  ASSIGN_OR_RETURN(
      auto log, replica::LogReplica::Open(
                    {.store = {.path = options.path,
                               .databases = {"bodies", "rows", "translations", "translation rows"},
                               .schema = kSchema,
                               .cluster_id = options.cluster_id,
                               .map_bytes_max = options.map_bytes_max},
                     .topics = {{kArticlesTopic}, {kTranslationsTopic}}},
                    now));
  return std::unique_ptr<ArticleStore>(new ArticleStore(std::move(log)));
}

absl::StatusOr<std::uint64_t> ArticleStore::LoadInto(FeedIndex& index) const {
  ASSIGN_OR_RETURN(const store::ReadTxn txn, log_->store().Read());
  std::uint64_t rows = 0;
  for (auto cursor = txn.Scan(rows_); cursor.valid(); cursor.Next(), ++rows) {
    const auto id = news::ArticleId::FromBytes(cursor.key());
    const auto row = id ? DecodeRow(*id, cursor.value()) : std::nullopt;
    if (!row) log_->store().Damaged("an article's summary row cannot be decoded");
    index.Apply(row->partition, row->summary);
  }
  for (auto cursor = txn.Scan(translation_rows_); cursor.valid(); cursor.Next()) {
    const auto row = DecodeTranslationRow(cursor.key(), cursor.value());
    if (!row) log_->store().Damaged("a translation's summary row cannot be decoded");
    index.Apply(*row);
  }
  return rows;
}

absl::StatusOr<news::Article> ArticleStore::Read(const news::ArticleId& id,
                                                 std::int64_t version) const {
  ASSIGN_OR_RETURN(const store::ReadTxn txn, log_->store().Read());
  const auto record = txn.Get(bodies_, BodyKey(id, version));
  if (!record) {
    return errors::Error(
        absl::StatusCode::kNotFound, errors::kArticleNotFound,
        fmt::format("no {} in the local store", news::NameOf(id, news::Version{version})));
  }
  auto article = news::ArticleOfRecord(*record);
  if (!article.ok()) log_->store().Damaged(article.status().ToString());
  return article;
}

absl::Status ArticleStore::Put(store::WriteTxn& txn, int partition, const ArticleSummary& summary,
                               std::string_view record) const {
  std::int64_t known_version = 0;
  bool purged = false;
  if (const auto bytes = txn.Get(rows_, summary.id.bytes())) {
    const auto row = DecodeRow(summary.id, *bytes);
    if (!row) log_->store().Damaged("an article's summary row cannot be decoded");
    known_version = row->summary.version;
    purged = row->summary.state == ArticleState::kPurged;
  }
  if (summary.version > known_version) {
    if (summary.state == ArticleState::kPurged) {
      const store::Range all = store::Range::Prefix(summary.id.bytes());
      RETURN_IF_ERROR(txn.DeleteRange(bodies_, all).status());
      RETURN_IF_ERROR(txn.DeleteRange(translations_, all).status());
    }
    RETURN_IF_ERROR(txn.Put(rows_, summary.id.bytes(), EncodeRow(partition, summary)));
  } else if (purged) {
    return absl::OkStatus();  // an old version, repeated after it was forgotten
  }
  return txn.Put(bodies_, BodyKey(summary.id, summary.version), record);
}

absl::Status ArticleStore::Forget(store::WriteTxn& txn, const news::ArticleId& id,
                                  std::int64_t version) const {
  return txn.Delete(bodies_, BodyKey(id, version));
}

bool ArticleStore::IsPurged(const store::WriteTxn& txn, const news::ArticleId& id) const {
  const auto bytes = txn.Get(rows_, id.bytes());
  if (!bytes) return false;
  const auto row = DecodeRow(id, *bytes);
  if (!row) log_->store().Damaged("an article's summary row cannot be decoded");
  return row->summary.state == ArticleState::kPurged;
}

absl::StatusOr<std::optional<TranslationSummary>> ArticleStore::PutTranslation(
    store::WriteTxn& txn, const news::TranslationRecord& record) const {
  const TranslationSummary next = SummaryOf(record);
  const std::string key = TranslationRowKey(next.article, next.language);
  const auto bytes = txn.Get(translation_rows_, key);
  if (!bytes && !record.translation) return std::nullopt;
  TranslationSummary now = next;
  if (bytes) {
    const auto known = DecodeTranslationRow(key, *bytes);
    if (!known) log_->store().Damaged("a translation's summary row cannot be decoded");
    // Below or above what holds, a tombstone says nothing.
    if (!record.translation && next.order() != known->order()) return std::nullopt;
    now = Merged(*known, next);
    if (now == *known) return now;
  }
  RETURN_IF_ERROR(txn.Put(translation_rows_, key, EncodeTranslationRow(now)));
  if (now.order() != next.order()) return now;
  if (now.shown && record.translation && !IsPurged(txn, now.article)) {
    RETURN_IF_ERROR(txn.Put(translations_, key, EncodeTranslation(now, *record.translation)));
  } else {
    RETURN_IF_ERROR(txn.Delete(translations_, key));
  }
  return now;
}

absl::StatusOr<news::Translation> ArticleStore::ReadTranslation(
    const TranslationOf& translation) const {
  ASSIGN_OR_RETURN(const store::ReadTxn txn, log_->store().Read());
  const auto bytes =
      txn.Get(translations_, TranslationRowKey(translation.article, translation.language));
  const auto stored = bytes ? DecodeTranslation(*bytes) : std::nullopt;
  if (bytes && !stored) log_->store().Damaged("a translation cannot be decoded");
  if (!stored || stored->version != translation.version ||
      stored->revision != translation.revision) {
    return absl::NotFoundError("another translation holds");
  }
  return stored->translation;
}

FeedIndex::ReadTo ArticleStore::ReadTo(int partitions) const {
  FeedIndex::ReadTo read_to;
  for (std::int32_t partition = 0; partition < partitions; ++partition) {
    read_to.articles.push_back(log_->PositionOf({kArticlesTopic, partition}));
    read_to.translations.push_back(log_->PositionOf({kTranslationsTopic, partition}));
  }
  return read_to;
}

}  // namespace telex::feeds
