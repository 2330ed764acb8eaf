#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>
#include <google/protobuf/repeated_ptr_field.h>

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "platform/store/store.h"
#include "telex/translation/v1/translation.pb.h"
#include "translation/domain/engine_budget.h"

namespace telex::translation {

// What all replicas have sent to engines, as telex.translation-jobs.v1 says it: a part of the store
// of a replica. What is on its way is not counted yet, so that a budget may be overspent by what
// the engines of all replicas work on at once.
//
// Apply, Committed and Undone are of the log reader's thread; all else is thread-safe.
class EngineSpending {
 public:
  using Costs = google::protobuf::RepeatedPtrField<v1::Cost>;

  // Of the store.
  static std::vector<std::string> Databases();
  // `store` has Databases(), and outlives this. Reads what is there; a row that cannot be read is
  // damage (store::Store::Damaged).
  explicit EngineSpending(const store::Store& store);

  // The costs of a fact that was appended at `append_ms`, once for each record. Errors of the
  // store.
  absl::Status Apply(store::WriteTxn& txn, const Costs& costs, std::int64_t append_ms);
  void Committed();
  void Undone() { pending_.clear(); }

  // On the day of `now` and in its month.
  EngineSpent Of(std::string_view engine, absl::Time now) const;

 private:
  struct Added {
    UtcDay day = 0;
    std::string engine;
    std::int64_t characters = 0;
  };

  UtcDay KeptSince() const;

  const store::Database rows_;  // day, engine → characters
  UtcDay rows_since_ = 0;       // older ones were deleted
  std::vector<Added> pending_;
  mutable std::mutex mutex_;
  SpentCharacters spent_;  // guarded
};

}  // namespace telex::translation
