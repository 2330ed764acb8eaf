#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "platform/http_client/client.h"
#include "platform/resilience/token_bucket.h"
#include "translation/adapters/engines/engine.h"
#include "translation/domain/engine_gate.h"

namespace telex::translation {

struct EngineClientOptions {
  double requests_per_second = 50;  // on average, and so many at once; > 0
  std::function<absl::Time()> now;  // for the gate
  // Each may be empty; called on the thread that asks.
  std::function<void(const EngineFailure&)> on_failure;
  std::function<void(absl::Duration took)> on_answer;
};

// What came of it, text by text: one that an engine refuses holds up none of the others.
struct EngineOutcome {
  std::vector<std::optional<std::string>> targets;  // tagged text; as many as texts
  std::int64_t characters = 0;                      // of all that were translated
  std::optional<EngineFailure> failure;             // the last one; there when a target is missing
};

// Asks one engine within its limits, and leaves it alone while it is to be (EngineGate). Blocking:
// for worker threads. Thread-safe.
class EngineClient {
 public:
  // `http` outlives it.
  EngineClient(std::unique_ptr<Engine> engine, http_client::HttpClient& http,
               EngineClientOptions options);

  // Asks in parts, and again in halves where one text may have spoilt the others. Once the engine
  // is closed, or `stop` is requested, the rest is left.
  EngineOutcome Translate(const EngineRequest& request, const std::stop_token& stop);

  // Nothing: it may be asked. Else what Translate would say without asking, with `retry_after`: the
  // texts of the request make no difference.
  std::optional<EngineFailure> ClosedFor(const EngineRequest& request) const;
  // For metrics.
  std::vector<EngineFault> ClosedFaults() const;
  std::vector<Pair> ClosedPairs() const;  // as EngineGate's

 private:
  EngineResult Ask(const EngineRequest& request, const std::stop_token& stop);
  bool AwaitTurn(const std::stop_token& stop);

  const std::unique_ptr<Engine> engine_;
  http_client::HttpClient& http_;
  const EngineClientOptions options_;
  resilience::TokenBucket bucket_;
  mutable std::mutex mutex_;
  EngineGate gate_;
};

}  // namespace telex::translation
