#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "telex/translation/v1/resource.pb.h"
#include "translation/domain/glossary.h"
#include "translation/domain/job.h"

namespace telex::translation {

// telex.translation.v1.Glossary to its value and back. Pure; thread-safe.

inline constexpr std::size_t kGlossaryBytesMax =
    1'500 * 1024;  // of its terms, as they are recorded

struct GlossaryVersion {
  Pair pair;
  std::int64_t version = 0;
  std::int64_t since_ms = 0;  // appended then, by the broker, since 1970
  std::string actor;
  Glossary glossary;
};

// glossaries/{from}.{to}
std::string GlossaryName(const Pair& pair);
// FIELD_INVALID.
absl::StatusOr<Pair> PairOfGlossary(std::string_view name, std::string_view field);

// INVALID_ARGUMENT with all faults, as Glossary::Make has them, of the field `glossary.terms`.
// Takes time: tens of milliseconds for 20,000 terms.
absl::StatusOr<Glossary> TermsOf(const v1::Glossary& glossary);

v1::GlossaryTerm ToProto(const Term& term);
void FillTerms(const Glossary& glossary, v1::Glossary& message);
// Without its terms.
v1::Glossary HeadOf(const GlossaryVersion& glossary);

}  // namespace telex::translation
