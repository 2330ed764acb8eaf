// A pair of languages in names of resources and keys of records: `en.es`. Pure; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "translation/domain/job.h"

namespace telex::translation {

std::string PairName(const Pair& pair);
// Nullopt when it is none; languages may be spelled in any case.
std::optional<Pair> ParsePairName(std::string_view name);

}  // namespace telex::translation
