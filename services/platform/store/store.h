#pragma once

// A local store of one process: named databases of byte keys in byte order, over LMDB (a
// memory-mapped B+tree, copy on write, readers never wait for the writer). It is a cache of the
// log: positions of the log are written in the same transaction as what was read there, so that
// data and positions always agree; what cannot be trusted is emptied at Open and told to the
// caller, who reads the log again.
//
// Durability: commits are not synced one by one. A killed process loses nothing (the pages are in
// the kernel); after a crash of the machine, or once the disk has refused a sync (the kernel may
// have dropped those pages), the store is emptied at Open.
//
// Size: the address space of `map_bytes_max` is reserved at Open, the file grows as it fills and
// never beyond. A full store refuses writes with RESOURCE_EXHAUSTED / STORE_FAILED ("full") and
// goes on reading.
//
// Threads: Store is thread-safe. One write transaction at a time; others wait for it. A ReadTxn may
// be moved between threads but is used by one at a time; a WriteTxn stays on the thread that began
// it.

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/store/keys.h"

struct MDB_cursor;

namespace telex::store {

class Store;
class Transaction;
class Environment;
struct TxnState;

struct StoreOptions {
  // A folder of its own, made when missing. Only the store's own files in it are ever removed.
  std::string path;
  // Names of the databases, each up to 64 bytes, at most 32. "positions" and "stamp" are taken.
  std::vector<std::string> databases;
  // The number of the layout of keys and values: another one than was stamped empties the store.
  std::uint32_t schema = 1;
  // The cluster whose log this is a cache of: another one than was stamped empties the store. Empty
  // = not known yet (the broker is away): the stamped one stands, and BindCluster() is called
  // later.
  std::string cluster_id;
  // Address space, and the most the file may take on disk.
  std::uint64_t map_bytes_max = std::uint64_t{64} << 30;
  // Read transactions alive at once.
  std::uint32_t read_txns_max = 510;
  // How often written pages are brought to disk in the background; zero: only Sync() and Close().
  absl::Duration sync_interval = absl::Seconds(5);
};

enum class Opening {
  kNew,      // there was nothing
  kResumed,  // data and positions are there
  kEmptied,  // there was something that could not be trusted: `why`
};

struct OpenReport {
  Opening opening = Opening::kNew;
  std::string why;         // for the log: what made the store empty; "" when resumed or new
  std::string cluster_id;  // as stamped now; "" when not known yet
  // False: the process that had it before died without closing it.
  bool closed_cleanly = true;
};

// A database of the store; cheap to copy, valid as long as the store.
class Database {
 public:
  Database() = default;

 private:
  friend class Cursor;
  friend class Environment;
  friend class Transaction;
  friend class WriteTxn;
  explicit Database(unsigned int handle) : handle_(handle) {}
  unsigned int handle_ = 0;
};

// Where to go on reading.
struct Position {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t next_offset = 0;

  friend bool operator==(const Position&, const Position&) = default;
};

enum class Direction { kForward, kBackward };

// Keys k with from <= k < until; an empty bound is none.
struct Range {
  std::string from;
  std::string until;

  static Range All() { return {}; }
  // All keys that begin with `prefix`.
  static Range Prefix(std::string_view prefix);
};

// Stands on one entry after the other. Must end before its transaction; the database must not be
// changed through a WriteTxn while a cursor scans it (DeleteRange does that for you).
//   for (auto c = txn.Scan(db, Range::Prefix("a/")); c.valid(); c.Next()) Use(c.key(), c.value());
class Cursor {
 public:
  Cursor(Cursor&& other) noexcept;
  Cursor& operator=(Cursor&&) = delete;
  ~Cursor();

  bool valid() const { return valid_; }
  // Views into the map: valid as long as the transaction (in a WriteTxn: until its next change).
  std::string_view key() const { return key_; }
  std::string_view value() const { return value_; }
  void Next();

 private:
  friend class Transaction;
  Cursor(TxnState* state, Database database, Range range, Direction direction);
  void Seek();
  // Takes what the cursor was moved to (`result` is LMDB's), if it is inside the range.
  void Take(int result);

  TxnState* state_;
  Database database_;
  MDB_cursor* cursor_ = nullptr;
  Range range_;
  Direction direction_;
  bool valid_ = false;
  std::string_view key_;
  std::string_view value_;
};

// What reading and writing transactions have in common: one unchanging view of all databases (a
// WriteTxn sees its own changes).
//
// A page that cannot be read (a damaged file), and a row that is not as it was written (each
// carries a checksum of its key and value, which is looked at whenever it is read), mark the store
// as damaged, to be emptied at the next Open, and end the process: nothing true can be said from
// it. A row that is lost altogether is not noticed.
class Transaction {
 public:
  // The value, a view into the map (no copy), valid as Cursor::value() is. nullopt: no such key.
  std::optional<std::string_view> Get(Database database, std::string_view key) const;
  bool Has(Database database, std::string_view key) const { return Get(database, key).has_value(); }
  Cursor Scan(Database database, Range range = Range::All(),
              Direction direction = Direction::kForward) const;
  std::uint64_t Count(Database database) const;

  std::optional<std::int64_t> NextOffset(std::string_view topic, std::int32_t partition) const;
  // All of them, by topic, then partition.
  std::vector<Position> Positions() const;

 protected:
  explicit Transaction(std::unique_ptr<TxnState> state);
  Transaction(Transaction&&) noexcept;
  ~Transaction();
  std::unique_ptr<TxnState> state_;
};

// A snapshot. Cheap: begun and ended without a system call once the pool is warm. While it lives
// the pages it can see are not used again, so a long one makes the file grow: seconds, not minutes.
class ReadTxn : public Transaction {
 public:
  ReadTxn(ReadTxn&&) noexcept;
  ReadTxn& operator=(ReadTxn&&) = delete;
  ~ReadTxn();

 private:
  friend class Store;
  explicit ReadTxn(std::unique_ptr<TxnState> state);
};

// All or nothing: what is not committed when it ends is undone. After a failed change every further
// one fails, and so does Commit.
class WriteTxn : public Transaction {
 public:
  WriteTxn(WriteTxn&&) noexcept;
  WriteTxn& operator=(WriteTxn&&) = delete;
  ~WriteTxn();

  // RESOURCE_EXHAUSTED when the store or the disk is full, INVALID_ARGUMENT for a key that is empty
  // or longer than kKeyBytesMax.
  absl::Status Put(Database database, std::string_view key, std::string_view value);
  // OK, too, when there is no such key.
  absl::Status Delete(Database database, std::string_view key);
  // Adds to the number (EncodeU64) under a key; there is no row where it is 0. Errors as of Put.
  // One that would fall below 0, and a row that is no number, is damage: as Store::Damaged.
  absl::Status Add(Database database, std::string_view key, std::int64_t step);
  // How many went.
  absl::StatusOr<std::uint64_t> DeleteRange(Database database, const Range& range);
  absl::Status Clear(Database database);
  absl::Status SetPosition(std::string_view topic, std::int32_t partition,
                           std::int64_t next_offset);
  absl::Status ErasePositions();

  absl::Status Commit();

 private:
  friend class Store;
  explicit WriteTxn(std::unique_ptr<TxnState> state);
  absl::Status Note(int result, std::string_view what);
};

struct StoreStats {
  std::uint64_t used_bytes = 0;  // the most pages that were ever in use; the file is as large
  std::uint64_t map_bytes_max = 0;
  std::uint32_t read_txns = 0;      // alive now
  std::uint64_t last_txn = 0;       // number of the last committed write transaction
  std::uint64_t sync_failures = 0;  // since Open; the store is emptied at the next one
};

class Store {
 public:
  // Errors: FAILED_PRECONDITION when another process has the folder open; INVALID_ARGUMENT for bad
  // options; INTERNAL / STORE_FAILED with the cause for what the system refuses.
  static absl::StatusOr<std::unique_ptr<Store>> Open(StoreOptions options);
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  // Closes, too. All transactions must have ended.
  ~Store();

  const OpenReport& report() const;

  // The database of that name; ends the process when the options did not name it.
  Database database(std::string_view name) const;

  // RESOURCE_EXHAUSTED when read_txns_max are alive.
  absl::StatusOr<ReadTxn> Read() const;
  // The same for whoever has no answer without it: ends the process, as more readers at once than
  // the store was opened for are a fault of the program.
  ReadTxn Snapshot() const;
  absl::StatusOr<WriteTxn> BeginWrite();
  // Runs `change` in a write transaction; commits when it returns OK, else undoes it all.
  absl::Status Write(const std::function<absl::Status(WriteTxn&)>& change);

  // Stamps the cluster when none is stamped. FAILED_PRECONDITION / LOG_TRUNCATED when another one
  // is: the store is then of another log; open it again with `cluster_id` set to have it emptied.
  absl::Status BindCluster(std::string_view cluster_id);

  // A row that was written here cannot be decoded: never an absence. Marks the store, so that it is
  // emptied and read again from the log at the next start, and ends the process.
  [[noreturn]] void Damaged(std::string_view what) const;

  // Brings what is committed to disk; waits for the disk, not for the writer. Any thread.
  absl::Status Sync();
  // Syncs and marks the store as clean. Idempotent.
  absl::Status Close();

  StoreStats Stats() const;

 private:
  explicit Store(std::unique_ptr<Environment> environment);
  std::unique_ptr<Environment> environment_;
};

}  // namespace telex::store
