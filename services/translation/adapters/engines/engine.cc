#include "translation/adapters/engines/engine.h"

#include <fmt/format.h>

#include <algorithm>

#include "platform/errors/errors.h"
#include "translation/adapters/engines/engines.h"

namespace telex::translation {
namespace {

struct Kind {
  std::string_view name;
  std::unique_ptr<Engine> (*make)(EngineSettings settings);
  bool needs_key = false;
  bool needs_project = false;
  bool needs_model = false;
};

constexpr Kind kKinds[] = {
    {.name = "apertium", .make = MakeApertium},
    {.name = "deepl", .make = MakeDeepL, .needs_key = true},
    {.name = "google", .make = MakeGoogle, .needs_key = true, .needs_project = true},
    {.name = "libretranslate", .make = MakeLibreTranslate},
    {.name = "openai", .make = MakeOpenAi, .needs_model = true},
};

absl::Status Refused(std::string_view setting, std::string_view why) {
  return errors::Error(absl::StatusCode::kInvalidArgument, errors::kFieldInvalid,
                       fmt::format("{}: {}", setting, why));
}

}  // namespace

std::vector<std::string_view> EngineKinds() {
  std::vector<std::string_view> names;
  for (const Kind& kind : kKinds) names.push_back(kind.name);
  return names;
}

absl::StatusOr<std::unique_ptr<Engine>> MakeEngine(const EngineSettings& settings) {
  const auto* const kind = std::ranges::find(kKinds, settings.kind, &Kind::name);
  if (kind == std::end(kKinds)) {
    return Refused(
        "kind", fmt::format("\"{}\" is none of {}", settings.kind, fmt::join(EngineKinds(), ", ")));
  }
  if (!settings.url.starts_with("http://") && !settings.url.starts_with("https://"))
    return Refused("url", "an http or https address is needed");
  if (settings.url.ends_with('/')) return Refused("url", "without the slash at its end");
  if (kind->needs_key && settings.key.empty()) return Refused("key", "needed by this kind");
  if (kind->needs_project != !settings.project.empty()) {
    return Refused("project",
                   kind->needs_project ? "needed by this kind" : "of no use for this kind");
  }
  if (kind->needs_model != !settings.model.empty()) {
    return Refused("model", kind->needs_model ? "needed by this kind" : "of no use for this kind");
  }
  return kind->make(settings);
}

}  // namespace telex::translation
