// When an engine may be asked again after it has failed: by each kind of failure for itself, so
// that one that is busy for a second is not taken for one whose month is spent, and a pair of
// languages that it does not know closes no other. Pure: the time is a parameter. Not thread-safe.
#pragma once

#include <absl/time/time.h>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "translation/domain/engine.h"
#include "translation/domain/job.h"

namespace telex::translation {

class EngineGate {
 public:
  // How long it stays closed when the engine does not say: the first and the longest pause. Each
  // failure of the same kind in a row doubles it.
  struct Pause {
    absl::Duration first;
    absl::Duration longest;
  };
  static Pause PauseOf(EngineFault fault);

  void Succeeded(const EngineRequest& request);
  void Failed(const EngineRequest& request, const EngineFailure& failure, absl::Time now);

  // Nothing: ask it. Else why not, and until when.
  struct Closed {
    EngineFault fault;
    absl::Time until;
  };
  std::optional<Closed> ClosedFor(const EngineRequest& request, absl::Time now) const;
  // All that is closed now, a pair or not: for metrics.
  std::vector<EngineFault> ClosedFaults(absl::Time now) const;
  // The pairs that it is said not to know, at most kClosedPairsTold.
  static constexpr std::size_t kClosedPairsTold = 20;
  std::vector<Pair> ClosedPairs(absl::Time now) const;

 private:
  struct State {
    int failures = 0;  // in a row
    absl::Time until = absl::InfinitePast();
    void Close(const Pause& pause, std::optional<absl::Duration> stated, absl::Time now);
  };
  std::map<EngineFault, State> states_;  // but of kPairUnknown
  std::map<Pair, State> pairs_;
};

}  // namespace telex::translation
