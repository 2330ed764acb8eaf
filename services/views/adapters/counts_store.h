#pragma once

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "platform/kafka/record.h"
#include "platform/store/store.h"
#include "views/domain/recorded_counts.h"

namespace telex::views {

// Is told of each day that changes. All calls come from the log reader's thread.
class CountsObserver {
 public:
  virtual ~CountsObserver() = default;
  // `before` is null: there was none; `after` is null: it is no more. Both live until it returns.
  virtual void OnDay(const DayKey& key, const DayTotals* before, const DayTotals* after) = 0;
  // What was told since the last of these two is in the store / is undone and comes again.
  virtual void OnCommitted() = 0;
  virtual void OnUndone() = 0;
};

// What telex.view-counts.v1 says, in a store of several folds: totals of days, checkpoints, and
// what is to be appended again. Of two values under one key the greater holds (RecencyOf).
//
// Of a purged article there are no totals: its rows go at once (Purge), and what comes of it later
// is not taken in. Their tombstones are the owner's to append, until they have been read
// (VisitUnpurged).
//
// Apply, Purge, Committed and Undone are of the log reader's thread; all else is thread-safe and
// reads a snapshot. A row that cannot be decoded is a fault (store::Store::Damaged).
class CountsStore final : public RecordedCounts {
 public:
  // Of the store.
  static std::vector<std::string> Databases();
  // Whether an article is purged, as the transaction sees it. Empty: none is.
  using IsPurged = std::function<bool(const store::WriteTxn& txn, const news::ArticleId& article)>;

  // `store` has Databases(), and outlives this.
  explicit CountsStore(const store::Store& store, IsPurged is_purged = {});

  // Before reading starts; outlives it.
  void Observe(CountsObserver& observer) { observer_ = &observer; }

  // As replica::Fold: a record of telex.view-counts.v1. Errors are those of count_codec.h and of
  // the store.
  absl::Status Apply(store::WriteTxn& txn, const kafka::Record& record);
  // The article has just been purged.
  absl::Status Purge(store::WriteTxn& txn, const news::ArticleId& article);
  void Committed();
  void Undone();

  // RecordedCounts. Of what is overtaken at most kOvertakenMax.
  static constexpr std::size_t kOvertakenMax = 1'000;
  std::optional<DayTotals> Totals(const DayKey& key) const override;
  std::optional<Checkpoint> CheckpointOf(std::int32_t partition) const override;
  Overtaken OvertakenIn(std::int32_t partition) const override;

  // Visits from the first to the last day, both included, the oldest first; no more once `visit`
  // has returned false.
  using Visit = absl::FunctionRef<bool(const DayKey& key, const DayTotals& totals)>;
  void VisitDays(const news::ArticleId& article, Day first, Day last, Visit visit) const;
  // All rows, by article and day; in one read transaction, so it should take seconds.
  void VisitAll(Visit visit) const;
  // Some of the rows between two days, both included, by article and day, from `from` on: until
  // `visit` returns false (that row is the first of the next page then) or kPageRowsMax were looked
  // at. Where the next page begins; nothing at the end.
  static constexpr std::size_t kPageRowsMax = 100'000;
  std::optional<DayKey> VisitPage(const DayKey& from, Day first, Day last, Visit visit) const;
  // The days of purged articles whose tombstones have not been read.
  void VisitUnpurged(const std::function<void(const DayKey& key)>& visit) const;

 private:
  absl::Status ApplyDay(store::WriteTxn& txn, const kafka::Record& record, const DayKey& key);
  absl::Status ApplyCheckpoint(store::WriteTxn& txn, const kafka::Record& record,
                               std::int32_t partition);
  // The greater of two values goes into its row, and the key is noted, or no more.
  template <typename Value>
  absl::StatusOr<bool> PutIfNotOlder(store::WriteTxn& txn, store::Database rows,
                                     std::string_view row, const kafka::Record& record,
                                     const Value& value, const std::optional<Value>& standing);
  void Tell(const DayKey& key, const DayTotals* before, const DayTotals* after) {
    if (observer_ != nullptr) observer_->OnDay(key, before, after);
  }
  std::optional<DayTotals> TotalsIn(const store::Transaction& txn, std::string_view row) const;
  std::optional<Checkpoint> CheckpointIn(const store::Transaction& txn, std::string_view row) const;
  DayKey KeyOf(std::string_view row) const;
  void VisitRows(const store::Range& range, Visit visit) const;

  const store::Store& store_;
  const IsPurged is_purged_;
  const store::Database days_;         // article, day → DayCounts
  const store::Database checkpoints_;  // partition → Checkpoint
  const store::Database overtaken_;    // partition, key of the record → nothing
  const store::Database unpurged_;     // article, day → nothing
  CountsObserver* observer_ = nullptr;
};

}  // namespace telex::views
