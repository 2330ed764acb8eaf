#pragma once

#include <absl/time/time.h>

#include <cstddef>
#include <map>

#include "news/article.h"

namespace telex::ingestion {

// What may differ between two generations of the deciding rule. A submission names its rule, so
// that replicas of two releases decide alike; a replica that does not know the rule stops. A rule,
// once used, is never changed.
struct Rule {
  absl::Duration repeat_window = absl::Hours(24);  // how long a request id is remembered (AIP-155)
  absl::Duration version_step_min =
      absl::Seconds(1);  // between versioncreated of one version and the next
  std::size_t shelves_max = news::kShelvesMax;
};

using RuleBook = std::map<int, Rule>;

// The rules this release knows. 2: quick corrections put no version into the future, where HTTP
// dates and readers' clocks would hide it.
inline RuleBook KnownRules() {
  return {{1, Rule{}}, {2, Rule{.version_step_min = absl::Milliseconds(1)}}};
}

}  // namespace telex::ingestion
