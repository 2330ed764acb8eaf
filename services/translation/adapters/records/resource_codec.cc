#include "translation/adapters/records/resource_codec.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "news/wire/time_codec.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "platform/kafka/partitioner.h"
#include "telex/translation/v1/resource.pb.h"
#include "translation/adapters/records/codec_faults.h"
#include "translation/adapters/records/glossary_codec.h"
#include "translation/adapters/records/policy_codec.h"
#include "translation/adapters/records/topics.h"
#include "translation/domain/memory.h"
#include "translation/domain/pair_name.h"
#include "translation/domain/resource_chain.h"

namespace telex::translation {
namespace {

using ResourceKind = ResourceName::Kind;

constexpr std::string_view kPolicyKey = "policy";
constexpr std::string_view kMemoriesKey = "memories/";
constexpr std::string_view kBackfillsKey = "backfills";
constexpr std::size_t kResourceAppendBytesMax = 64;
constexpr std::size_t kRequestIdBytesMax = 64;

// What the entity of a resource is called: by it goes the partition.
std::string EntityOf(const ResourceName& name) {
  const bool of_pair = name.kind == ResourceKind::kGlossary || name.kind == ResourceKind::kMemory;
  return of_pair ? PairName(name.pair) : NameOf(name);
}

void Encode(const PolicyChange& change, v1::ResourceRecord& to) {
  FillRules(change.rules, *to.mutable_policy());
}
absl::Status Decode(const v1::Policy& message, const ResourceName&, PolicyChange& change) {
  for (const v1::PolicyRule& rule : message.rules()) {
    if (!v1::Workflow_IsValid(rule.workflow())) return Newer("policy.workflow");
    if (!v1::OutsideEngines_IsValid(rule.outside_engines())) return Newer("policy.outside_engines");
  }
  ASSIGN_OR_RETURN(change.rules, PolicyRulesOf(message));
  return absl::OkStatus();
}

void Encode(const GlossaryChange& change, v1::ResourceRecord& to) {
  FillTerms(change.glossary, *to.mutable_glossary());
}
absl::Status Decode(const v1::Glossary& message, const ResourceName& name, GlossaryChange& change) {
  change.pair = name.pair;
  ASSIGN_OR_RETURN(change.glossary, TermsOf(message));
  return absl::OkStatus();
}

void Encode(const MemoryUnits& units, v1::ResourceRecord& to) {
  v1::MemoryUnits& message = *to.mutable_memory();
  for (const MemoryUnit& unit : units.units) {
    v1::MemoryUnits::Unit& added = *message.add_units();
    added.set_source(unit.source);
    added.set_target(unit.target);
    added.set_machine(unit.machine);
  }
}
absl::Status Decode(const v1::MemoryUnits& message, const ResourceName& name, MemoryUnits& units) {
  units.pair = name.pair;
  if (message.units_size() > static_cast<int>(kUnitsOfRecordMax))
    return Malformed("memory.units", "at most 500");
  for (const v1::MemoryUnits::Unit& unit : message.units()) {
    if (unit.source().empty() || unit.source().size() > kMemoryTextBytesMax)
      return Malformed("memory.units.source", "a text of at most 16 KiB");
    if (unit.target().empty() || unit.target().size() > kMemoryTextBytesMax)
      return Malformed("memory.units.target", "a text of at most 16 KiB");
    units.units.push_back({unit.source(), unit.target(), unit.machine()});
  }
  return absl::OkStatus();
}

void Encode(const BackfillRange& range, v1::ResourceRecord& to) {
  v1::BackfillStart& message = *to.mutable_backfill_start();
  *message.mutable_since() = news::ToProto(absl::FromUnixMillis(range.since_ms));
  *message.mutable_until() = news::ToProto(absl::FromUnixMillis(range.until_ms));
  for (const news::SourceId& source : range.sources) message.add_sources(source.Name());
  for (const news::Section& section : range.sections) message.add_sections(section.slug());
  message.set_from(range.pair.from.text());
  message.set_to(range.pair.to.text());
  message.set_workflow(static_cast<v1::Workflow>(range.workflow));
  message.set_characters_per_day(range.characters_per_day);
}
absl::Status Decode(const v1::BackfillStart& message, const ResourceName&, BackfillRange& range) {
  if (!v1::Workflow_IsValid(message.workflow())) return Newer("backfill_start.workflow");
  if (message.workflow() == v1::WORKFLOW_UNSPECIFIED)
    return Malformed("backfill_start.workflow", "a value");
  range.workflow = static_cast<Workflow>(message.workflow());
  if (message.characters_per_day() < 0)
    return Malformed("backfill_start.characters_per_day", "0 or more");
  range.characters_per_day = message.characters_per_day();
  range.since_ms = absl::ToUnixMillis(news::FromProto(message.since()));
  range.until_ms = absl::ToUnixMillis(news::FromProto(message.until()));
  if (range.since_ms >= range.until_ms) return Malformed("backfill_start.until", "after since");
  const auto from = news::LanguageTag::Parse(message.from());
  const auto to = news::LanguageTag::Parse(message.to());
  if (!from || !to || from == to) return Malformed("backfill_start.to", "another language");
  range.pair = {*from, *to};
  for (const std::string& name : message.sources()) {
    const auto source = news::SourceId::FromName(name);
    if (!source || range.sources.size() == kPolicyNamesMax)
      return Malformed("backfill_start.sources", "at most 200 of sources/{source}");
    range.sources.push_back(*source);
  }
  for (const std::string& slug : message.sections()) {
    const auto section = news::Section::Parse(slug);
    if (!section || range.sections.size() == kPolicyNamesMax)
      return Malformed("backfill_start.sections", "at most 200 slugs");
    range.sections.push_back(*section);
  }
  return absl::OkStatus();
}

void Encode(const BackfillStop& stop, v1::ResourceRecord& to) {
  to.mutable_backfill_stop()->set_backfill(stop.backfill);
}
absl::Status Decode(const v1::BackfillStop& message, const ResourceName&, BackfillStop& stop) {
  stop.backfill = message.backfill();
  return absl::OkStatus();
}

template <typename What, typename Message>
absl::Status DecodeInto(const ResourceName& name, ResourceKind kind, const Message& message,
                        ResourceRecord& record) {
  if (name.kind != kind) return Malformed("resource", fmt::format("that of {}", NameOf(name)));
  return Decode(message, name, record.what.emplace<What>());
}

absl::Status DecodeWhat(const v1::ResourceRecord& message, const ResourceName& name,
                        ResourceRecord& record) {
  switch (message.resource_case()) {
    case v1::ResourceRecord::kPolicy:
      return DecodeInto<PolicyChange>(name, ResourceKind::kPolicy, message.policy(), record);
    case v1::ResourceRecord::kGlossary:
      return DecodeInto<GlossaryChange>(name, ResourceKind::kGlossary, message.glossary(), record);
    case v1::ResourceRecord::kMemory:
      return DecodeInto<MemoryUnits>(name, ResourceKind::kMemory, message.memory(), record);
    case v1::ResourceRecord::kBackfillStart:
      return DecodeInto<BackfillRange>(name, ResourceKind::kBackfill, message.backfill_start(),
                                       record);
    case v1::ResourceRecord::kBackfillStop:
      return DecodeInto<BackfillStop>(name, ResourceKind::kBackfill, message.backfill_stop(),
                                      record);
    case v1::ResourceRecord::RESOURCE_NOT_SET:
      break;
  }
  return Newer("resource");  // each release has written one
}

std::optional<ResourceName> ParseName(std::string_view name) {
  if (name == kPolicyKey) return ResourceName{ResourceKind::kPolicy};
  if (name == kBackfillsKey) return ResourceName{ResourceKind::kBackfill};
  if (name.starts_with(kMemoriesKey)) {
    if (auto pair = ParsePairName(name.substr(kMemoriesKey.size())))
      return ResourceName{ResourceKind::kMemory, *std::move(pair)};
    return std::nullopt;
  }
  auto pair = PairOfGlossary(name, "key");
  if (!pair.ok()) return std::nullopt;
  return ResourceName{ResourceKind::kGlossary, *std::move(pair)};
}

}  // namespace

std::string NameOf(const ResourceName& name) {
  switch (name.kind) {
    case ResourceKind::kPolicy:
      break;
    case ResourceKind::kGlossary:
      return GlossaryName(name.pair);
    case ResourceKind::kMemory:
      return fmt::format("{}{}", kMemoriesKey, PairName(name.pair));
    case ResourceKind::kBackfill:
      return std::string(kBackfillsKey);
  }
  return std::string(kPolicyKey);
}

ResourceName NameOf(const ResourceRecord& record) {
  if (const auto* glossary = std::get_if<GlossaryChange>(&record.what))
    return {ResourceKind::kGlossary, glossary->pair};
  if (const auto* units = std::get_if<MemoryUnits>(&record.what))
    return {ResourceKind::kMemory, units->pair};
  if (std::holds_alternative<PolicyChange>(record.what)) return {ResourceKind::kPolicy};
  return {ResourceKind::kBackfill};
}

absl::StatusOr<ResourceName> ParseResourceKey(std::string_view key) {
  const std::size_t slash = key.rfind('/');
  if (slash != key.npos && slash + 1 < key.size() &&
      key.size() - slash - 1 <= kResourceAppendBytesMax) {
    auto name = ParseName(key.substr(0, slash));
    if (name && NameOf(*name) == key.substr(0, slash)) return *std::move(name);
  }
  return Malformed("key",
                   "policy, glossaries/{from}.{to}, memories/{from}.{to} or backfills, and "
                   "/{append}");
}

absl::StatusOr<ResourceRecord> DecodeResource(const ResourceName& name, std::string_view value) {
  v1::ResourceRecord message;
  if (!message.ParseFromArray(value.data(), static_cast<int>(value.size())))
    return absl::InvalidArgumentError("value: is no telex.translation.v1.ResourceRecord");
  if (message.rule() < 1) return Malformed("rule", "a number");
  if (message.rule() > kResourceRule) return Newer("rule");
  if (message.replaces() < 0) return Malformed("replaces", "a version, or 0");
  if (message.actor().size() > kActorBytesMax) return Malformed("actor", "at most 200 bytes");
  if (message.request_id().size() > kRequestIdBytesMax)
    return Malformed("request_id", "at most 64 bytes");
  ResourceRecord record{.replaces = message.replaces(),
                        .actor = message.actor(),
                        .request_id = message.request_id(),
                        .what = {}};
  RETURN_IF_ERROR(DecodeWhat(message, name, record));
  return record;
}

std::int32_t PartitionOf(const ResourceName& name, std::int32_t partitions) {
  return kafka::PartitionOf(EntityOf(name), partitions);
}

std::vector<kafka::TopicPartition> PlacesOfPlans(std::int32_t partitions) {
  std::vector<kafka::TopicPartition> places;
  for (const auto kind : {ResourceName::Kind::kPolicy, ResourceName::Kind::kBackfill})
    places.push_back({kResourcesTopic, PartitionOf({.kind = kind}, partitions)});
  return places;
}

kafka::Record RecordOf(const ResourceRecord& record, std::string_view append,
                       std::int32_t partitions) {
  v1::ResourceRecord message;
  message.set_rule(kResourceRule);
  message.set_replaces(record.replaces);
  message.set_actor(record.actor);
  message.set_request_id(record.request_id);
  std::visit([&](const auto& what) { Encode(what, message); }, record.what);
  const ResourceName name = NameOf(record);
  kafka::Record written{.topic = kResourcesTopic, .partition = PartitionOf(name, partitions)};
  written.key = fmt::format("{}/{}", NameOf(name), append);
  written.value = message.SerializeAsString();
  return written;
}

absl::Status CheckResourceRecord(const kafka::Record& record) {
  const auto name = ParseResourceKey(record.key);
  return NotWritten(record.key,
                    name.ok() ? DecodeResource(*name, *record.value).status() : name.status());
}

}  // namespace telex::translation
