#include "translation/adapters/store/engine_spending.h"

#include <utility>

#include "platform/errors/status_macros.h"
#include "platform/store/keys.h"

namespace telex::translation {
namespace {

constexpr std::size_t kEngineBytesMax = 200;

std::string RowKey(UtcDay day, std::string_view engine) {
  return store::KeyBuilder().I64(day).Raw(engine.substr(0, kEngineBytesMax)).bytes();
}

}  // namespace

std::vector<std::string> EngineSpending::Databases() { return {"engine-spending"}; }

EngineSpending::EngineSpending(const store::Store& store)
    : rows_(store.database("engine-spending")) {
  const auto txn = store.Read();
  if (!txn.ok()) store.Damaged(txn.status().ToString());
  for (auto row = txn->Scan(rows_); row.valid(); row.Next()) {
    store::KeyReader key(row.key());
    const auto day = key.I64();
    const auto characters = store::DecodeU64(row.value());
    if (!day || !characters) store.Damaged("a row of what engines were sent");
    spent_.Add(static_cast<UtcDay>(*day), key.Rest(), static_cast<std::int64_t>(*characters));
  }
}

absl::Status EngineSpending::Apply(store::WriteTxn& txn, const Costs& costs,
                                   std::int64_t append_ms) {
  if (const UtcDay since = KeptSince(); since > rows_since_) {
    RETURN_IF_ERROR(txn.DeleteRange(rows_, {.from = "", .until = RowKey(since, "")}).status());
    rows_since_ = since;
  }
  const UtcDay day = UtcDayOf(append_ms);
  for (const v1::Cost& cost : costs) {
    if (cost.characters() <= 0) continue;
    RETURN_IF_ERROR(txn.Add(rows_, RowKey(day, cost.engine()), cost.characters()));
    pending_.push_back({day, cost.engine(), cost.characters()});
  }
  return absl::OkStatus();
}

void EngineSpending::Committed() {
  if (pending_.empty()) return;
  const std::lock_guard lock(mutex_);
  for (const Added& added : std::exchange(pending_, {}))
    spent_.Add(added.day, added.engine, added.characters);
}

UtcDay EngineSpending::KeptSince() const {
  const std::lock_guard lock(mutex_);
  return spent_.kept_since();
}

EngineSpent EngineSpending::Of(std::string_view engine, absl::Time now) const {
  const std::lock_guard lock(mutex_);
  return spent_.Of(engine, UtcDayOf(absl::ToUnixMillis(now)));
}

}  // namespace telex::translation
