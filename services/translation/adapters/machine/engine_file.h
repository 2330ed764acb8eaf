// The engines of a deployment: a file in YAML.
//
//   engines:                        # in the order in which they are asked where no policy says so
//     - name: apertium              # as policies and metrics call it
//       kind: apertium              # one of EngineKinds
//       url: http://apertium:2737
//       outside: false              # not the publisher's own: policies say what may go there.
//                                   # Not said: true, but for apertium and libretranslate
//     - name: deepl
//       kind: deepl
//       url: https://api.deepl.com
//       key_file: /run/secrets/deepl
//       requests_per_second: 5      # on average; not said: 50
//       concurrency: 2              # stories at once, of each replica; not said: 4
//       characters_per_day: 200000  # of all replicas, UTC; not said: no bound
//       characters_per_month: 4000000
//       pairs: [en.hy, en.ru]       # no others; not said: any
//
// `project` and `model` as of EngineSettings.
#pragma once

#include <absl/status/statusor.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "translation/adapters/engines/engine.h"
#include "translation/domain/engine_budget.h"
#include "translation/domain/job.h"

namespace telex::translation {

inline constexpr std::size_t kEngineFileBytesMax = 256 * 1024;
inline constexpr std::size_t kEnginesMax = 32;

struct EngineSetup {
  std::string name;  // small letters, digits, hyphens
  EngineSettings settings;
  bool outside = false;
  double requests_per_second = 50;
  int concurrency = 4;
  EngineBudget budget;
  std::vector<Pair> pairs;  // none: any

  // As segments have it: "deepl", "openai/gpt-4o".
  std::string Label() const;
};

// The key in a file, without the newlines at its end.
using ReadKey = std::function<absl::StatusOr<std::string>(const std::string& path)>;

// INVALID_ARGUMENT / FIELD_INVALID with all faults at once, by line and field; no key is ever told.
// Pure but for `read_key`.
absl::StatusOr<std::vector<EngineSetup>> ParseEngineFile(std::string_view yaml,
                                                         const ReadKey& read_key);
// NOT_FOUND, or as above with the path before it. No path: no engines.
absl::StatusOr<std::vector<EngineSetup>> ReadEngineFile(const std::string& path);

}  // namespace telex::translation
