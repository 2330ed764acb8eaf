#include <fmt/format.h>

#include <utility>

#include "platform/store/environment.h"
#include "platform/store/row.h"

namespace telex::store {
namespace {

// The least string that is greater than all that begin with `prefix`; "" when there is none.
std::string AfterPrefix(std::string_view prefix) {
  std::string next(prefix);
  while (!next.empty() && static_cast<unsigned char>(next.back()) == 0xff) next.pop_back();
  if (!next.empty()) next.back() = static_cast<char>(static_cast<unsigned char>(next.back()) + 1);
  return next;
}

std::string PositionKey(std::string_view topic, std::int32_t partition) {
  return KeyBuilder().Text(topic).U32(static_cast<std::uint32_t>(partition)).bytes();
}

}  // namespace

Range Range::Prefix(std::string_view prefix) { return {std::string(prefix), AfterPrefix(prefix)}; }

// --- Cursor ------------------------------------------------------------------------------------

Cursor::Cursor(TxnState* state, Database database, Range range, Direction direction)
    : state_(state), database_(database), range_(std::move(range)), direction_(direction) {
  if (!state->failed.ok()) return;
  if (int result = mdb_cursor_open(state->txn, database.handle_, &cursor_); result != 0) {
    state->environment->Damaged(result);
  }
  ++state_->cursors;
  Seek();
}

Cursor::Cursor(Cursor&& other) noexcept
    : state_(other.state_),
      database_(other.database_),
      cursor_(std::exchange(other.cursor_, nullptr)),
      range_(std::move(other.range_)),
      direction_(other.direction_),
      valid_(std::exchange(other.valid_, false)),
      key_(other.key_),
      value_(other.value_) {}

Cursor::~Cursor() {
  if (cursor_ == nullptr) return;
  mdb_cursor_close(cursor_);
  --state_->cursors;
}

void Cursor::Seek() {
  MDB_val key;
  MDB_val value;
  if (direction_ == Direction::kForward) {
    key = ToVal(range_.from);
    Take(mdb_cursor_get(cursor_, &key, &value, range_.from.empty() ? MDB_FIRST : MDB_SET_RANGE));
    return;
  }
  if (!range_.until.empty()) {
    key = ToVal(range_.until);
    const int result = mdb_cursor_get(cursor_, &key, &value, MDB_SET_RANGE);
    if (result != MDB_NOTFOUND) {
      Take(result == 0 ? mdb_cursor_get(cursor_, &key, &value, MDB_PREV) : result);
      return;
    }
  }
  Take(mdb_cursor_get(cursor_, &key, &value, MDB_LAST));
}

void Cursor::Next() {
  if (!valid_) return;
  MDB_val key;
  MDB_val value;
  Take(mdb_cursor_get(cursor_, &key, &value,
                      direction_ == Direction::kForward ? MDB_NEXT : MDB_PREV));
}

void Cursor::Take(int result) {
  valid_ = false;
  if (result == MDB_NOTFOUND) return;
  MDB_val key;
  MDB_val value;
  if (result == 0) result = mdb_cursor_get(cursor_, &key, &value, MDB_GET_CURRENT);
  if (result != 0) state_->environment->Damaged(result);
  key_ = ToView(key);
  valid_ = direction_ == Direction::kForward ? range_.until.empty() || key_ < range_.until
                                             : key_ >= range_.from;
  if (valid_) value_ = state_->environment->ValueOf(database_, key_, ToView(value));
}

// --- Transaction -------------------------------------------------------------------------------

Transaction::Transaction(std::unique_ptr<TxnState> state) : state_(std::move(state)) {}
Transaction::Transaction(Transaction&&) noexcept = default;
Transaction::~Transaction() = default;

std::optional<std::string_view> Transaction::Get(Database database, std::string_view key) const {
  if (key.empty() || key.size() > kKeyBytesMax || !state_->failed.ok()) return std::nullopt;
  MDB_val name = ToVal(key);
  MDB_val value;
  const int result = mdb_get(state_->txn, database.handle_, &name, &value);
  if (result == MDB_NOTFOUND) return std::nullopt;
  if (result != 0) state_->environment->Damaged(result);
  return state_->environment->ValueOf(database, key, ToView(value));
}

Cursor Transaction::Scan(Database database, Range range, Direction direction) const {
  return Cursor(state_.get(), database, std::move(range), direction);
}

std::uint64_t Transaction::Count(Database database) const {
  if (!state_->failed.ok()) return 0;
  MDB_stat stat;
  if (int result = mdb_stat(state_->txn, database.handle_, &stat); result != 0) {
    state_->environment->Damaged(result);
  }
  return stat.ms_entries;
}

std::optional<std::int64_t> Transaction::NextOffset(std::string_view topic,
                                                    std::int32_t partition) const {
  const auto value = Get(state_->environment->positions(), PositionKey(topic, partition));
  if (!value.has_value()) return std::nullopt;
  return static_cast<std::int64_t>(DecodeU64(*value).value_or(0));
}

std::vector<Position> Transaction::Positions() const {
  std::vector<Position> positions;
  for (Cursor c = Scan(state_->environment->positions()); c.valid(); c.Next()) {
    KeyReader key(c.key());
    const auto topic = key.Text();
    const auto partition = key.U32();
    const auto next_offset = DecodeU64(c.value());
    if (!topic || !partition || !next_offset) state_->environment->Damaged(MDB_CORRUPTED);
    positions.push_back(
        {*topic, static_cast<std::int32_t>(*partition), static_cast<std::int64_t>(*next_offset)});
  }
  return positions;
}

// --- ReadTxn -----------------------------------------------------------------------------------

ReadTxn::ReadTxn(std::unique_ptr<TxnState> state) : Transaction(std::move(state)) {}
ReadTxn::ReadTxn(ReadTxn&&) noexcept = default;

ReadTxn::~ReadTxn() {
  if (state_ == nullptr) return;
  Environment* environment = state_->environment;
  environment->EndRead(std::move(state_));
}

// --- WriteTxn ----------------------------------------------------------------------------------

WriteTxn::WriteTxn(std::unique_ptr<TxnState> state) : Transaction(std::move(state)) {}
WriteTxn::WriteTxn(WriteTxn&&) noexcept = default;

WriteTxn::~WriteTxn() {
  if (state_ == nullptr) return;
  Environment* environment = state_->environment;
  environment->Undo(std::move(state_));
}

absl::Status WriteTxn::Note(int result, std::string_view what) {
  if (result == 0) return absl::OkStatus();
  state_->failed = state_->environment->Failure(what, result);
  return state_->failed;
}

absl::Status WriteTxn::Put(Database database, std::string_view key, std::string_view value) {
  if (!state_->failed.ok()) return state_->failed;
  if (key.empty() || key.size() > kKeyBytesMax) return Note(MDB_BAD_VALSIZE, "put");
  return Note(PutRow(state_->txn, database.handle_, key, value), "put");
}

absl::Status WriteTxn::Delete(Database database, std::string_view key) {
  if (!state_->failed.ok()) return state_->failed;
  if (key.empty() || key.size() > kKeyBytesMax) return absl::OkStatus();
  MDB_val name = ToVal(key);
  const int result = mdb_del(state_->txn, database.handle_, &name, nullptr);
  return Note(result == MDB_NOTFOUND ? 0 : result, "delete");
}

absl::Status WriteTxn::Add(Database database, std::string_view key, std::int64_t step) {
  if (!state_->failed.ok()) return state_->failed;
  const auto row = Get(database, key);
  const auto number = row ? DecodeU64(*row) : std::uint64_t{0};
  const std::uint64_t less = step < 0 ? -static_cast<std::uint64_t>(step) : 0;
  if (!number || *number < less) state_->environment->Damaged("a number is wrong");
  const std::uint64_t sum = *number + static_cast<std::uint64_t>(step);
  return sum == 0 ? Delete(database, key) : Put(database, key, EncodeU64(sum));
}

absl::StatusOr<std::uint64_t> WriteTxn::DeleteRange(Database database, const Range& range) {
  // Sought again after each deletion: cheap beside the deletion, and no cursor stands on what is
  // gone.
  std::uint64_t deleted = 0;
  while (true) {
    std::string key;
    {
      const Cursor cursor = Scan(database, range);
      if (!cursor.valid()) break;
      key = std::string(cursor.key());
    }
    if (auto status = Delete(database, key); !status.ok()) return status;
    ++deleted;
  }
  if (!state_->failed.ok()) return state_->failed;
  return deleted;
}

absl::Status WriteTxn::Clear(Database database) {
  if (!state_->failed.ok()) return state_->failed;
  return Note(mdb_drop(state_->txn, database.handle_, 0), "clear");
}

absl::Status WriteTxn::SetPosition(std::string_view topic, std::int32_t partition,
                                   std::int64_t next_offset) {
  return Put(state_->environment->positions(), PositionKey(topic, partition),
             EncodeU64(static_cast<std::uint64_t>(next_offset)));
}

absl::Status WriteTxn::ErasePositions() { return Clear(state_->environment->positions()); }

absl::Status WriteTxn::Commit() {
  Environment* environment = state_->environment;
  return environment->Commit(std::move(state_));
}

}  // namespace telex::store
