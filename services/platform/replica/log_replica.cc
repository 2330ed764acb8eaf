#include "platform/replica/log_replica.h"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "platform/observe/log.h"

namespace telex::replica {
namespace {

using kafka::Fingerprint;
using kafka::Outcome;
using kafka::Record;
using kafka::TopicPartition;

constexpr std::string_view kMetaDatabase = "replica";
constexpr std::string_view kKeptKey = "kept";

bool StoreRefuses(const absl::Status& why) { return errors::Is(why, errors::kStoreFailed); }

absl::Status At(const Record& record, const absl::Status& why) {
  return errors::WithContext(
      why, fmt::format("{}/{} at {}", record.topic, record.partition, record.offset));
}

// Under which the fingerprint of the record before the position is kept.
store::KeyBuilder BeforeKey(const TopicPartition& partition) {
  return store::KeyBuilder()
      .Text("before")
      .Text(partition.topic)
      .U32(static_cast<std::uint32_t>(partition.partition));
}

store::KeyBuilder ToBytes(const Fingerprint& print) {
  return store::KeyBuilder().I64(print.offset).I64(print.timestamp_ms).U64(print.hash);
}

store::StoreOptions WithMeta(store::StoreOptions options) {
  options.databases.emplace_back(kMetaDatabase);
  return options;
}

}  // namespace

absl::StatusOr<std::unique_ptr<LogReplica>> LogReplica::Open(Options options, absl::Time now) {
  ASSIGN_OR_RETURN(auto store, store::Store::Open(WithMeta(options.store)));
  std::unique_ptr<LogReplica> replica(new LogReplica(std::move(options), std::move(store)));
  const auto kept = replica->kept();
  if (kept && now - kept->touched > replica->options_.age_max) {
    observe::Log(observe::Severity::kWarning, "local store is too old, reading the log again",
                 {{"touched", absl::FormatTime(kept->touched)}});
    RETURN_IF_ERROR(replica->Forget());
  }
  ASSIGN_OR_RETURN(const store::ReadTxn txn, replica->store_->Read());
  for (const store::Position& position : txn.Positions()) {
    replica->next_offsets_[{position.topic, position.partition}] = position.next_offset;
  }
  return replica;
}

LogReplica::LogReplica(Options options, std::unique_ptr<store::Store> store)
    : options_(std::move(options)),
      store_(std::move(store)),
      meta_(store_->database(kMetaDatabase)) {}

absl::Status LogReplica::Forget() {
  return store_->Write([&](store::WriteTxn& txn) -> absl::Status {
    for (const std::string& database : options_.store.databases) {
      RETURN_IF_ERROR(txn.Clear(store_->database(database)));
    }
    RETURN_IF_ERROR(txn.Clear(meta_));
    return txn.ErasePositions();
  });
}

std::optional<Kept> LogReplica::kept() const {
  const auto txn = store_->Read();
  if (!txn.ok()) return std::nullopt;
  const auto bytes = txn->Get(meta_, kKeptKey);
  if (!bytes) return std::nullopt;
  store::KeyReader reader(*bytes);
  const auto partitions = reader.U32();
  const auto caught_up = reader.U8();
  const auto touched = reader.I64();
  if (!partitions || !caught_up || !touched) store_->Damaged("what is kept of the log");
  return Kept{.partitions = static_cast<std::int32_t>(*partitions),
              .caught_up = *caught_up != 0,
              .touched = absl::FromUnixMillis(*touched)};
}

absl::Status LogReplica::Keep(const Kept& kept) {
  return store_->Write([&](store::WriteTxn& txn) {
    return txn.Put(meta_, kKeptKey,
                   store::KeyBuilder()
                       .U32(static_cast<std::uint32_t>(kept.partitions))
                       .U8(kept.caught_up)
                       .I64(absl::ToUnixMillis(kept.touched)));
  });
}

absl::Status LogReplica::Bind(const std::string& cluster_id, std::int32_t partitions,
                              absl::Time now) {
  if (absl::Status bound = store_->BindCluster(cluster_id); !bound.ok()) {
    return errors::WithContext(
        bound,
        "this is not the log that the local store was made from; if it is meant to be another "
        "one, delete the folder of TELEX_DATA_DIR");
  }
  const auto before = kept();
  if (before && before->partitions != partitions) {
    return errors::Error(
        absl::StatusCode::kFailedPrecondition, errors::kWrongPartitionCount,
        fmt::format("{} has {} partitions and had {}: the number is fixed at creation",
                    options_.topics.front().name, partitions, before->partitions));
  }
  {
    const std::lock_guard lock(mutex_);
    partitions_ = partitions;
  }
  return before ? absl::OkStatus() : Keep({.partitions = partitions, .touched = now});
}

void LogReplica::Follow(Fold& fold, SetAside set_aside) {
  fold_ = &fold;
  set_aside_ = std::move(set_aside);
}

// None either when a release that keeps none has moved the position on.
std::optional<Fingerprint> LogReplica::Before(const store::ReadTxn& txn,
                                              const TopicPartition& partition,
                                              std::int64_t next_offset) const {
  const auto bytes = txn.Get(meta_, BeforeKey(partition));
  if (!bytes) return std::nullopt;
  store::KeyReader reader(*bytes);
  const auto offset = reader.I64();
  const auto timestamp_ms = reader.I64();
  const auto hash = reader.U64();
  if (!offset || !timestamp_ms || !hash) store_->Damaged("what is kept of the log");
  if (*offset + 1 != next_offset) return std::nullopt;
  return Fingerprint{.offset = *offset, .timestamp_ms = *timestamp_ms, .hash = *hash};
}

std::vector<kafka::ReadFrom> LogReplica::StartPositions() const {
  std::vector<kafka::ReadFrom> from;
  const auto txn = store_->Read();
  const std::lock_guard lock(mutex_);
  for (const Topic& topic : options_.topics) {
    for (std::int32_t partition = 0; partition < partitions_; ++partition) {
      kafka::ReadFrom place{.partition = {topic.name, partition},
                            .skip_expired = topic.skip_expired};
      const auto known = next_offsets_.find(place.partition);
      if (known != next_offsets_.end() && known->second > 0) {
        place.offset = known->second;
        if (txn.ok()) place.before = Before(*txn, place.partition, known->second);
      }
      from.push_back(std::move(place));
    }
  }
  return from;
}

// Folding
// -------------------------------------------------------------------------------------------------

Outcome LogReplica::OnBatch(std::span<const Record> records, std::stop_token stop) {
  std::set<const Record*> left_out;
  while (const auto fault = TryBatch(records, left_out)) {
    fold_->Undone();
    if (fault->record == nullptr || StoreRefuses(fault->why)) return Outcome::Retry(fault->why);
    const Record& record = *fault->record;
    if (absl::IsUnimplemented(fault->why)) {
      Hold(record, fault->why);
      continue;
    }
    if (!absl::IsInvalidArgument(fault->why)) return Outcome::Fatal(At(record, fault->why));
    const absl::Status why =
        errors::Error(absl::StatusCode::kInvalidArgument, errors::kRecordUnreadable,
                      std::string(fault->why.message()));
    if (!set_aside_) return Outcome::Fatal(At(record, why));
    if (absl::Status aside = set_aside_(record, why, stop); !aside.ok())
      return Outcome::Retry(aside);
    left_out.insert(&record);
  }
  fold_->Committed();
  return Outcome::Done();
}

// Nobody waits inside the transaction: what cannot be applied undoes it, and is seen to outside.
std::optional<LogReplica::Fault> LogReplica::TryBatch(std::span<const Record> records,
                                                      const std::set<const Record*>& left_out) {
  std::map<TopicPartition, const Record*> last;
  const Record* at = nullptr;
  const absl::Status written = store_->Write([&](store::WriteTxn& txn) -> absl::Status {
    for (const Record& record : records) {
      if (IsHeld(record)) continue;
      at = &record;
      if (!left_out.contains(&record)) RETURN_IF_ERROR(fold_->Apply(txn, record));
      last[{record.topic, record.partition}] = &record;
    }
    at = nullptr;
    for (const auto& [partition, record] : last) {
      RETURN_IF_ERROR(txn.SetPosition(partition.topic, partition.partition, record->offset + 1));
      RETURN_IF_ERROR(txn.Put(meta_, BeforeKey(partition), ToBytes(kafka::FingerprintOf(*record))));
    }
    return absl::OkStatus();
  });
  if (!written.ok()) return Fault{at, written};
  const std::lock_guard lock(mutex_);
  for (const auto& [partition, record] : last) next_offsets_[partition] = record->offset + 1;
  return std::nullopt;
}

bool LogReplica::IsHeld(const Record& record) const {
  const std::lock_guard lock(mutex_);
  if (held_.empty()) return false;
  const auto held = held_.find({record.topic, record.partition});
  return held != held_.end() && record.offset >= held->second.offset;
}

void LogReplica::Hold(const Record& record, const absl::Status& why) {
  observe::Log(observe::Severity::kError,
               "record of a newer release, its partition is not read any further",
               {{"topic", record.topic},
                {"partition", record.partition},
                {"offset", record.offset},
                {"error", why.ToString()}});
  // What of the batch lies before it is applied with the others, the next time.
  const std::lock_guard lock(mutex_);
  held_.try_emplace({record.topic, record.partition}, HeldAt{record.offset, At(record, why)});
}

void LogReplica::OnCaughtUp(const TopicPartition& partition, std::int64_t end_offset) {
  const std::lock_guard lock(mutex_);
  if (held_.contains(partition)) return;
  std::int64_t& next = next_offsets_[partition];
  next = std::max(next, end_offset);
}

void LogReplica::OnAllCaughtUp() {
  {
    const std::lock_guard lock(mutex_);
    caught_up_ = true;
  }
  // What was read ahead lies free in the heap of this thread and the client's, and is not needed
  // any more.
  malloc_trim(0);
  if (on_whole_) on_whole_();
}

absl::Status LogReplica::Touch(absl::Time now) {
  Kept kept{.caught_up = true, .touched = now};
  {
    const std::lock_guard lock(mutex_);
    if (!caught_up_ || !held_.empty()) return absl::OkStatus();
    kept.partitions = partitions_;
  }
  return Keep(kept);
}

// Asking
// -------------------------------------------------------------------------------------------------

std::int64_t LogReplica::PositionOf(const TopicPartition& partition) const {
  const std::lock_guard lock(mutex_);
  const auto place = next_offsets_.find(partition);
  return place == next_offsets_.end() ? 0 : place->second;
}

absl::Status LogReplica::Held() const {
  const std::lock_guard lock(mutex_);
  if (held_.empty()) return absl::OkStatus();
  return errors::Error(absl::StatusCode::kFailedPrecondition, errors::kRecordFromNewerRelease,
                       std::string(held_.begin()->second.why.message()));
}

absl::Status LogReplica::Held(const TopicPartition& partition) const {
  const std::lock_guard lock(mutex_);
  const auto held = held_.find(partition);
  if (held == held_.end()) return absl::OkStatus();
  return errors::Error(absl::StatusCode::kFailedPrecondition, errors::kRecordFromNewerRelease,
                       std::string(held->second.why.message()));
}

}  // namespace telex::replica
