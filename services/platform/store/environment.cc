#include "platform/store/environment.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "platform/store/row.h"

namespace telex::store {
namespace {

constexpr std::string_view kPositions = "positions";
constexpr std::string_view kStamp = "stamp";
constexpr std::string_view kSchemaKey = "schema";
constexpr std::string_view kClusterKey = "cluster";
constexpr std::size_t kDatabasesMax = 32;
constexpr std::size_t kNameBytesMax = 64;
constexpr std::uint64_t kMapBytesMin = 1 << 20;
constexpr std::uint64_t kFreeBytesMin = 1 << 20;  // a disk with less is full

bool MeansDamage(int result) {
  return result == MDB_CORRUPTED || result == MDB_PAGE_NOTFOUND || result == MDB_PANIC ||
         result == MDB_INVALID || result == MDB_VERSION_MISMATCH;
}

absl::Status Closed() {
  return errors::Error(absl::StatusCode::kFailedPrecondition, errors::kStoreFailed,
                       "the store is closed");
}

absl::Status CheckOptions(const StoreOptions& options) {
  if (options.databases.size() > kDatabasesMax) {
    return errors::FieldError("databases", errors::kFieldTooLong,
                              fmt::format("at most {} databases", kDatabasesMax));
  }
  for (std::size_t i = 0; i < options.databases.size(); ++i) {
    const std::string& name = options.databases[i];
    const bool taken = name == kPositions || name == kStamp ||
                       std::count(options.databases.begin(), options.databases.end(), name) > 1;
    if (name.empty() || name.size() > kNameBytesMax || taken) {
      return errors::FieldError(fmt::format("databases[{}]", i), errors::kFieldInvalid,
                                fmt::format("\"{}\" is empty, too long or taken", name));
    }
  }
  if (options.map_bytes_max < kMapBytesMin || options.read_txns_max == 0) {
    return errors::FieldError("map_bytes_max", errors::kFieldInvalid,
                              fmt::format("at least {} bytes and one reader", kMapBytesMin));
  }
  return absl::OkStatus();
}

// As far as the newest meta page tells; the file need not have been written so far.
std::uint64_t UsedBytes(MDB_env* env) {
  MDB_envinfo info;
  MDB_stat stat;
  mdb_env_info(env, &info);
  mdb_env_stat(env, &stat);
  return (info.me_last_pgno + 1) * static_cast<std::uint64_t>(stat.ms_psize);
}

std::uint64_t FileBytes(MDB_env* env) {
  mdb_filehandle_t fd = -1;
  struct stat file {};
  if (mdb_env_get_fd(env, &fd) != 0 || ::fstat(fd, &file) != 0) return 0;
  return static_cast<std::uint64_t>(file.st_size);
}

// LMDB aborts where it finds its own pages out of order.
void OnAssertion(MDB_env* env, const char* what) {
  static_cast<Environment*>(mdb_env_get_userctx(env))->Damaged(what);
}

}  // namespace

int PutRow(MDB_txn* txn, MDB_dbi database, std::string_view key, std::string_view value) {
  MDB_val name = ToVal(key);
  MDB_val row{kChecksumBytes + value.size(), nullptr};
  const int result = mdb_put(txn, database, &name, &row, MDB_RESERVE);
  if (result == 0) SealRow(key, value, static_cast<char*>(row.mv_data));
  return result;
}

void Misused(std::string_view what) {
  std::fprintf(stderr, "telex::store: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

Environment::Environment(StoreOptions options, Folder folder)
    : options_(std::move(options)), folder_(std::move(folder)) {}

absl::StatusOr<std::unique_ptr<Environment>> Environment::Open(StoreOptions options) {
  if (auto status = CheckOptions(options); !status.ok()) return status;
  auto folder = Folder::Claim(options.path);
  if (!folder.ok()) return folder.status();
  std::unique_ptr<Environment> environment(new Environment(std::move(options), *std::move(folder)));
  if (auto status = environment->Prepare(); !status.ok()) return status;
  if (environment->options_.sync_interval > absl::ZeroDuration()) {
    Environment* self = environment.get();
    self->syncer_ = std::jthread([self](std::stop_token stop) { self->SyncLoop(stop); });
  }
  return environment;
}

// Opens what can be trusted and empties what cannot; says in the report which it was.
absl::Status Environment::Prepare() {
  report_.opening = folder_.HasData() ? Opening::kResumed : Opening::kNew;
  report_.closed_cleanly = folder_.ClosedCleanly();
  std::string distrust = folder_.Distrust();
  // At most twice: what was just emptied is new, and new is trusted.
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (!distrust.empty()) {
      CloseFile();
      if (auto status = folder_.Empty(); !status.ok()) return status;
      report_ = {.opening = Opening::kEmptied,
                 .why = std::move(distrust),
                 .cluster_id = {},
                 .closed_cleanly = report_.closed_cleanly};
    }
    if (auto status = folder_.Mark(Folder::State::kOpen); !status.ok()) return status;
    const absl::StatusOr<std::string> mismatch = TryOpen();
    if (mismatch.ok() && mismatch->empty()) return absl::OkStatus();
    if (!mismatch.ok() && folder_.Distrust().empty()) return mismatch.status();
    distrust = mismatch.ok() ? *mismatch : std::string(mismatch.status().message());
  }
  return errors::Error(absl::StatusCode::kInternal, errors::kStoreFailed,
                       fmt::format("{} stays unusable: {}", folder_.path(), distrust));
}

// Why what was opened is of no use here, "" when it is. DATA_LOSS for damage, which is marked.
absl::StatusOr<std::string> Environment::TryOpen() {
  RETURN_IF_ERROR(OpenFile());
  RETURN_IF_ERROR(OpenDatabases());
  ASSIGN_OR_RETURN(std::string mismatch, CheckStamp());
  if (mismatch.empty()) RETURN_IF_ERROR(WriteStamp());
  return mismatch;
}

absl::Status Environment::OpenFile() {
  if (int result = mdb_env_create(&env_); result != 0) return Failure("create environment", result);
  mdb_env_set_maxdbs(env_, static_cast<MDB_dbi>(options_.databases.size() + 2));
  mdb_env_set_maxreaders(env_, options_.read_txns_max);
  mdb_env_set_mapsize(env_, options_.map_bytes_max);
  mdb_env_set_userctx(env_, this);
  mdb_env_set_assert(env_, OnAssertion);
  // NOTLS: a reader belongs to its transaction and not to a thread. NOSYNC: see the header.
  const int result = mdb_env_open(env_, folder_.path().c_str(), MDB_NOTLS | MDB_NOSYNC, 0644);
  if (result == 0) return CheckLength();
  CloseFile();
  return Failure(
      fmt::format("open {} with a map of {} bytes", folder_.path(), options_.map_bytes_max),
      result);
}

// Whoever reads a page that lies behind the end of the file is ended by SIGBUS, before anything can
// be marked.
absl::Status Environment::CheckLength() {
  file_bytes_ = FileBytes(env_);
  const std::uint64_t used = UsedBytes(env_);
  if (file_bytes_ >= used) return absl::OkStatus();
  return NoteDamage(fmt::format("the file in {} has {} bytes and says that it has {}",
                                folder_.path(), file_bytes_, used));
}

// LMDB does not write pages that a transaction took and gave back, though they count as used; where
// these are the last ones the file ends early, and would look cut off. A process that is killed
// before it comes to this reads the log again.
void Environment::KeepWholeLength() {
  const std::uint64_t used = UsedBytes(env_);
  if (used <= file_bytes_) return;
  mdb_filehandle_t fd = -1;
  mdb_env_get_fd(env_, &fd);
  if (FileBytes(env_) < used && ::ftruncate(fd, static_cast<off_t>(used)) != 0) return;
  file_bytes_ = used;
}

void Environment::DropIdle() {
  for (const auto& state : idle_) mdb_txn_abort(state->txn);
  idle_.clear();
}

void Environment::CloseFile() {
  if (env_ == nullptr) return;
  DropIdle();
  mdb_env_close(env_);
  env_ = nullptr;
}

absl::Status Environment::OpenDatabases() {
  auto state = BeginWrite();
  if (!state.ok()) return state.status();
  databases_.clear();
  const auto open = [&](std::string_view name, Database* database) -> absl::Status {
    MDB_dbi handle = 0;
    const int result = mdb_dbi_open((*state)->txn, std::string(name).c_str(), MDB_CREATE, &handle);
    if (result != 0) return Failure(fmt::format("open database {}", name), result);
    *database = Database(handle);
    return absl::OkStatus();
  };
  absl::Status status = open(kPositions, &positions_);
  if (status.ok()) status = open(kStamp, &stamp_);
  for (const std::string& name : options_.databases) {
    Database database;
    if (status.ok()) status = open(name, &database);
    databases_.emplace_back(name, database);
  }
  if (!status.ok()) {
    Undo(*std::move(state));
    return status;
  }
  return Commit(*std::move(state));
}

// Why the stamp does not fit, "" when it does or when the store is new.
absl::StatusOr<std::string> Environment::CheckStamp() {
  auto state = BeginRead();
  if (!state.ok()) return state.status();
  bool whole = true;
  const auto read = [&](std::string_view key) {
    MDB_val name = ToVal(key);
    MDB_val row;
    if (mdb_get((*state)->txn, stamp_.handle_, &name, &row) != 0) return std::string();
    const auto value = ValueOfRow(key, ToView(row));
    whole = whole && value.has_value();
    return std::string(value.value_or(""));
  };
  const std::string schema = read(kSchemaKey);
  report_.cluster_id = read(kClusterKey);
  EndRead(*std::move(state));
  // So it is of stores that were written before rows had checksums.
  if (!whole) return "its stamp does not fit its checksum";
  if (schema.empty() && report_.opening == Opening::kResumed) return "it has no stamp";
  if (!schema.empty() && schema != EncodeU64(options_.schema)) {
    return fmt::format("it has schema {} and not {}", DecodeU64(schema).value_or(0),
                       options_.schema);
  }
  const std::string& stamped = report_.cluster_id;
  if (!stamped.empty() && !options_.cluster_id.empty() && stamped != options_.cluster_id) {
    return fmt::format("it is of cluster {} and not {}", stamped, options_.cluster_id);
  }
  return std::string();
}

absl::Status Environment::WriteStamp() {
  auto state = BeginWrite();
  if (!state.ok()) return state.status();
  const auto write = [&](std::string_view key, std::string_view text) {
    return PutRow((*state)->txn, stamp_.handle_, key, text);
  };
  int result = write(kSchemaKey, EncodeU64(options_.schema));
  if (result == 0 && !options_.cluster_id.empty()) {
    result = write(kClusterKey, options_.cluster_id);
    report_.cluster_id = options_.cluster_id;
  }
  if (result != 0) {
    Undo(*std::move(state));
    return Failure("write the stamp", result);
  }
  return Commit(*std::move(state));
}

absl::Status Environment::BindCluster(std::string_view cluster_id) {
  auto state = BeginWrite();
  if (!state.ok()) return state.status();
  MDB_val name = ToVal(kClusterKey);
  MDB_val value;
  int result = mdb_get((*state)->txn, stamp_.handle_, &name, &value);
  if (result == 0) {
    const std::string stamped(ValueOf(stamp_, kClusterKey, ToView(value)));
    Undo(*std::move(state));
    if (stamped == cluster_id) return absl::OkStatus();
    return errors::Error(absl::StatusCode::kFailedPrecondition, errors::kLogTruncated,
                         fmt::format("the store in {} is of cluster {} and not {}", folder_.path(),
                                     stamped, cluster_id));
  }
  if (result == MDB_NOTFOUND) {
    result = PutRow((*state)->txn, stamp_.handle_, kClusterKey, cluster_id);
  }
  if (result != 0) {
    Undo(*std::move(state));
    return Failure("stamp the cluster", result);
  }
  return Commit(*std::move(state));
}

Environment::~Environment() {
  if (auto status = Close(); !status.ok() && alive_ > 0) {
    Misused("a store was closed while transactions were alive");
  }
  CloseFile();
}

Database Environment::Find(std::string_view name) const {
  for (const auto& [known, database] : databases_) {
    if (known == name) return database;
  }
  Misused(fmt::format("no database \"{}\" was named at Open", name));
}

absl::StatusOr<std::unique_ptr<TxnState>> Environment::BeginRead() {
  std::unique_ptr<TxnState> state;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return Closed();
    if (alive_ >= options_.read_txns_max) {
      return errors::Error(
          absl::StatusCode::kResourceExhausted, errors::kStoreFailed,
          fmt::format("{} read transactions are alive already", options_.read_txns_max));
    }
    ++alive_;
    if (!idle_.empty()) {
      state = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  int result = 0;
  if (state == nullptr) {
    state = std::make_unique<TxnState>();
    state->environment = this;
    result = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &state->txn);
  } else {
    result = mdb_txn_renew(state->txn);
  }
  if (result == 0) return state;
  if (state->txn != nullptr) mdb_txn_abort(state->txn);
  {
    const std::lock_guard lock(mutex_);
    --alive_;
  }
  return Failure("begin a read transaction", result);
}

void Environment::EndRead(std::unique_ptr<TxnState> state) {
  if (state->cursors != 0) Misused("a cursor outlived its transaction");
  mdb_txn_reset(state->txn);
  const std::lock_guard lock(mutex_);
  --alive_;
  idle_.push_back(std::move(state));
}

absl::StatusOr<std::unique_ptr<TxnState>> Environment::BeginWrite() {
  auto state = std::make_unique<TxnState>();
  state->environment = this;
  state->writer = std::unique_lock(writer_);
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return Closed();
  }
  if (int result = mdb_txn_begin(env_, nullptr, 0, &state->txn); result != 0) {
    return Failure("begin a write transaction", result);
  }
  return state;
}

absl::Status Environment::Commit(std::unique_ptr<TxnState> state) {
  if (state->cursors != 0) Misused("a cursor outlived its transaction");
  if (!state->failed.ok()) {
    mdb_txn_abort(state->txn);
    return state->failed;
  }
  // Frees the transaction in any case.
  if (int result = mdb_txn_commit(state->txn); result != 0) return Failure("commit", result);
  KeepWholeLength();
  return absl::OkStatus();
}

void Environment::Undo(std::unique_ptr<TxnState> state) {
  if (state->cursors != 0) Misused("a cursor outlived its transaction");
  mdb_txn_abort(state->txn);
}

absl::Status Environment::Sync() {
  // Not under the writer's lock: LMDB syncs beside a running write transaction.
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return Closed();
  }
  return SyncNow();
}

// What a failed sync was to bring to disk may be gone from memory as well, and no later sync brings
// it: to be read again from the log, at the next start.
absl::Status Environment::SyncNow() {
  const int result = mdb_env_sync(env_, 1);
  if (result == 0) return absl::OkStatus();
  ++sync_failures_;
  folder_.Mark(Folder::State::kUnsynced).IgnoreError();
  return Failure("sync", result);
}

void Environment::SyncLoop(std::stop_token stop) {
  std::unique_lock lock(sync_mutex_);
  const auto interval = absl::ToChronoMilliseconds(options_.sync_interval);
  std::uint64_t synced = 0;
  while (!stop.stop_requested()) {
    sync_wake_.wait_for(lock, stop, interval, [] { return false; });
    if (stop.stop_requested()) return;
    const std::uint64_t last = Stats().last_txn;
    if (last == synced) continue;
    if (Sync().ok()) synced = last;
  }
}

absl::Status Environment::Close() {
  if (env_ == nullptr) return absl::OkStatus();
  if (syncer_.joinable()) {
    syncer_.request_stop();
    syncer_.join();
  }
  const std::unique_lock writer(writer_);
  const std::lock_guard lock(mutex_);
  if (closed_) return absl::OkStatus();
  if (alive_ > 0) {
    return errors::Error(absl::StatusCode::kFailedPrecondition, errors::kStoreFailed,
                         fmt::format("{} read transactions are alive", alive_));
  }
  closed_ = true;
  DropIdle();
  if (absl::Status synced = SyncNow(); !synced.ok()) return synced;
  if (!folder_.Distrust().empty() || sync_failures_ > 0) return absl::OkStatus();  // stays marked
  return folder_.Mark(Folder::State::kClean);
}

StoreStats Environment::Stats() const {
  MDB_envinfo info;
  mdb_env_info(env_, &info);
  StoreStats stats;
  stats.used_bytes = UsedBytes(env_);
  stats.map_bytes_max = info.me_mapsize;
  stats.last_txn = info.me_last_txnid;
  stats.sync_failures = sync_failures_;
  const std::lock_guard lock(mutex_);
  stats.read_txns = alive_;
  return stats;
}

absl::Status Environment::Failure(std::string_view what, int result) {
  // A write that a full disk cut short is EIO to LMDB.
  if (result == EIO && folder_.FreeBytes() < kFreeBytesMin) result = ENOSPC;
  if (result == MDB_MAP_FULL || result == ENOSPC || result == EDQUOT) {
    return errors::Error(
        absl::StatusCode::kResourceExhausted, errors::kStoreFailed,
        fmt::format("{}: the {} is full", what, result == MDB_MAP_FULL ? "store" : "disk"),
        {{"cause", "full"}, {"map_bytes_max", fmt::format("{}", options_.map_bytes_max)}});
  }
  if (result == MDB_BAD_VALSIZE) {
    return errors::Error(absl::StatusCode::kInvalidArgument, errors::kStoreFailed,
                         fmt::format("{}: a key has 1 to {} bytes", what, kKeyBytesMax));
  }
  if (MeansDamage(result)) {
    return NoteDamage(fmt::format("{}: {}", what, mdb_strerror(result)));
  }
  return errors::Error(absl::StatusCode::kInternal, errors::kStoreFailed,
                       fmt::format("{}: {}", what, mdb_strerror(result)));
}

absl::Status Environment::NoteDamage(const std::string& what) {
  // What cannot even be marked will be found damaged again.
  folder_.Mark(Folder::State::kDamaged).IgnoreError();
  return errors::Error(absl::StatusCode::kDataLoss, errors::kStoreFailed, what);
}

std::string_view Environment::ValueOf(Database database, std::string_view key,
                                      std::string_view row) {
  const auto value = ValueOfRow(key, row);
  if (value) return *value;
  for (const auto& [name, known] : databases_) {
    if (known.handle_ == database.handle_)
      Damaged(fmt::format("a row of \"{}\" does not fit its checksum", name));
  }
  Damaged("a row does not fit its checksum");
}

void Environment::Damaged(int result) { Damaged(mdb_strerror(result)); }

void Environment::Damaged(std::string_view what) {
  folder_.Mark(Folder::State::kDamaged).IgnoreError();
  Misused(fmt::format("{} cannot be read and will be emptied at the next start: {}", folder_.path(),
                      what));
}

}  // namespace telex::store
