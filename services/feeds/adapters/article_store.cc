#include "feeds/adapters/article_store.h"

#include <fmt/format.h>

#include "news/article_name.h"
#include "news/wire/article_codec.h"
#include "platform/errors/errors.h"
#include "platform/store/keys.h"

namespace telex::feeds {
namespace {

constexpr std::uint32_t kSchema = 1;
constexpr std::string_view kLogKey = "log";

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

ArticleStore::ArticleStore(std::unique_ptr<store::Store> store)
    : store_(std::move(store)),
      bodies_(store_->database("bodies")),
      rows_(store_->database("rows")),
      meta_(store_->database("meta")) {}

absl::StatusOr<std::unique_ptr<ArticleStore>> ArticleStore::Open(const Options& options,
                                                                 absl::Time now) {
  auto opened = store::Store::Open({.path = options.path,
                                    .databases = {"bodies", "rows", "meta"},
                                    .schema = kSchema,
                                    .cluster_id = options.cluster_id,
                                    .map_bytes_max = options.map_bytes_max});
  if (!opened.ok()) return opened.status();
  std::unique_ptr<ArticleStore> store(new ArticleStore(*std::move(opened)));
  const auto log = store->log();
  if (log && now - log->touched > options.age_max) {
    const absl::Status emptied = store->store_->Write([&](store::WriteTxn& txn) {
      for (const store::Database database : {store->bodies_, store->rows_, store->meta_}) {
        if (absl::Status status = txn.Clear(database); !status.ok()) return status;
      }
      return txn.ErasePositions();
    });
    if (!emptied.ok()) return emptied;
  }
  return store;
}

std::optional<ArticleStore::Log> ArticleStore::log() const {
  const auto txn = store_->Read();
  if (!txn.ok()) return std::nullopt;
  const auto bytes = txn->Get(meta_, kLogKey);
  if (!bytes) return std::nullopt;
  store::KeyReader reader(*bytes);
  const auto partitions = reader.U32();
  const auto caught_up = reader.U8();
  const auto touched = reader.I64();
  if (!partitions || !caught_up || !touched) return std::nullopt;
  return Log{.partitions = static_cast<std::int32_t>(*partitions),
             .caught_up = *caught_up != 0,
             .touched = absl::FromUnixMillis(*touched)};
}

absl::Status ArticleStore::SetLog(const Log& log) {
  return store_->Write([&](store::WriteTxn& txn) {
    return txn.Put(meta_, kLogKey,
                   store::KeyBuilder()
                       .U32(static_cast<std::uint32_t>(log.partitions))
                       .U8(log.caught_up)
                       .I64(absl::ToUnixMillis(log.touched)));
  });
}

absl::StatusOr<std::vector<std::int64_t>> ArticleStore::Positions(int partitions) const {
  const auto txn = store_->Read();
  if (!txn.ok()) return txn.status();
  std::vector<std::int64_t> positions;
  for (int partition = 0; partition < partitions; ++partition) {
    positions.push_back(txn->NextOffset(kArticlesTopic, partition).value_or(0));
  }
  return positions;
}

absl::StatusOr<std::uint64_t> ArticleStore::LoadInto(FeedIndex& index) const {
  const auto txn = store_->Read();
  if (!txn.ok()) return txn.status();
  std::uint64_t rows = 0;
  for (auto cursor = txn->Scan(rows_); cursor.valid(); cursor.Next(), ++rows) {
    const auto id = news::ArticleId::FromBytes(cursor.key());
    const auto row = id ? DecodeRow(*id, cursor.value()) : std::nullopt;
    if (!row) store_->Damaged("an article's summary row cannot be decoded");
    index.Apply(row->partition, row->summary);
  }
  return rows;
}

absl::StatusOr<news::Article> ArticleStore::Read(const news::ArticleId& id,
                                                 std::int64_t version) const {
  const auto txn = store_->Read();
  if (!txn.ok()) return txn.status();
  const auto record = txn->Get(bodies_, BodyKey(id, version));
  if (!record) {
    return errors::Error(
        absl::StatusCode::kNotFound, errors::kArticleNotFound,
        fmt::format("no {} in the local store", news::NameOf(id, news::Version{version})));
  }
  auto article = news::ArticleOfRecord(*record);
  if (!article.ok()) store_->Damaged(article.status().ToString());
  return article;
}

absl::StatusOr<ArticleStore::Batch> ArticleStore::Begin() {
  auto txn = store_->BeginWrite();
  if (!txn.ok()) return txn.status();
  return Batch(*this, *std::move(txn));
}

absl::Status ArticleStore::Batch::Put(int partition, const ArticleSummary& summary,
                                      std::string_view record) {
  std::int64_t known_version = 0;
  bool purged = false;
  if (const auto bytes = txn_.Get(store_.rows_, summary.id.bytes())) {
    const auto row = DecodeRow(summary.id, *bytes);
    if (!row) store_.store_->Damaged("an article's summary row cannot be decoded");
    known_version = row->summary.version;
    purged = row->summary.state == ArticleState::kPurged;
  }
  if (summary.version > known_version) {
    if (summary.state == ArticleState::kPurged) {
      const auto gone = txn_.DeleteRange(store_.bodies_, store::Range::Prefix(summary.id.bytes()));
      if (!gone.ok()) return gone.status();
    }
    const absl::Status kept =
        txn_.Put(store_.rows_, summary.id.bytes(), EncodeRow(partition, summary));
    if (!kept.ok()) return kept;
  } else if (purged) {
    return absl::OkStatus();  // an old version, repeated after it was forgotten
  }
  return txn_.Put(store_.bodies_, BodyKey(summary.id, summary.version), record);
}

absl::Status ArticleStore::Batch::Forget(const news::ArticleId& id, std::int64_t version) {
  return txn_.Delete(store_.bodies_, BodyKey(id, version));
}

absl::Status ArticleStore::Batch::SetPosition(int partition, std::int64_t next_offset) {
  return txn_.SetPosition(kArticlesTopic, partition, next_offset);
}

}  // namespace telex::feeds
