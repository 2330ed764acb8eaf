#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "platform/kafka/record.h"
#include "translation/domain/backfill.h"
#include "translation/domain/glossary.h"
#include "translation/domain/job.h"
#include "translation/domain/policy.h"

namespace telex::translation {

// The records of telex.translation-resources.v1, to bytes and back. They have no CloudEvents
// headers. Pure; thread-safe.

inline constexpr std::size_t kUnitsOfRecordMax = 500;
inline constexpr std::size_t kUnitsBytesMax = 900 * 1024;  // of the texts of one record
inline constexpr std::size_t kActorBytesMax = 200;

// Whose record it is.
struct ResourceName {
  enum class Kind { kPolicy, kGlossary, kMemory, kBackfill };
  Kind kind = Kind::kPolicy;
  Pair pair = {};  // of a glossary or a memory

  auto operator<=>(const ResourceName&) const = default;
};
// "policy", "glossaries/en.es", "memories/en.es", "backfills".
std::string NameOf(const ResourceName& name);

std::int32_t PartitionOf(const ResourceName& name, std::int32_t partitions);
// Where the policy and backfills lie: what says which translations are wanted.
std::vector<kafka::TopicPartition> PlacesOfPlans(std::int32_t partitions);

struct PolicyChange {
  std::vector<PolicyRule> rules;
  bool operator==(const PolicyChange&) const = default;
};
struct GlossaryChange {
  Pair pair;
  Glossary glossary;
  bool operator==(const GlossaryChange& other) const {
    return pair == other.pair && glossary.terms() == other.glossary.terms();
  }
};
struct MemoryUnit {
  std::string source;  // tagged texts
  std::string target;
  bool machine = false;  // an engine's
  bool operator==(const MemoryUnit&) const = default;
};
// Of a file that was imported.
struct MemoryUnits {
  Pair pair;
  std::vector<MemoryUnit> units;
  bool operator==(const MemoryUnits&) const = default;
};
struct BackfillStop {
  std::int64_t backfill = 0;
  bool operator==(const BackfillStop&) const = default;
};

struct ResourceRecord {
  std::int64_t replaces = 0;  // of a policy or a glossary; 0: the first
  std::string actor;
  std::string request_id;  // a UUID, or empty
  std::variant<PolicyChange, GlossaryChange, MemoryUnits, BackfillRange, BackfillStop> what;

  bool operator==(const ResourceRecord&) const = default;
};
ResourceName NameOf(const ResourceRecord& record);

// INVALID_ARGUMENT, naming the field, for what no release has written; UNIMPLEMENTED for what a
// newer one has: a rule, a resource, an enumerator.
absl::StatusOr<ResourceName> ParseResourceKey(std::string_view key);
absl::StatusOr<ResourceRecord> DecodeResource(const ResourceName& name, std::string_view value);

// `append`: another one for each record that is appended, by whomever: 1–64 bytes without slashes.
kafka::Record RecordOf(const ResourceRecord& record, std::string_view append,
                       std::int32_t partitions);
// INTERNAL: what a reader could not read back. Nobody appends it.
absl::Status CheckResourceRecord(const kafka::Record& record);

}  // namespace telex::translation
