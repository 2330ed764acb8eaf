#include "translation/adapters/store/job_rows.h"

#include <utility>

#include "news/wire/translation_log.h"
#include "platform/errors/status_macros.h"
#include "platform/store/keys.h"
#include "telex/translation/v1/job_row.pb.h"
#include "translation/adapters/records/job_row_codec.h"

namespace telex::translation {
namespace {

using store::KeyBuilder;
using store::KeyReader;
using store::Range;

std::string OfJob(const JobId& job) {
  return KeyBuilder().Raw(job.article.bytes()).Text(job.language.text()).bytes();
}
std::string OfJob(const JobId& job, std::int64_t position) {
  return KeyBuilder().Raw(job.article.bytes()).Text(job.language.text()).I64(position).bytes();
}
std::string OfPartition(std::int32_t partition) {
  return KeyBuilder().U32(static_cast<std::uint32_t>(partition)).bytes();
}
std::string OfPartition(std::int32_t partition, std::int64_t position) {
  return KeyBuilder().U32(static_cast<std::uint32_t>(partition)).I64(position).bytes();
}

}  // namespace

JobRows::JobRows(const store::Store& store)
    : store_(store),
      jobs_(store.database("jobs")),
      facts_(store.database("job-facts")),
      texts_(store.database("job-texts")),
      unpublished_(store.database("jobs-unpublished")),
      tombstones_(store.database("jobs-tombstones")),
      tombstone_keys_(store.database("jobs-tombstone-keys")),
      notes_(store.database("job-notes")),
      made_(store.database("job-made")),
      pauses_(store.database("pair-pauses")) {}

// Writing
// -------------------------------------------------------------------------------------------------

absl::Status JobRows::Put(store::WriteTxn& txn, const JobRow& row) const {
  return txn.Put(jobs_, JobRowKey(row.id), EncodeJobRow(row));
}

absl::Status JobRows::PutFact(store::WriteTxn& txn, const JobId& job, std::int64_t position,
                              std::string_view key) const {
  return txn.Put(facts_, OfJob(job, position), key);
}

absl::Status JobRows::PutText(store::WriteTxn& txn, const JobId& job, std::int64_t position,
                              const v1::Text& text) const {
  return txn.Put(texts_, OfJob(job, position), text.SerializeAsString());
}

absl::Status JobRows::PutNote(store::WriteTxn& txn, const JobId& job, std::string_view note) const {
  if (note.empty()) return txn.Delete(notes_, JobRowKey(job));
  return txn.Put(notes_, JobRowKey(job), note);
}

absl::Status JobRows::PutMade(store::WriteTxn& txn, const JobId& job,
                              const google::protobuf::RepeatedPtrField<v1::Segment>& made) const {
  if (made.empty()) return txn.Delete(made_, JobRowKey(job));
  v1::Text text;
  *text.mutable_segments() = made;
  return txn.Put(made_, JobRowKey(job), text.SerializeAsString());
}

absl::Status JobRows::DropTexts(store::WriteTxn& txn, const JobRow& row) const {
  std::vector<std::string> stale;
  for (auto cursor = txn.Scan(texts_, Range::Prefix(OfJob(row.id))); cursor.valid();
       cursor.Next()) {
    if (cursor.key() != OfJob(row.id, row.draft) && cursor.key() != OfJob(row.id, row.revision))
      stale.emplace_back(cursor.key());
  }
  for (const std::string& key : stale) RETURN_IF_ERROR(txn.Delete(texts_, key));
  return absl::OkStatus();
}

absl::Status JobRows::Forget(store::WriteTxn& txn, const JobId& job, std::int32_t partition,
                             std::int64_t position) const {
  const std::string prefix = OfJob(job);
  std::vector<std::pair<std::int64_t, std::string>> facts;
  for (auto cursor = txn.Scan(facts_, Range::Prefix(prefix)); cursor.valid(); cursor.Next()) {
    KeyReader reader(cursor.key().substr(prefix.size()));
    const auto place = reader.I64();
    if (!place) store_.Damaged("the key of a fact's row");
    facts.emplace_back(*place, cursor.value());
  }
  for (const auto& [place, key] : facts)
    RETURN_IF_ERROR(PutTombstone(txn, partition, position, place, key));
  RETURN_IF_ERROR(txn.DeleteRange(facts_, Range::Prefix(prefix)).status());
  RETURN_IF_ERROR(txn.DeleteRange(texts_, Range::Prefix(prefix)).status());
  RETURN_IF_ERROR(txn.Delete(notes_, JobRowKey(job)));
  RETURN_IF_ERROR(txn.Delete(made_, JobRowKey(job)));
  return txn.Delete(jobs_, JobRowKey(job));
}

absl::Status JobRows::Discard(store::WriteTxn& txn, std::int32_t partition, std::int64_t position,
                              std::string_view key) const {
  return PutTombstone(txn, partition, position, position, key);
}

absl::Status JobRows::PutTombstone(store::WriteTxn& txn, std::int32_t partition,
                                   std::int64_t forgotten, std::int64_t position,
                                   std::string_view key) const {
  const std::string row =
      KeyBuilder().U32(static_cast<std::uint32_t>(partition)).I64(forgotten).I64(position).bytes();
  v1::PendingRecord pending;
  pending.set_key(std::string(key));
  pending.set_up_to(forgotten);
  RETURN_IF_ERROR(txn.Put(tombstones_, row, pending.SerializeAsString()));
  return txn.Put(tombstone_keys_, OfPartition(partition) + std::string(key), row);
}

absl::Status JobRows::PutUnpublished(store::WriteTxn& txn, std::int32_t partition,
                                     std::int64_t position, std::string_view key,
                                     std::string_view value) const {
  v1::PendingRecord pending;
  pending.set_key(std::string(key));
  pending.set_value(std::string(value));
  return txn.Put(unpublished_, OfPartition(partition, position), pending.SerializeAsString());
}

absl::Status JobRows::DropUnpublished(store::WriteTxn& txn, std::int32_t partition,
                                      const news::ArticleId& article) const {
  std::vector<std::int64_t> positions;
  for (const PendingRecord& pending : PendingIn(txn, unpublished_, partition, SIZE_MAX)) {
    const auto key = news::ParseTranslationKey(pending.key);
    if (key && key->article == article) positions.push_back(pending.position);
  }
  for (const std::int64_t position : positions)
    RETURN_IF_ERROR(txn.Delete(unpublished_, OfPartition(partition, position)));
  return absl::OkStatus();
}

absl::Status JobRows::Published(store::WriteTxn& txn, std::int32_t partition, std::int64_t position,
                                std::string_view key) const {
  const std::string row = OfPartition(partition, position);
  const auto bytes = txn.Get(unpublished_, row);
  if (!bytes) return absl::OkStatus();
  v1::PendingRecord pending;
  if (!pending.ParseFromArray(bytes->data(), static_cast<int>(bytes->size())))
    store_.Damaged("a record that is to be appended");
  if (pending.key() != key) return absl::OkStatus();
  return txn.Delete(unpublished_, row);
}

absl::Status JobRows::TombstoneRead(store::WriteTxn& txn, std::int32_t partition,
                                    std::string_view key) const {
  const std::string by_key = OfPartition(partition) + std::string(key);
  const auto row = txn.Get(tombstone_keys_, by_key);
  if (!row) return absl::OkStatus();
  const std::string place(*row);
  RETURN_IF_ERROR(txn.Delete(tombstones_, place));
  return txn.Delete(tombstone_keys_, by_key);
}

absl::Status JobRows::PutPause(store::WriteTxn& txn, const Pair& pair, std::int64_t position,
                               bool paused) const {
  const std::string row = KeyBuilder().Text(pair.from.text()).Text(pair.to.text()).bytes();
  return txn.Put(pauses_, row, KeyBuilder().I64(position).U8(paused ? 1 : 0).bytes());
}

// Reading
// -------------------------------------------------------------------------------------------------

JobRow JobRows::Decode(std::string_view bytes) const {
  auto row = DecodeJobRow(bytes);
  if (!row.ok()) store_.Damaged(row.status().ToString());
  return *std::move(row);
}

std::optional<v1::Text> JobRows::TextIn(const store::Transaction& txn, const JobId& job,
                                        std::int64_t position) const {
  const auto bytes = txn.Get(texts_, OfJob(job, position));
  if (!bytes) return std::nullopt;
  v1::Text text;
  if (!text.ParseFromArray(bytes->data(), static_cast<int>(bytes->size())))
    store_.Damaged("the text of a job");
  return text;
}

std::optional<v1::Text> JobRows::Text(const JobId& job, std::int64_t position) const {
  return TextIn(store_.Snapshot(), job, position);
}

std::string JobRows::NoteOf(const JobId& job) const {
  const store::ReadTxn txn = store_.Snapshot();
  return std::string(txn.Get(notes_, JobRowKey(job)).value_or(""));
}

std::vector<v1::Segment> JobRows::MadeOf(const JobId& job) const {
  const store::ReadTxn txn = store_.Snapshot();
  const auto bytes = txn.Get(made_, JobRowKey(job));
  if (!bytes) return {};
  v1::Text text;
  if (!text.ParseFromArray(bytes->data(), static_cast<int>(bytes->size())))
    store_.Damaged("what engines have made of a job");
  return {text.segments().begin(), text.segments().end()};
}

void JobRows::VisitAll(const std::function<void(const JobRow&)>& visit) const {
  const store::ReadTxn txn = store_.Snapshot();
  for (auto cursor = txn.Scan(jobs_); cursor.valid(); cursor.Next()) visit(Decode(cursor.value()));
}

void JobRows::VisitFrom(const std::optional<JobId>& from,
                        const std::function<bool(const JobRow&)>& visit) const {
  const store::ReadTxn txn = store_.Snapshot();
  Range range;
  if (from) range.from = JobRowKey(*from);
  for (auto cursor = txn.Scan(jobs_, range); cursor.valid(); cursor.Next()) {
    if (!visit(Decode(cursor.value()))) return;
  }
}

void JobRows::VisitPauses(
    const std::function<void(const Pair&, std::int64_t position, bool paused)>& visit) const {
  const store::ReadTxn txn = store_.Snapshot();
  for (auto cursor = txn.Scan(pauses_); cursor.valid(); cursor.Next()) {
    KeyReader key(cursor.key());
    KeyReader value(cursor.value());
    const auto from = news::LanguageTag::Parse(key.Text().value_or(""));
    const auto to = news::LanguageTag::Parse(key.Text().value_or(""));
    const auto position = value.I64();
    const auto paused = value.U8();
    if (!from || !to || !position || !paused) store_.Damaged("the row of a pair's pause");
    visit({*from, *to}, *position, *paused != 0);
  }
}

std::vector<PendingRecord> JobRows::Unpublished(std::int32_t partition, std::size_t most) const {
  return Pending(unpublished_, partition, most);
}

std::vector<std::int64_t> JobRows::UnpublishedAt(std::int32_t partition, std::size_t most) const {
  const store::ReadTxn txn = store_.Snapshot();
  const std::string prefix = OfPartition(partition);
  std::vector<std::int64_t> positions;
  for (auto cursor = txn.Scan(unpublished_, Range::Prefix(prefix));
       cursor.valid() && positions.size() < most; cursor.Next()) {
    const auto position = KeyReader(cursor.key().substr(prefix.size())).I64();
    if (!position) store_.Damaged("the key of a record that is to be appended");
    positions.push_back(*position);
  }
  return positions;
}

std::optional<PendingRecord> JobRows::FindUnpublished(std::int32_t partition,
                                                      std::int64_t position) const {
  const store::ReadTxn txn = store_.Snapshot();
  const auto row = txn.Get(unpublished_, OfPartition(partition, position));
  if (!row) return std::nullopt;
  v1::PendingRecord message;
  if (!message.ParseFromArray(row->data(), static_cast<int>(row->size())))
    store_.Damaged("a record that is to be appended");
  return PendingRecord{.position = position, .key = message.key(), .value = message.value()};
}

std::vector<PendingRecord> JobRows::Tombstones(std::int32_t partition, std::size_t most) const {
  return Pending(tombstones_, partition, most);
}

std::vector<PendingRecord> JobRows::Pending(store::Database rows, std::int32_t partition,
                                            std::size_t most) const {
  return PendingIn(store_.Snapshot(), rows, partition, most);
}

std::vector<PendingRecord> JobRows::PendingIn(const store::Transaction& txn, store::Database rows,
                                              std::int32_t partition, std::size_t most) const {
  const std::string prefix = OfPartition(partition);
  std::vector<PendingRecord> found;
  for (auto cursor = txn.Scan(rows, Range::Prefix(prefix)); cursor.valid() && found.size() < most;
       cursor.Next()) {
    KeyReader reader(cursor.key().substr(prefix.size()));
    std::optional<std::int64_t> position;
    while (const auto next = reader.I64()) position = next;  // a tombstone's is the second
    v1::PendingRecord message;
    if (!position ||
        !message.ParseFromArray(cursor.value().data(), static_cast<int>(cursor.value().size())))
      store_.Damaged("a record that is to be appended");
    PendingRecord pending{.position = *position, .key = message.key(), .up_to = message.up_to()};
    if (!message.value().empty()) pending.value = message.value();
    found.push_back(std::move(pending));
  }
  return found;
}

}  // namespace telex::translation
