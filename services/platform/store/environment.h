#pragma once

// The LMDB environment behind a Store: its handles, the pool of read transactions, the writer's
// lock. Only the .cc files of this room include it.

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <lmdb.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "platform/store/folder.h"
#include "platform/store/store.h"

namespace telex::store {

class Environment;

// A running transaction. Read ones are pooled, each with its slot in LMDB's table of readers.
struct TxnState {
  Environment* environment = nullptr;
  MDB_txn* txn = nullptr;
  std::unique_lock<std::mutex> writer;  // held by a write transaction
  int cursors = 0;                      // open now
  absl::Status failed;                  // the first change that failed
};

inline MDB_val ToVal(std::string_view bytes) {
  return {bytes.size(), const_cast<char*>(bytes.data())};
}

inline std::string_view ToView(const MDB_val& value) {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

// mdb_put of a row with its checksum.
int PutRow(MDB_txn* txn, MDB_dbi database, std::string_view key, std::string_view value);

// Ends the process: the program itself is wrong.
[[noreturn]] void Misused(std::string_view what);

class Environment {
 public:
  static absl::StatusOr<std::unique_ptr<Environment>> Open(StoreOptions options);
  ~Environment();

  Database Find(std::string_view name) const;
  Database positions() const { return positions_; }
  const OpenReport& report() const { return report_; }

  absl::StatusOr<std::unique_ptr<TxnState>> BeginRead();
  void EndRead(std::unique_ptr<TxnState> state);
  absl::StatusOr<std::unique_ptr<TxnState>> BeginWrite();
  // Commits or undoes; gives the writer's lock back in either case.
  absl::Status Commit(std::unique_ptr<TxnState> state);
  void Undo(std::unique_ptr<TxnState> state);

  absl::Status BindCluster(std::string_view cluster_id);
  absl::Status Sync();
  absl::Status Close();
  StoreStats Stats() const;

  // The status for a result of LMDB; takes note of damage.
  absl::Status Failure(std::string_view what, int result);
  // The value of a row that was read; one that is not as it was written is damage.
  std::string_view ValueOf(Database database, std::string_view key, std::string_view row);
  // For reads, which cannot fail but by damage: marks the store and ends the process.
  [[noreturn]] void Damaged(int result);
  [[noreturn]] void Damaged(std::string_view what);

 private:
  Environment(StoreOptions options, Folder folder);

  absl::StatusOr<std::string> TryOpen();
  absl::Status OpenFile();
  absl::Status CheckLength();
  void KeepWholeLength();
  absl::Status NoteDamage(const std::string& what);
  void DropIdle();
  void CloseFile();
  absl::Status OpenDatabases();
  absl::StatusOr<std::string> CheckStamp();
  absl::Status WriteStamp();
  absl::Status Prepare();
  absl::Status SyncNow();
  void SyncLoop(std::stop_token stop);

  const StoreOptions options_;
  const Folder folder_;
  OpenReport report_;
  MDB_env* env_ = nullptr;
  std::vector<std::pair<std::string, Database>> databases_;
  Database positions_;
  Database stamp_;

  std::uint64_t file_bytes_ = 0;  // at least; the writer's
  std::mutex writer_;
  mutable std::mutex mutex_;  // guards what follows
  std::vector<std::unique_ptr<TxnState>> idle_;
  std::uint32_t alive_ = 0;
  bool closed_ = false;

  std::atomic<std::uint64_t> sync_failures_ = 0;
  std::mutex sync_mutex_;
  std::condition_variable_any sync_wake_;
  std::jthread syncer_;
};

}  // namespace telex::store
