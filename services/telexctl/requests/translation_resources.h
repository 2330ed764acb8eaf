// Backfills: from flags to requests. Pure.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "telexctl/translation_api.h"

namespace telex::cli {

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
