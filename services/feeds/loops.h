#pragma once

#include <absl/time/time.h>

#include <memory>

#include "platform/observe/pulse.h"
#include "platform/runtime/health.h"

namespace telex::feeds {

// The loops of telex-feeds that /livez watches, each to be carried by its thread.
struct Loops {
  Loops(runtime::HealthChecks& health, absl::Duration silence_max);

  std::shared_ptr<observe::Pulse> follower;
  std::shared_ptr<observe::Pulse> dead_letters;
  std::shared_ptr<observe::Pulse> peers;
};

}  // namespace telex::feeds
