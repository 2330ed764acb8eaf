#include "translation/adapters/store/translation_rows.h"

#include <map>
#include <utility>

#include "platform/errors/status_macros.h"
#include "platform/store/keys.h"
#include "telex/translation/v1/job_row.pb.h"

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

// What stays comes before what goes.
constexpr std::uint8_t kStays = 0;
constexpr std::uint8_t kGoes = 1;
constexpr std::string_view kNoValue = "-";

std::string GoesRow(std::int32_t partition, std::string_view key) {
  return KeyBuilder().U32(static_cast<std::uint32_t>(partition)).U8(kGoes).Raw(key).bytes();
}
// One for each language, whoever has appended it.
std::string StaysRow(std::int32_t partition, const news::ArticleId& article,
                     std::string_view language) {
  return KeyBuilder()
      .U32(static_cast<std::uint32_t>(partition))
      .U8(kStays)
      .Raw(article.bytes())
      .Text(language)
      .bytes();
}

// The record that stays of a purged article's translations.
bool SaysPurged(const v1::Translation& translation) {
  return translation.standing() == v1::STANDING_REJECTED && !translation.has_text();
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

TranslationRows::TranslationRows(const store::Store& store, PurgedBy purged_by)
    : store_(store),
      purged_by_(std::move(purged_by)),
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
    RETURN_IF_ERROR(txn.Delete(unpurged_, GoesRow(record.partition, record.key)));
    return applied;
  }
  ASSIGN_OR_RETURN(v1::Translation translation, news::ParseTranslation(applied.key, *record.value));
  RETURN_IF_ERROR(CheckKnown(translation));
  if (const auto purged_by = purged_by_(txn, applied.key.article)) {
    if (SaysPurged(translation)) {
      const std::string row =
          StaysRow(record.partition, applied.key.article, applied.key.language.text());
      if (StaysRevision(txn, row) <= applied.key.revision)
        RETURN_IF_ERROR(txn.Delete(unpurged_, row));
      return applied;
    }
    RETURN_IF_ERROR(PutWhatStays(txn, applied.key, *purged_by, std::move(translation), record));
    RETURN_IF_ERROR(txn.Put(unpurged_, GoesRow(record.partition, record.key), kNoValue));
    return applied;
  }
  RETURN_IF_ERROR(txn.Put(translations_, RowOf(applied.key), *record.value));
  applied.translation = std::move(translation);
  return applied;
}

absl::Status TranslationRows::Purge(store::WriteTxn& txn, const news::Article& article,
                                    const kafka::Record& record) {
  std::vector<std::string> rows;
  std::map<std::string, v1::Translation> last;  // by language, that of the greatest revision
  for (auto cursor = txn.Scan(translations_, Range::Prefix(article.id.bytes())); cursor.valid();
       cursor.Next()) {
    v1::Translation translation = Decode(cursor.value());
    v1::Translation& newest = last[translation.language()];
    if (newest.revision() <= translation.revision()) newest = std::move(translation);
    rows.emplace_back(cursor.key());
  }
  for (auto& [language, translation] : last) {
    if (SaysPurged(translation)) continue;
    const auto tag = news::LanguageTag::Parse(language);
    if (!tag) store_.Damaged("the language of a translation");
    const news::TranslationKey of{article.id, article.version, *tag, translation.revision()};
    RETURN_IF_ERROR(PutWhatStays(txn, of, article.version, std::move(translation), record));
  }
  for (const std::string& row : rows) RETURN_IF_ERROR(PurgeRow(txn, row, record.partition));
  return absl::OkStatus();
}

// Behind `of`, if that is the greatest revision that is known of the language.
absl::Status TranslationRows::PutWhatStays(store::WriteTxn& txn, const news::TranslationKey& of,
                                           news::Version purged_by, v1::Translation translation,
                                           const kafka::Record& record) const {
  // Of an older translation that comes late less is known.
  const std::string row = StaysRow(record.partition, of.article, of.language.text());
  if (StaysRevision(txn, row) > of.revision) return absl::OkStatus();
  translation.clear_text();
  translation.clear_actor();
  translation.set_version(purged_by.number);
  translation.set_standing(v1::STANDING_REJECTED);
  translation.set_replaces(of.revision);
  translation.set_revision(of.revision + 1);
  translation.set_time_ms(record.timestamp_ms);
  v1::PendingRecord pending;
  pending.set_key(news::KeyOf({of.article, purged_by, of.language, of.revision + 1}));
  pending.set_value(translation.SerializeAsString());
  return txn.Put(unpurged_, row, pending.SerializeAsString());
}

std::int64_t TranslationRows::StaysRevision(const store::Transaction& txn,
                                            const std::string& row) const {
  const auto bytes = txn.Get(unpurged_, row);
  if (!bytes) return 0;
  v1::PendingRecord pending;
  if (!pending.ParseFromArray(bytes->data(), static_cast<int>(bytes->size())))
    store_.Damaged("what stays of a purged translation");
  const auto key = news::ParseTranslationKey(pending.key());
  if (!key) store_.Damaged("the key of what stays of a purged translation");
  return key->revision;
}

absl::Status TranslationRows::PurgeRow(store::WriteTxn& txn, const std::string& row,
                                       std::int32_t partition) const {
  KeyReader reader(row);
  const auto article = news::ArticleId::FromBytes(reader.Raw(kArticleBytes).value_or(""));
  const auto language = news::LanguageTag::Parse(reader.Text().value_or(""));
  const auto version = reader.U64Descending();
  const auto revision = reader.U64Descending();
  if (!article || !language || !version || !revision)
    store_.Damaged("the key of a translation's row");
  const news::TranslationKey key{*article, news::Version{static_cast<std::int64_t>(*version)},
                                 *language, static_cast<std::int64_t>(*revision)};
  if (!SaysPurged(Decode(*txn.Get(translations_, row))))
    RETURN_IF_ERROR(txn.Put(unpurged_, GoesRow(partition, KeyOf(key)), kNoValue));
  return txn.Delete(translations_, row);
}

v1::Translation TranslationRows::Decode(std::string_view row) const {
  v1::Translation translation;
  if (!translation.ParseFromArray(row.data(), static_cast<int>(row.size())))
    store_.Damaged("a translation's row");
  return translation;
}

std::optional<v1::Translation> TranslationRows::Newest(const JobId& job) const {
  const store::ReadTxn txn = store_.Snapshot();
  const auto cursor = txn.Scan(translations_, Range::Prefix(RowsOf(job)));
  if (!cursor.valid()) return std::nullopt;
  return Decode(cursor.value());
}

std::optional<v1::Translation> TranslationRows::Read(const news::TranslationKey& key) const {
  return ReadIn(store_.Snapshot(), key);
}

std::optional<v1::Translation> TranslationRows::ReadIn(const store::Transaction& txn,
                                                       const news::TranslationKey& key) const {
  const auto row = txn.Get(translations_, RowOf(key));
  if (!row) return std::nullopt;
  return Decode(*row);
}

std::vector<v1::Translation> TranslationRows::NewestVersions(const JobId& job) const {
  const store::ReadTxn txn = store_.Snapshot();
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
  const store::ReadTxn txn = store_.Snapshot();
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
  const store::ReadTxn txn = store_.Snapshot();
  for (auto cursor = txn.Scan(translations_); cursor.valid(); cursor.Next()) {
    if (!visit(Decode(cursor.value()))) return;
  }
}

std::vector<TranslationRows::Unpurged> TranslationRows::UnpurgedOf(std::int32_t partition,
                                                                   std::size_t most) const {
  const store::ReadTxn txn = store_.Snapshot();
  const std::string prefix = KeyBuilder().U32(static_cast<std::uint32_t>(partition)).bytes();
  std::vector<Unpurged> found;
  for (auto cursor = txn.Scan(unpurged_, Range::Prefix(prefix));
       cursor.valid() && found.size() < most; cursor.Next()) {
    const std::string_view rest = cursor.key().substr(prefix.size());
    Unpurged unpurged{.key = std::string(rest.substr(1)), .value = std::nullopt};
    if (rest.front() == static_cast<char>(kStays)) {
      v1::PendingRecord pending;
      if (!pending.ParseFromString(std::string(cursor.value())))
        store_.Damaged("what stays of a purged translation");
      unpurged = {.key = pending.key(), .value = pending.value()};
    }
    found.push_back(std::move(unpurged));
  }
  return found;
}

}  // namespace telex::translation
