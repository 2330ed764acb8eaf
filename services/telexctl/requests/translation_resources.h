// Policies, glossaries and backfills: from files and flags to requests. Pure.
#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "telexctl/translation_api.h"

namespace telex::cli {

// INVALID_ARGUMENT names the field, or `file` and the line.
absl::StatusOr<jobs::Policy> ReadPolicy(std::string_view bytes);
std::string WritePolicy(const jobs::Policy& policy);
absl::StatusOr<jobs::Glossary> ReadGlossary(std::string_view bytes);
std::string WriteGlossary(const jobs::Glossary& glossary);

struct BackfillFlags {
  std::string pair;
  std::string since;
  std::string until;
  std::vector<std::string> sources;
  std::vector<std::string> sections;
  std::string workflow;
  bool validate_only = false;
};
absl::StatusOr<jobs::StartBackfillRequest> BackfillRequest(const BackfillFlags& flags,
                                                           std::string request_id);

}  // namespace telex::cli
