#include "views/adapters/counts_store.h"

#include <utility>
#include <variant>

#include "platform/errors/status_macros.h"
#include "platform/store/keys.h"
#include "views/adapters/count_codec.h"

namespace telex::views {
namespace {

using store::KeyBuilder;
using store::KeyReader;
using store::Range;

constexpr std::size_t kArticleBytes = 16;

std::string DayRow(const news::ArticleId& article, std::int64_t day) {
  return KeyBuilder().Raw(article.bytes()).I64(day).bytes();
}

std::string PartitionRow(std::int32_t partition) {
  return KeyBuilder().U32(static_cast<std::uint32_t>(partition)).bytes();
}

std::string OvertakenRow(const kafka::Record& record) {
  return PartitionRow(record.partition) + record.key;
}

}  // namespace

std::vector<std::string> CountsStore::Databases() {
  return {"view-days", "view-checkpoints", "view-overtaken", "view-unpurged"};
}

CountsStore::CountsStore(const store::Store& store, IsPurged is_purged)
    : store_(store),
      is_purged_(std::move(is_purged)),
      days_(store.database("view-days")),
      checkpoints_(store.database("view-checkpoints")),
      overtaken_(store.database("view-overtaken")),
      unpurged_(store.database("view-unpurged")) {}

// Writing
// -------------------------------------------------------------------------------------------------

absl::Status CountsStore::Apply(store::WriteTxn& txn, const kafka::Record& record) {
  ASSIGN_OR_RETURN(const CountsKey key, ParseCountsKey(record.key));
  if (const auto* day = std::get_if<DayKey>(&key)) return ApplyDay(txn, record, *day);
  return ApplyCheckpoint(txn, record, std::get<std::int32_t>(key));
}

absl::Status CountsStore::ApplyDay(store::WriteTxn& txn, const kafka::Record& record,
                                   const DayKey& key) {
  const std::string row = DayRow(key.article, key.day);
  const std::optional<DayTotals> standing = TotalsIn(txn, row);
  if (!record.value) {
    RETURN_IF_ERROR(txn.Delete(overtaken_, OvertakenRow(record)));
    RETURN_IF_ERROR(txn.Delete(unpurged_, row));
    RETURN_IF_ERROR(txn.Delete(days_, row));
    if (standing) Tell(key, &*standing, nullptr);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const DayTotals totals, DecodeDayTotals(*record.value));
  if (is_purged_ && is_purged_(txn, key.article)) return txn.Put(unpurged_, row, "");
  ASSIGN_OR_RETURN(const bool put, PutIfNotOlder(txn, days_, row, record, totals, standing));
  if (put) Tell(key, standing ? &*standing : nullptr, &totals);
  return absl::OkStatus();
}

absl::Status CountsStore::ApplyCheckpoint(store::WriteTxn& txn, const kafka::Record& record,
                                          std::int32_t partition) {
  if (partition != record.partition) {
    return absl::InvalidArgumentError("key: names another partition than it lies in");
  }
  const std::string row = PartitionRow(partition);
  if (!record.value) {
    RETURN_IF_ERROR(txn.Delete(overtaken_, OvertakenRow(record)));
    return txn.Delete(checkpoints_, row);
  }
  ASSIGN_OR_RETURN(const Checkpoint checkpoint, DecodeCheckpoint(*record.value));
  return PutIfNotOlder(txn, checkpoints_, row, record, checkpoint, CheckpointIn(txn, row)).status();
}

template <typename Value>
absl::StatusOr<bool> CountsStore::PutIfNotOlder(store::WriteTxn& txn, store::Database rows,
                                                std::string_view row, const kafka::Record& record,
                                                const Value& value,
                                                const std::optional<Value>& standing) {
  if (standing && RecencyOf(value) < RecencyOf(*standing)) {
    RETURN_IF_ERROR(txn.Put(overtaken_, OvertakenRow(record), ""));
    return false;
  }
  RETURN_IF_ERROR(txn.Delete(overtaken_, OvertakenRow(record)));
  RETURN_IF_ERROR(txn.Put(rows, row, *record.value));
  return true;
}

absl::Status CountsStore::Purge(store::WriteTxn& txn, const news::ArticleId& article) {
  std::vector<std::pair<std::string, DayTotals>> gone;
  for (auto cursor = txn.Scan(days_, Range::Prefix(article.bytes())); cursor.valid();
       cursor.Next()) {
    std::string row(cursor.key());
    DayTotals totals = *TotalsIn(txn, row);
    gone.emplace_back(std::move(row), std::move(totals));
  }
  for (const auto& [row, totals] : gone) {
    RETURN_IF_ERROR(txn.Put(unpurged_, row, ""));
    RETURN_IF_ERROR(txn.Delete(days_, row));
    Tell(KeyOf(row), &totals, nullptr);
  }
  return absl::OkStatus();
}

void CountsStore::Committed() {
  if (observer_ != nullptr) observer_->OnCommitted();
}

void CountsStore::Undone() {
  if (observer_ != nullptr) observer_->OnUndone();
}

// Reading
// -------------------------------------------------------------------------------------------------

std::optional<DayTotals> CountsStore::TotalsIn(const store::Transaction& txn,
                                               std::string_view row) const {
  const auto bytes = txn.Get(days_, row);
  if (!bytes) return std::nullopt;
  auto totals = DecodeDayTotals(*bytes);
  if (!totals.ok()) store_.Damaged(totals.status().ToString());
  return *std::move(totals);
}

std::optional<Checkpoint> CountsStore::CheckpointIn(const store::Transaction& txn,
                                                    std::string_view row) const {
  const auto bytes = txn.Get(checkpoints_, row);
  if (!bytes) return std::nullopt;
  auto checkpoint = DecodeCheckpoint(*bytes);
  if (!checkpoint.ok()) store_.Damaged(checkpoint.status().ToString());
  return *std::move(checkpoint);
}

DayKey CountsStore::KeyOf(std::string_view row) const {
  KeyReader reader(row);
  const auto article = news::ArticleId::FromBytes(reader.Raw(kArticleBytes).value_or(""));
  const auto day = reader.I64();
  if (!article || !day) store_.Damaged("the key of a day's row");
  return {*article, static_cast<Day>(*day)};
}

std::optional<DayTotals> CountsStore::Totals(const DayKey& key) const {
  return TotalsIn(store_.Snapshot(), DayRow(key.article, key.day));
}

std::optional<Checkpoint> CountsStore::CheckpointOf(std::int32_t partition) const {
  return CheckpointIn(store_.Snapshot(), PartitionRow(partition));
}

Overtaken CountsStore::OvertakenIn(std::int32_t partition) const {
  const std::string prefix = PartitionRow(partition);
  Overtaken overtaken;
  const store::ReadTxn txn = store_.Snapshot();
  for (auto cursor = txn.Scan(overtaken_, Range::Prefix(prefix));
       cursor.valid() && overtaken.days.size() < kOvertakenMax; cursor.Next()) {
    const auto key = ParseCountsKey(cursor.key().substr(prefix.size()));
    if (!key.ok()) store_.Damaged(key.status().ToString());
    if (const auto* day = std::get_if<DayKey>(&*key)) {
      overtaken.days.push_back(*day);
    } else {
      overtaken.checkpoint = true;
    }
  }
  return overtaken;
}

void CountsStore::VisitDays(const news::ArticleId& article, Day first, Day last,
                            Visit visit) const {
  VisitRows({DayRow(article, first), DayRow(article, std::int64_t{last} + 1)}, visit);
}

void CountsStore::VisitAll(Visit visit) const { VisitRows(Range::All(), visit); }

void CountsStore::VisitRows(const Range& range, Visit visit) const {
  const store::ReadTxn txn = store_.Snapshot();
  for (auto cursor = txn.Scan(days_, range); cursor.valid(); cursor.Next()) {
    const auto totals = DecodeDayTotals(cursor.value());
    if (!totals.ok()) store_.Damaged(totals.status().ToString());
    if (!visit(KeyOf(cursor.key()), *totals)) return;
  }
}

std::optional<DayKey> CountsStore::VisitPage(const DayKey& from, Day first, Day last,
                                             Visit visit) const {
  const store::ReadTxn txn = store_.Snapshot();
  std::size_t rows = 0;
  for (auto cursor = txn.Scan(days_, Range{DayRow(from.article, from.day), ""}); cursor.valid();
       cursor.Next()) {
    const DayKey key = KeyOf(cursor.key());
    if (rows++ == kPageRowsMax) return key;
    if (key.day < first || key.day > last) continue;
    const auto totals = DecodeDayTotals(cursor.value());
    if (!totals.ok()) store_.Damaged(totals.status().ToString());
    if (!visit(key, *totals)) return key;
  }
  return std::nullopt;
}

void CountsStore::VisitUnpurged(const std::function<void(const DayKey&)>& visit) const {
  const store::ReadTxn txn = store_.Snapshot();
  for (auto cursor = txn.Scan(unpurged_); cursor.valid(); cursor.Next()) visit(KeyOf(cursor.key()));
}

}  // namespace telex::views
