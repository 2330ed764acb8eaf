#include "translation/adapters/store/resource_store.h"

#include <mutex>

#include "platform/errors/status_macros.h"
#include "platform/store/keys.h"

namespace telex::translation {
namespace {

using store::KeyBuilder;
using store::KeyReader;
using Kind = ResourceName::Kind;

constexpr std::string_view kVersionRows = "resource-versions";
constexpr std::string_view kUnitRows = "resource-units";
constexpr std::string_view kBackfillRows = "resource-backfills";

std::string VersionRow(const ResourceName& name, std::int64_t version) {
  return KeyBuilder().Text(NameOf(name)).I64(version).bytes();
}

std::string BackfillRow(const BackfillRecord& backfill, std::string_view record) {
  return KeyBuilder()
      .I64(backfill.start_ms)
      .I64(backfill.stop_ms)
      .Text(backfill.stopped_by)
      .Raw(record)
      .bytes();
}

// Names end with a part that the parser of keys wants.
absl::StatusOr<ResourceName> NameOfRow(std::string_view name) {
  return ParseResourceKey(std::string(name) + "/-");
}

}  // namespace

std::vector<std::string> ResourceStore::Databases() {
  return {std::string(kVersionRows), std::string(kUnitRows), std::string(kBackfillRows)};
}

ResourceStore::ResourceStore(store::Store& store)
    : store_(store),
      versions_(store.database(kVersionRows)),
      units_(store.database(kUnitRows)),
      backfills_(store.database(kBackfillRows)) {}

void ResourceStore::OnOutcomes(std::function<void(Outcomes)> listener) {
  const std::lock_guard lock(mutex_);
  on_outcomes_ = std::move(listener);
}

// Writing
// -------------------------------------------------------------------------------------------------

absl::Status ResourceStore::Apply(store::WriteTxn& txn, const kafka::Record& record) {
  ASSIGN_OR_RETURN(const ResourceName name, ParseResourceKey(record.key));
  if (!record.value) return absl::InvalidArgumentError("value: no resource has tombstones");
  ASSIGN_OR_RETURN(ResourceRecord read, DecodeResource(name, *record.value));
  ASSIGN_OR_RETURN(const ResourceOutcome outcome, Take(txn, record, name, std::move(read)));
  batch_.outcomes.emplace_back(kafka::Position{record.partition, record.offset}, outcome);
  return absl::OkStatus();
}

absl::StatusOr<ResourceOutcome> ResourceStore::Take(store::WriteTxn& txn,
                                                    const kafka::Record& record,
                                                    const ResourceName& name, ResourceRecord read) {
  switch (name.kind) {
    case Kind::kPolicy:
    case Kind::kGlossary:
      return TakeVersion(txn, record, name, read);
    case Kind::kMemory:
      return TakeUnits(txn, record, std::get<MemoryUnits>(std::move(read.what)));
    case Kind::kBackfill:
      break;
  }
  return TakeBackfill(txn, record, read);
}

ResourceChain& ResourceStore::ChainInBatch(const ResourceName& name) {
  const auto [chain, is_new] = batch_.changed.chains.try_emplace(name);
  if (const auto known = state_.chains.find(name); is_new && known != state_.chains.end())
    chain->second = known->second;
  return chain->second;
}

bool ResourceStore::SaysTheSame(const ResourceName& name, const ResourceRecord& read) const {
  const auto newest = [&](const auto& find) {
    const auto in_batch = find(batch_.changed);
    return in_batch != nullptr ? in_batch : find(state_);
  };
  if (name.kind == Kind::kPolicy) {
    const auto policy = newest([](const State& state) {
      return state.policies.empty() ? nullptr : state.policies.rbegin()->second;
    });
    return policy != nullptr && policy->rules == std::get<PolicyChange>(read.what).rules;
  }
  const auto glossary = newest([&](const State& state) {
    const auto found = state.glossaries.find(name.pair);
    return found == state.glossaries.end() ? nullptr : found->second;
  });
  return glossary != nullptr &&
         glossary->glossary.terms() == std::get<GlossaryChange>(read.what).glossary.terms();
}

absl::StatusOr<ResourceOutcome> ResourceStore::TakeVersion(store::WriteTxn& txn,
                                                           const kafka::Record& record,
                                                           const ResourceName& name,
                                                           const ResourceRecord& read) {
  ResourceChain& chain = ChainInBatch(name);
  const std::int64_t before = chain.newest();
  const ResourceOutcome outcome = chain.Take({.replaces = read.replaces,
                                              .request_id = read.request_id,
                                              .append_ms = record.timestamp_ms,
                                              .same = SaysTheSame(name, read)});
  if (chain.newest() == before) return outcome;
  const std::int64_t since_ms = chain.SinceMs(outcome.version);
  Keep(name, outcome.version, since_ms, read, batch_.changed);
  RETURN_IF_ERROR(
      txn.Put(versions_, VersionRow(name, outcome.version),
              KeyBuilder().I64(since_ms).Text(read.request_id).Raw(*record.value).bytes()));
  return outcome;
}

// The one that this request has started.
std::optional<std::int64_t> ResourceStore::BackfillOf(const std::string& request_id) const {
  if (request_id.empty()) return std::nullopt;
  for (const auto* backfills : {&batch_.changed.backfills, &state_.backfills}) {
    for (const auto& [id, backfill] : *backfills)
      if (backfill.request_id == request_id) return id;
  }
  return std::nullopt;
}

absl::StatusOr<ResourceOutcome> ResourceStore::TakeBackfill(store::WriteTxn& txn,
                                                            const kafka::Record& record,
                                                            const ResourceRecord& read) {
  if (const auto* range = std::get_if<BackfillRange>(&read.what)) {
    if (const auto made = BackfillOf(read.request_id)) return ResourceOutcome{true, *made};
    const BackfillRecord started{.id = BackfillIdOf(record.offset),
                                 .range = *range,
                                 .actor = read.actor,
                                 .start_ms = record.timestamp_ms,
                                 .stopped_by = "",
                                 .request_id = read.request_id};
    batch_.changed.backfills[started.id] = started;
    RETURN_IF_ERROR(txn.Put(backfills_, KeyBuilder().I64(started.id).bytes(),
                            BackfillRow(started, *record.value)));
    return ResourceOutcome{true, started.id};
  }
  const std::int64_t id = std::get<BackfillStop>(read.what).backfill;
  auto found = batch_.changed.backfills.find(id);
  if (found == batch_.changed.backfills.end()) {
    const auto known = state_.backfills.find(id);
    if (known == state_.backfills.end()) return ResourceOutcome{false, id};
    found = batch_.changed.backfills.emplace(*known).first;
  }
  BackfillRecord& backfill = found->second;
  if (backfill.stop_ms != 0) return ResourceOutcome{true, id};
  backfill.stop_ms = record.timestamp_ms;
  backfill.stopped_by = read.actor;
  const std::string row = KeyBuilder().I64(id).bytes();
  KeyReader stored(txn.Get(backfills_, row).value_or(""));
  stored.I64();
  stored.I64();
  if (!stored.Text()) store_.Damaged("the row of a backfill cannot be decoded");
  RETURN_IF_ERROR(txn.Put(backfills_, row, BackfillRow(backfill, std::string(stored.Rest()))));
  return ResourceOutcome{true, id};
}

absl::StatusOr<ResourceOutcome> ResourceStore::TakeUnits(store::WriteTxn& txn,
                                                         const kafka::Record& record,
                                                         MemoryUnits units) {
  const std::string row =
      KeyBuilder().Text(NameOf(ResourceName{Kind::kMemory, units.pair})).I64(record.offset).bytes();
  RETURN_IF_ERROR(txn.Put(units_, row,
                          KeyBuilder()
                              .I64(record.timestamp_ms)
                              .U32(static_cast<std::uint32_t>(record.partition))
                              .Raw(*record.value)
                              .bytes()));
  batch_.units.push_back(
      {std::move(units), {record.timestamp_ms, record.partition, record.offset}});
  return ResourceOutcome{true, 0};
}

void ResourceStore::Keep(const ResourceName& name, std::int64_t version, std::int64_t since_ms,
                         ResourceRecord read, State& to) {
  if (auto* policy = std::get_if<PolicyChange>(&read.what)) {
    to.policies[version] = std::make_shared<const Policy>(
        Policy{version, since_ms, std::move(read.actor), std::move(policy->rules)});
    if (to.policies.size() > kPoliciesKept) to.policies.erase(to.policies.begin());
    return;
  }
  Glossary& glossary = std::get<GlossaryChange>(read.what).glossary;
  to.glossaries[name.pair] = std::make_shared<const GlossaryVersion>(
      GlossaryVersion{name.pair, version, since_ms, std::move(read.actor), std::move(glossary)});
}

void ResourceStore::Committed() {
  Batch batch = std::exchange(batch_, {});
  std::function<void(Outcomes)> on_outcomes;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [name, chain] : batch.changed.chains) state_.chains[name] = std::move(chain);
    for (auto& [version, policy] : batch.changed.policies) state_.policies[version] = policy;
    while (state_.policies.size() > kPoliciesKept) state_.policies.erase(state_.policies.begin());
    for (auto& [pair, glossary] : batch.changed.glossaries) state_.glossaries[pair] = glossary;
    for (auto& [id, backfill] : batch.changed.backfills) state_.backfills[id] = backfill;
    for (const auto& [position, outcome] : batch.outcomes) {
      if (outcomes_.insert_or_assign(position, outcome).second)
        outcomes_by_age_.push_back(position);
      if (outcomes_by_age_.size() <= kOutcomesKept) continue;
      outcomes_.erase(outcomes_by_age_.front());
      outcomes_by_age_.pop_front();
    }
    on_outcomes = on_outcomes_;
  }
  if (on_units_) {
    for (const ImportedUnits& units : batch.units) on_units_(units);
  }
  if (on_outcomes && !batch.outcomes.empty()) on_outcomes(batch.outcomes);
}

void ResourceStore::Undone() { batch_ = {}; }

// What the process before has left
// -------------------------------------------------------------------------------------------------

absl::Status ResourceStore::Load() {
  ASSIGN_OR_RETURN(const store::ReadTxn txn, store_.Read());
  RETURN_IF_ERROR(LoadVersions(txn));
  RETURN_IF_ERROR(LoadBackfills(txn));
  return LoadUnits(txn);
}

ResourceStore::StoredVersion ResourceStore::VersionIn(std::string_view row) const {
  KeyReader reader(row);
  const auto since_ms = reader.I64();
  auto request_id = reader.Text();
  if (!since_ms || !request_id) store_.Damaged("the row of a resource cannot be decoded");
  return {*since_ms, *std::move(request_id), reader.Rest()};
}

absl::Status ResourceStore::LoadVersions(const store::ReadTxn& txn) {
  for (auto cursor = txn.Scan(versions_); cursor.valid(); cursor.Next()) {
    KeyReader key(cursor.key());
    const auto name = NameOfRow(key.Text().value_or(""));
    const auto version = key.I64();
    if (!name.ok() || !version) store_.Damaged("the key of a resource's row");
    ResourceChain& chain = state_.chains[*name];
    if (*version != chain.newest() + 1) store_.Damaged("a version of a resource is missing");
    StoredVersion stored = VersionIn(cursor.value());
    chain.Restore(stored.since_ms, std::move(stored.request_id));
  }
  // Older ones when they are asked for.
  for (const auto& [name, chain] : state_.chains) {
    State newest = ReadVersion(name, chain.newest());
    state_.policies.merge(newest.policies);
    state_.glossaries.merge(newest.glossaries);
  }
  return absl::OkStatus();
}

absl::Status ResourceStore::LoadBackfills(const store::ReadTxn& txn) {
  for (auto cursor = txn.Scan(backfills_); cursor.valid(); cursor.Next()) {
    KeyReader key(cursor.key());
    KeyReader row(cursor.value());
    const auto id = key.I64();
    const auto start_ms = row.I64();
    const auto stop_ms = row.I64();
    auto stopped_by = row.Text();
    if (!id || !stopped_by) store_.Damaged("the row of a backfill cannot be decoded");
    auto read = DecodeResource({Kind::kBackfill}, row.Rest());
    const auto* range = read.ok() ? std::get_if<BackfillRange>(&read->what) : nullptr;
    if (range == nullptr) store_.Damaged("the record of a backfill cannot be decoded");
    state_.backfills[*id] = {*id,
                             *range,
                             std::move(read->actor),
                             *start_ms,
                             *stop_ms,
                             *std::move(stopped_by),
                             std::move(read->request_id)};
  }
  return absl::OkStatus();
}

absl::Status ResourceStore::LoadUnits(const store::ReadTxn& txn) const {
  if (!on_units_) return absl::OkStatus();
  for (auto cursor = txn.Scan(units_); cursor.valid(); cursor.Next()) {
    KeyReader key(cursor.key());
    KeyReader row(cursor.value());
    const auto name = NameOfRow(key.Text().value_or(""));
    const auto offset = key.I64();
    const auto append_ms = row.I64();
    const auto partition = row.U32();
    if (!name.ok() || !offset || !partition) store_.Damaged("the row of units of memory");
    auto read = DecodeResource(*name, row.Rest());
    auto* units = read.ok() ? std::get_if<MemoryUnits>(&read->what) : nullptr;
    if (units == nullptr) store_.Damaged("units of memory cannot be decoded");
    on_units_({std::move(*units), {*append_ms, static_cast<std::int32_t>(*partition), *offset}});
  }
  return absl::OkStatus();
}

// Reading
// -------------------------------------------------------------------------------------------------

ResourceStore::State ResourceStore::ReadVersion(const ResourceName& name,
                                                std::int64_t version) const {
  State state;
  const store::ReadTxn txn = store_.Snapshot();
  const auto row = txn.Get(versions_, VersionRow(name, version));
  if (!row) return state;
  const StoredVersion stored = VersionIn(*row);
  auto read = DecodeResource(name, stored.record);
  if (!read.ok()) store_.Damaged(read.status().ToString());
  Keep(name, version, stored.since_ms, *std::move(read), state);
  return state;
}

std::shared_ptr<const Policy> ResourceStore::PolicyOf(std::int64_t version) const {
  {
    const std::shared_lock lock(mutex_);
    const auto found = state_.policies.find(version);
    if (found != state_.policies.end()) return found->second;
  }
  const State read = ReadVersion({Kind::kPolicy}, version);
  return read.policies.empty() ? nullptr : read.policies.begin()->second;
}

std::shared_ptr<const Policy> ResourceStore::NewestPolicy() const {
  static const auto* const kNone =
      new std::shared_ptr<const Policy>(std::make_shared<const Policy>());
  const std::shared_lock lock(mutex_);
  return state_.policies.empty() ? *kNone : state_.policies.rbegin()->second;
}

std::shared_ptr<const Policy> ResourceStore::PolicyAt(std::int64_t append_ms) const {
  std::int64_t version = 0;
  {
    const std::shared_lock lock(mutex_);
    const auto chain = state_.chains.find({Kind::kPolicy});
    if (chain != state_.chains.end()) version = chain->second.At(append_ms);
  }
  if (version == 0) return std::make_shared<const Policy>();
  return PolicyOf(version);
}

std::shared_ptr<const GlossaryVersion> ResourceStore::GlossaryOf(const Pair& pair) const {
  const std::shared_lock lock(mutex_);
  const auto found = state_.glossaries.find(pair);
  return found == state_.glossaries.end() ? nullptr : found->second;
}

std::shared_ptr<const GlossaryVersion> ResourceStore::GlossaryOf(const Pair& pair,
                                                                 std::int64_t version) const {
  auto newest = GlossaryOf(pair);
  if (newest == nullptr || newest->version == version) return newest;
  const State read = ReadVersion({Kind::kGlossary, pair}, version);
  return read.glossaries.empty() ? nullptr : read.glossaries.begin()->second;
}

std::vector<std::shared_ptr<const GlossaryVersion>> ResourceStore::Glossaries() const {
  const std::shared_lock lock(mutex_);
  std::vector<std::shared_ptr<const GlossaryVersion>> glossaries;
  for (const auto& [pair, glossary] : state_.glossaries) glossaries.push_back(glossary);
  return glossaries;
}

std::vector<BackfillRecord> ResourceStore::Backfills() const {
  const std::shared_lock lock(mutex_);
  std::vector<BackfillRecord> backfills;
  for (const auto& [id, backfill] : state_.backfills) backfills.push_back(backfill);
  return backfills;
}

std::int64_t ResourceStore::StandingVersion(const ResourceName& name) const {
  const std::shared_lock lock(mutex_);
  const auto found = state_.chains.find(name);
  return found == state_.chains.end() ? 0 : found->second.newest();
}

std::optional<ResourceOutcome> ResourceStore::FindOutcome(const kafka::Position& position) const {
  const std::shared_lock lock(mutex_);
  const auto found = outcomes_.find(position);
  return found == outcomes_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace telex::translation
