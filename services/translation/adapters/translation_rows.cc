#include "translation/adapters/translation_rows.h"

#include <utility>

#include "platform/errors/status_macros.h"
#include "platform/store/keys.h"
#include "translation/adapters/snapshot.h"

namespace telex::translation {
namespace {

using store::KeyBuilder;
using store::KeyReader;
using store::Range;

constexpr std::size_t kArticleBytes = 16;

std::string RowsOf(const JobId& job) {
  return KeyBuilder().Raw(job.article.bytes()).Text(job.language.text()).bytes();
}

std::string RowOf(const news::TranslationKey& key) {
  return KeyBuilder()
      .Raw(key.article.bytes())
      .Text(key.language.text())
      .U64Descending(static_cast<std::uint64_t>(key.version.number))
      .U64Descending(static_cast<std::uint64_t>(key.revision))
      .bytes();
}

std::string UnpurgedRow(std::int32_t partition, std::string_view key) {
  return KeyBuilder().U32(static_cast<std::uint32_t>(partition)).Raw(key).bytes();
}

absl::Status CheckKnown(const v1::Translation& translation) {
  if (!v1::Standing_IsValid(translation.standing()))
    return absl::UnimplementedError("standing: a newer release has written it");
  for (const v1::Segment& segment : translation.text().segments()) {
    if (!v1::Origin_IsValid(segment.origin()))
      return absl::UnimplementedError("origin: a newer release has written it");
  }
  return absl::OkStatus();
}

}  // namespace

TranslationRows::TranslationRows(const store::Store& store, IsPurged is_purged)
    : store_(store),
      is_purged_(std::move(is_purged)),
      translations_(store.database("translations")),
      unpurged_(store.database("translations-unpurged")) {}

absl::StatusOr<TranslationRows::Applied> TranslationRows::Apply(store::WriteTxn& txn,
                                                                const kafka::Record& record) {
  auto key = news::ParseTranslationKey(record.key);
  if (!key) {
    return absl::InvalidArgumentError(
        "key: expects articles/{article}@{version}/translations/{language}@{revision}");
  }
  Applied applied{.key = *std::move(key)};
  if (!record.value) {
    RETURN_IF_ERROR(txn.Delete(translations_, RowOf(applied.key)));
    RETURN_IF_ERROR(txn.Delete(unpurged_, UnpurgedRow(record.partition, record.key)));
    return applied;
  }
  v1::Translation translation;
  if (!translation.ParseFromString(*record.value))
    return absl::InvalidArgumentError("value: is no telex.translation.v1.Translation");
  RETURN_IF_ERROR(CheckKnown(translation));
  if (is_purged_(txn, applied.key.article)) {
    RETURN_IF_ERROR(txn.Put(unpurged_, UnpurgedRow(record.partition, record.key), "-"));
    return applied;
  }
  RETURN_IF_ERROR(txn.Put(translations_, RowOf(applied.key), *record.value));
  applied.translation = std::move(translation);
  return applied;
}

absl::Status TranslationRows::Purge(store::WriteTxn& txn, const news::ArticleId& article,
                                    std::int32_t partition) {
  std::vector<std::string> rows;
  for (auto cursor = txn.Scan(translations_, Range::Prefix(article.bytes())); cursor.valid();
       cursor.Next()) {
    rows.emplace_back(cursor.key());
  }
  for (const std::string& row : rows) {
    KeyReader reader(row);
    reader.Raw(kArticleBytes);
    const auto language = news::LanguageTag::Parse(reader.Text().value_or(""));
    const auto version = reader.U64Descending();
    const auto revision = reader.U64Descending();
    if (!language || !version || !revision) store_.Damaged("the key of a translation's row");
    const news::TranslationKey key{article, news::Version{static_cast<std::int64_t>(*version)},
                                   *language, static_cast<std::int64_t>(*revision)};
    RETURN_IF_ERROR(txn.Put(unpurged_, UnpurgedRow(partition, KeyOf(key)), "-"));
    RETURN_IF_ERROR(txn.Delete(translations_, row));
  }
  return absl::OkStatus();
}

v1::Translation TranslationRows::Decode(std::string_view row) const {
  v1::Translation translation;
  if (!translation.ParseFromArray(row.data(), static_cast<int>(row.size())))
    store_.Damaged("a translation's row");
  return translation;
}

std::optional<v1::Translation> TranslationRows::Newest(const JobId& job) const {
  const store::ReadTxn txn = Snapshot(store_);
  const auto cursor = txn.Scan(translations_, Range::Prefix(RowsOf(job)));
  if (!cursor.valid()) return std::nullopt;
  return Decode(cursor.value());
}

std::optional<v1::Translation> TranslationRows::Read(const news::TranslationKey& key) const {
  return ReadIn(Snapshot(store_), key);
}

std::optional<v1::Translation> TranslationRows::ReadIn(const store::Transaction& txn,
                                                       const news::TranslationKey& key) const {
  const auto row = txn.Get(translations_, RowOf(key));
  if (!row) return std::nullopt;
  return Decode(*row);
}

std::vector<v1::Translation> TranslationRows::NewestVersions(const JobId& job) const {
  const store::ReadTxn txn = Snapshot(store_);
  std::vector<v1::Translation> found;
  for (auto cursor = txn.Scan(translations_, Range::Prefix(RowsOf(job)));
       cursor.valid() && found.size() < kVersionsRead; cursor.Next()) {
    v1::Translation translation = Decode(cursor.value());
    if (found.empty() || found.back().version() != translation.version())
      found.push_back(std::move(translation));
  }
  return found;
}

std::vector<v1::Translation> TranslationRows::Of(const news::ArticleId& article) const {
  const store::ReadTxn txn = Snapshot(store_);
  std::vector<v1::Translation> found;
  for (auto cursor = txn.Scan(translations_, Range::Prefix(article.bytes())); cursor.valid();
       cursor.Next()) {
    v1::Translation translation = Decode(cursor.value());
    if (found.empty() || found.back().language() != translation.language())
      found.push_back(std::move(translation));
  }
  return found;
}

void TranslationRows::VisitAll(const std::function<bool(const v1::Translation&)>& visit) const {
  const store::ReadTxn txn = Snapshot(store_);
  for (auto cursor = txn.Scan(translations_); cursor.valid(); cursor.Next()) {
    if (!visit(Decode(cursor.value()))) return;
  }
}

std::vector<std::string> TranslationRows::Unpurged(std::int32_t partition, std::size_t most) const {
  const store::ReadTxn txn = Snapshot(store_);
  const std::string prefix = UnpurgedRow(partition, "");
  std::vector<std::string> keys;
  for (auto cursor = txn.Scan(unpurged_, Range::Prefix(prefix));
       cursor.valid() && keys.size() < most; cursor.Next()) {
    keys.emplace_back(cursor.key().substr(prefix.size()));
  }
  return keys;
}

}  // namespace telex::translation
