#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/kafka/record.h"
#include "platform/store/store.h"
#include "translation/adapters/records/glossary_codec.h"
#include "translation/adapters/records/resource_codec.h"
#include "translation/domain/backfill.h"
#include "translation/domain/memory.h"
#include "translation/domain/policy.h"
#include "translation/domain/resource_chain.h"

namespace telex::translation {

// A record of units that were imported, and where it stands.
struct ImportedUnits {
  MemoryUnits units;
  MemoryPosition position;
};

// What telex.translation-resources.v1 says, in a store of several folds: all versions of the policy
// and of the glossaries, the backfills, and the units of memory that were imported. In memory:
// which versions there are, the newest policies, the newest of each glossary.
//
// Listeners are set before Load. Load, Apply, Committed and Undone are of one thread at a time (the
// start, then the log's reader); all else is thread-safe. Older versions are read from the store,
// which may wait for the disk. A row that cannot be decoded is a fault (store::Store::Damaged).
class ResourceStore {
 public:
  static constexpr std::size_t kPoliciesKept = 64;  // in memory; the newest
  static constexpr std::size_t kOutcomesKept = 512;

  // Of the store.
  static std::vector<std::string> Databases();
  // `store` has Databases(), and outlives this.
  explicit ResourceStore(store::Store& store);

  // Told of each record of units, by Load and by Committed.
  using UnitsRead = std::function<void(const ImportedUnits& units)>;
  void OnUnits(UnitsRead listener) { on_units_ = std::move(listener); }
  // Told by Committed what became of records, once what they made can be read here. May be set at
  // any time; empty: nobody.
  using Outcomes = std::span<const std::pair<kafka::Position, ResourceOutcome>>;
  void OnOutcomes(std::function<void(Outcomes outcomes)> listener);

  // What the process before has left.
  absl::Status Load();
  // As replica::Fold: a record of telex.translation-resources.v1. Errors are those of
  // resource_codec.h and of the store.
  absl::Status Apply(store::WriteTxn& txn, const kafka::Record& record);
  void Committed();
  void Undone();

  // The one in force then, or the newest; never null: one of version 0 has no rules.
  std::shared_ptr<const Policy> PolicyAt(std::int64_t append_ms) const;
  std::shared_ptr<const Policy> NewestPolicy() const;
  // Null: there is no such version.
  std::shared_ptr<const Policy> PolicyOf(std::int64_t version) const;

  // The newest of exactly this pair: that of another region is another one. Null: there is none.
  std::shared_ptr<const GlossaryVersion> GlossaryOf(const Pair& pair) const;
  std::shared_ptr<const GlossaryVersion> GlossaryOf(const Pair& pair, std::int64_t version) const;
  // The newest of each, by pair.
  std::vector<std::shared_ptr<const GlossaryVersion>> Glossaries() const;

  // By number.
  std::vector<BackfillRecord> Backfills() const;

  // The version that stands of a policy or a glossary; 0: none.
  std::int64_t StandingVersion(const ResourceName& name) const;

  // What became of the record at this place, of the kOutcomesKept that were read last.
  std::optional<ResourceOutcome> FindOutcome(const kafka::Position& position) const;

 private:
  // By what is written into the store, or is there.
  struct State {
    std::map<ResourceName, ResourceChain> chains;
    std::map<std::int64_t, std::shared_ptr<const Policy>> policies;  // the newest
    std::map<Pair, std::shared_ptr<const GlossaryVersion>> glossaries;
    std::map<std::int64_t, BackfillRecord> backfills;
  };
  // Of the batch under way.
  struct Batch {
    State changed;  // chains and backfills as they are then, whole; of the others what is new
    std::vector<ImportedUnits> units;
    std::vector<std::pair<kafka::Position, ResourceOutcome>> outcomes;
  };

  absl::StatusOr<ResourceOutcome> Take(store::WriteTxn& txn, const kafka::Record& record,
                                       const ResourceName& name, ResourceRecord read);
  absl::StatusOr<ResourceOutcome> TakeVersion(store::WriteTxn& txn, const kafka::Record& record,
                                              const ResourceName& name, const ResourceRecord& read);
  std::optional<std::int64_t> BackfillOf(const std::string& request_id) const;
  absl::StatusOr<ResourceOutcome> TakeBackfill(store::WriteTxn& txn, const kafka::Record& record,
                                               const ResourceRecord& read);
  absl::StatusOr<ResourceOutcome> TakeUnits(store::WriteTxn& txn, const kafka::Record& record,
                                            MemoryUnits units);
  bool SaysTheSame(const ResourceName& name, const ResourceRecord& read) const;
  ResourceChain& ChainInBatch(const ResourceName& name);

  // A version as `to` keeps it.
  static void Keep(const ResourceName& name, std::int64_t version, std::int64_t since_ms,
                   ResourceRecord read, State& to);
  absl::Status LoadVersions(const store::ReadTxn& txn);
  absl::Status LoadBackfills(const store::ReadTxn& txn);
  absl::Status LoadUnits(const store::ReadTxn& txn) const;
  struct StoredVersion {
    std::int64_t since_ms = 0;
    std::string request_id;
    std::string_view record;
  };
  StoredVersion VersionIn(std::string_view row) const;
  // From the store; nothing: there is no such version.
  State ReadVersion(const ResourceName& name, std::int64_t version) const;

  store::Store& store_;
  const store::Database versions_;   // name, version → since, request, record
  const store::Database units_;      // name, offset → append time, partition, record
  const store::Database backfills_;  // number → start, stop, who stopped it, record
  UnitsRead on_units_;
  Batch batch_;

  mutable std::shared_mutex mutex_;
  State state_;
  std::function<void(Outcomes)> on_outcomes_;
  std::map<kafka::Position, ResourceOutcome> outcomes_;
  std::deque<kafka::Position> outcomes_by_age_;
};

}  // namespace telex::translation
