#include "translation/adapters/store/article_versions.h"

#include <utility>

#include "news/wire/article_codec.h"
#include "news/wire/article_log.h"
#include "platform/errors/status_macros.h"
#include "platform/store/keys.h"
#include "translation/domain/wanted_jobs.h"

namespace telex::translation {
namespace {

using store::KeyBuilder;
using store::Range;

constexpr std::size_t kStampBytes = 8;  // of the time, before the record's value

std::string RowOf(const news::ArticleId& id, news::Version version) {
  return KeyBuilder()
      .Raw(id.bytes())
      .U64Descending(static_cast<std::uint64_t>(version.number))
      .bytes();
}

constexpr std::uint8_t kToBeTranslated = 1;
constexpr std::uint8_t kPurged = 2;

// Code points, without tags.
std::int64_t CodePointsOf(std::string_view html) {
  std::int64_t count = 0;
  bool in_tag = false;
  for (const char c : html) {
    if (c == '<') in_tag = true;
    if (!in_tag && (static_cast<unsigned char>(c) & 0xC0) != 0x80) ++count;
    if (c == '>') in_tag = false;
  }
  return count;
}

std::string EncodeHead(const news::Article& article, std::int64_t offset) {
  return KeyBuilder()
      .I64(offset)
      .I64(article.version.number)
      .U8((IsToBeTranslated(article) ? kToBeTranslated : 0) | (article.purged ? kPurged : 0))
      .I64(CodePointsOf(article.content.headline) + CodePointsOf(article.content.body_html))
      .Raw(article.content.headline)
      .bytes();
}

}  // namespace

ArticleVersions::ArticleVersions(const store::Store& store)
    : store_(store),
      versions_(store.database("article-versions")),
      heads_(store.database("article-heads")) {}

absl::StatusOr<std::optional<news::Article>> ArticleVersions::Apply(store::WriteTxn& txn,
                                                                    const kafka::Record& record) {
  ASSIGN_OR_RETURN(news::VersionRecord version, news::ReadVersion(record.key, record.value));
  if (!version.article) {
    RETURN_IF_ERROR(txn.Delete(versions_, RowOf(version.id, version.version)));
    return std::nullopt;
  }
  const auto head = HeadIn(txn, version.id);
  if (head && head->purged) return std::nullopt;
  if (!head || head->version < version.version) {
    RETURN_IF_ERROR(
        txn.Put(heads_, version.id.bytes(), EncodeHead(*version.article, record.offset)));
  }
  const std::string stamp = store::EncodeU64(static_cast<std::uint64_t>(record.timestamp_ms));
  RETURN_IF_ERROR(txn.Put(versions_, RowOf(version.id, version.version), stamp + *record.value));
  RETURN_IF_ERROR(Prune(txn, version.id, version.article->purged ? 1 : kVersionsKept));
  return std::move(version.article);
}

absl::Status ArticleVersions::Prune(store::WriteTxn& txn, const news::ArticleId& id,
                                    std::size_t keep) const {
  std::vector<std::string> old;
  std::size_t seen = 0;
  for (auto cursor = txn.Scan(versions_, Range::Prefix(id.bytes())); cursor.valid(); cursor.Next())
    if (++seen > keep) old.emplace_back(cursor.key());
  for (const std::string& row : old) RETURN_IF_ERROR(txn.Delete(versions_, row));
  return absl::OkStatus();
}

std::optional<ArticleHead> ArticleVersions::HeadIn(const store::Transaction& txn,
                                                   const news::ArticleId& id) const {
  const auto row = txn.Get(heads_, id.bytes());
  if (!row) return std::nullopt;
  return DecodeHead(*row);
}

ArticleHead ArticleVersions::DecodeHead(std::string_view row) const {
  store::KeyReader reader(row);
  const auto offset = reader.I64();
  const auto version = reader.I64();
  const auto flags = reader.U8();
  const auto characters = reader.I64();
  if (!offset || !version || !flags || !characters) store_.Damaged("the row of an article's head");
  return ArticleHead{.version = news::Version{*version},
                     .to_be_translated = (*flags & kToBeTranslated) != 0,
                     .purged = (*flags & kPurged) != 0,
                     .characters = *characters,
                     .headline = std::string(reader.Rest()),
                     .offset = *offset};
}

std::optional<ArticleHead> ArticleVersions::Head(const news::ArticleId& id) const {
  return HeadIn(store_.Snapshot(), id);
}

std::optional<news::Version> ArticleVersions::PurgedBy(const store::Transaction& txn,
                                                       const news::ArticleId& id) const {
  const auto head = HeadIn(txn, id);
  if (!head || !head->purged) return std::nullopt;
  return head->version;
}

ArticleVersion ArticleVersions::Decode(std::string_view row) const {
  const auto stamp = store::DecodeU64(row.substr(0, kStampBytes));
  if (!stamp) store_.Damaged("the stamp of a version's row");
  auto article = news::ArticleOfRecord(row.substr(kStampBytes));
  if (!article.ok()) store_.Damaged(article.status().ToString());
  return {*std::move(article), static_cast<std::int64_t>(*stamp)};
}

std::optional<ArticleVersion> ArticleVersions::Newest(const news::ArticleId& id) const {
  const store::ReadTxn txn = store_.Snapshot();
  const auto cursor = txn.Scan(versions_, Range::Prefix(id.bytes()));
  if (!cursor.valid()) return std::nullopt;
  return Decode(cursor.value());
}

std::optional<ArticleVersion> ArticleVersions::Read(const news::ArticleId& id,
                                                    news::Version version) const {
  const store::ReadTxn txn = store_.Snapshot();
  const auto row = txn.Get(versions_, RowOf(id, version));
  if (!row) return std::nullopt;
  return Decode(*row);
}

void ArticleVersions::VisitHeads(
    const std::optional<news::ArticleId>& behind,
    const std::function<bool(const news::ArticleId&, const ArticleHead&)>& visit) const {
  const store::ReadTxn txn = store_.Snapshot();
  Range range;
  if (behind) range.from = std::string(behind->bytes()) + '\0';
  for (auto cursor = txn.Scan(heads_, range); cursor.valid(); cursor.Next()) {
    const auto id = news::ArticleId::FromBytes(cursor.key());
    if (!id) store_.Damaged("the key of an article's head");
    if (!visit(*id, DecodeHead(cursor.value()))) return;
  }
}

}  // namespace telex::translation
