// What a service keeps of a log on its own disk. Reads topics from where the store stands, has a
// fold write each record into it, and moves the positions in the same transaction: data and
// positions always agree. A cache: deleted, or no longer to be trusted, it is read again.
//
// A record that a newer release has written (UNIMPLEMENTED) holds its partition: nothing behind it
// is read by this process, the position stays before it, the others go on. It is lost to nobody: a
// newer release goes on from there. Held() is for /readyz.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "platform/kafka/log_reader.h"
#include "platform/store/store.h"

namespace telex::replica {

// What differs between replicas. All calls come from the reader's thread.
class Fold {
 public:
  virtual ~Fold() = default;

  // Writes into the store what the record says; records of a partition come in order. Errors:
  //   INVALID_ARGUMENT   it cannot be understood (Options::set_aside)
  //   UNIMPLEMENTED      a newer release has written it
  //   reason STORE_FAILED  the store refuses; the batch comes again
  //   any other          reading ends: the log is not what it should be
  virtual absl::Status Apply(store::WriteTxn& txn, const kafka::Record& record) = 0;

  // What was applied since the last of these two is in the store, with its positions / is undone
  // and comes again: what Apply has noted beside the store counts / is to be forgotten.
  virtual void Committed() {}
  virtual void Undone() {}
};

struct Topic {
  std::string name;
  // Records that retention has deleted before they were read: skipped, or RECORDS_EXPIRED.
  bool skip_expired = false;
};

// Puts a record where somebody looks at it (kafka::DeadLetters) and waits for it.
using SetAside = std::function<absl::Status(const kafka::Record& record, const absl::Status& why,
                                            std::stop_token stop)>;

struct Options {
  store::StoreOptions store;  // its databases are the fold's; "replica" is taken
  std::vector<Topic> topics;  // of one and the same number of partitions
  // Untouched for longer, it may have missed tombstones (which stay in the log for 30 days) and is
  // emptied.
  absl::Duration age_max = absl::Hours(24 * 25);
};

// What the process before has left.
struct Kept {
  std::int32_t partitions = 0;
  bool caught_up = false;  // it was read to its end once: what is here is whole
  absl::Time touched;      // when it was last known to be all there is
};

// Thread-safe, but for the handler's calls and Follow.
class LogReplica final : public kafka::LogHandler {
 public:
  static absl::StatusOr<std::unique_ptr<LogReplica>> Open(Options options, absl::Time now);

  store::Store& store() { return *store_; }
  const store::Store& store() const { return *store_; }
  // Nothing when the store is new or was emptied.
  std::optional<Kept> kept() const;

  // Before reading: this is the cluster, and so many partitions have the topics.
  // FAILED_PRECONDITION / LOG_TRUNCATED when the store is of another cluster, /
  // WRONG_PARTITION_COUNT when it had another number.
  absl::Status Bind(const std::string& cluster_id, std::int32_t partitions, absl::Time now);
  // Batches are handed to `fold`, which outlives the reader. Empty `set_aside`: a record that
  // cannot be understood ends reading.
  void Follow(Fold& fold, SetAside set_aside = {});
  // Where reading begins, of each partition of each topic; with what the record before was, so that
  // a log that was replaced is not taken for the one that the store was made from.
  std::vector<kafka::ReadFrom> StartPositions() const;

  kafka::Outcome OnBatch(std::span<const kafka::Record> records, std::stop_token stop) override;
  void OnCaughtUp(const kafka::TopicPartition& partition, std::int64_t end_offset) override;
  void OnAllCaughtUp() override;
  // Called once all partitions have reached the end seen at the start; on the reader's thread.
  void OnWhole(std::function<void()> listener) { on_whole_ = std::move(listener); }

  // The next offset to be read; 0 before there was any.
  std::int64_t PositionOf(const kafka::TopicPartition& partition) const;
  // FAILED_PRECONDITION / RECORD_FROM_NEWER_RELEASE, naming the first partition that is held.
  absl::Status Held() const;
  // The same of one.
  absl::Status Held(const kafka::TopicPartition& partition) const;

  // Notes that it is still all there is, if it ever was; so that its age counts from now.
  absl::Status Touch(absl::Time now);
  absl::Status Close() { return store_->Close(); }

 private:
  LogReplica(Options options, std::unique_ptr<store::Store> store);

  absl::Status Keep(const Kept& kept);
  absl::Status Forget();
  std::optional<kafka::Fingerprint> Before(const store::ReadTxn& txn,
                                           const kafka::TopicPartition& partition,
                                           std::int64_t next_offset) const;
  // Applies the batch but for what is left out; the record that kept it from being applied.
  struct Fault {
    const kafka::Record* record = nullptr;
    absl::Status why;
  };
  std::optional<Fault> TryBatch(std::span<const kafka::Record> records,
                                const std::set<const kafka::Record*>& left_out);
  bool IsHeld(const kafka::Record& record) const;
  void Hold(const kafka::Record& record, const absl::Status& why);

  const Options options_;
  std::unique_ptr<store::Store> store_;
  store::Database meta_;
  Fold* fold_ = nullptr;
  SetAside set_aside_;
  std::function<void()> on_whole_;

  mutable std::mutex mutex_;
  std::int32_t partitions_ = 0;
  bool caught_up_ = false;
  std::map<kafka::TopicPartition, std::int64_t> next_offsets_;
  struct HeldAt {
    std::int64_t offset = 0;
    absl::Status why;
  };
  std::map<kafka::TopicPartition, HeldAt> held_;
};

}  // namespace telex::replica
