#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "translation/adapters/engines/engine_client.h"
#include "translation/domain/job.h"

namespace telex::translation {

// An engine of this deployment, as jobs see it. Thread-safe.
class MachineEngine {
 public:
  virtual ~MachineEngine() = default;

  struct About {
    std::string name;   // as policies, metrics and costs have it
    std::string label;  // as segments have it: with its model
    bool outside = false;
    std::vector<Pair> pairs;  // none: any

    bool Does(const Pair& pair) const;
  };
  virtual const About& about() const = 0;

  // Nothing: it may be asked for so many characters. Else why not, and with `retry_after` until
  // when: it has failed, or its budget is spent (kQuotaSpent).
  virtual std::optional<EngineFailure> ClosedFor(const Pair& pair,
                                                 std::int64_t characters) const = 0;
  // As EngineClient::Translate.
  virtual EngineOutcome Translate(const EngineRequest& request, const std::stop_token& stop) = 0;
};

}  // namespace telex::translation
