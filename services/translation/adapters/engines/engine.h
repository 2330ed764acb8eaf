// A translation engine: how it is asked over HTTP, and what its answers mean. Pure but for its
// settings; thread-safe. The documents that say so are named at each engine's file.
#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "platform/http_client/message.h"
#include "translation/domain/engine.h"

namespace telex::translation {

struct EngineSettings {
  std::string kind;     // one of EngineKinds
  std::string url;      // where it answers, without a trailing slash
  std::string key;      // of the account; empty where it needs none. Never told
  std::string project;  // google: projects/{p}/locations/{l}
  std::string model;    // openai
};

class Engine {
 public:
  virtual ~Engine() = default;
  virtual EngineLimits limits() const = 0;
  // The request keeps within the limits, but for one text that is too long alone.
  virtual http_client::Request Compose(const EngineRequest& request) const = 0;
  // What came of it. Each text has its target, or there is none at all.
  virtual EngineResult Read(const EngineRequest& request,
                            const http_client::Result& result) const = 0;
};

// "apertium", "deepl", "google", "libretranslate", "openai".
std::vector<std::string_view> EngineKinds();
// INVALID_ARGUMENT naming the setting: a kind that is none, one that is missing or has no use.
absl::StatusOr<std::unique_ptr<Engine>> MakeEngine(const EngineSettings& settings);

}  // namespace telex::translation
