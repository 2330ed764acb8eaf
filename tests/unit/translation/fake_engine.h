// An engine that translates what tests of jobs write (SpanishOf), or does as it is told.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/translation/job_text_support.h"
#include "translation/adapters/machine/machine_engine.h"

namespace telex::translation {

class FakeEngine final : public MachineEngine {
 public:
  explicit FakeEngine(std::string name) { about_ = {.name = name, .label = name}; }

  const About& about() const override { return about_; }
  std::optional<EngineFailure> ClosedFor(const Pair&, std::int64_t) const override {
    return closed;
  }
  EngineOutcome Translate(const EngineRequest& request, const std::stop_token&) override {
    requests.push_back(request);
    if (on_request) on_request();
    EngineOutcome outcome;
    for (const EngineText& text : request.texts) {
      const auto given = answers.find(text.source);
      if (fails_with) {
        outcome.targets.emplace_back();
        outcome.failure = EngineFailure{.fault = *fails_with};
        continue;
      }
      outcome.targets.emplace_back(given == answers.end() ? SpanishOf(text.source) : given->second);
      if (!outcome.targets.back()) outcome.failure = {.fault = EngineFault::kTextRefused};
      outcome.characters += static_cast<std::int64_t>(text.source.size());
    }
    return outcome;
  }

  // The sources that it was asked for, one line for each request.
  std::vector<std::string> Asked() const {
    std::vector<std::string> lines;
    for (const EngineRequest& request : requests) {
      std::string line;
      for (const EngineText& text : request.texts) line += (line.empty() ? "" : " ") + text.source;
      lines.push_back(std::move(line));
    }
    return lines;
  }

  About about_;
  std::map<std::string, std::optional<std::string>> answers;  // by source; nullopt: refused
  std::optional<EngineFault> fails_with;                      // each request
  std::optional<EngineFailure> closed;
  std::function<void()> on_request;
  std::vector<EngineRequest> requests;
};

}  // namespace telex::translation
