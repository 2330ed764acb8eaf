#pragma once

#include <absl/time/time.h>

#include <memory>

#include "platform/observe/pulse.h"
#include "platform/runtime/health.h"

namespace telex::ingestion {

// The loops of telex-ingestion that /livez watches, each to be carried by its thread.
struct Loops {
  Loops(runtime::HealthChecks& health, absl::Duration silence_max);

  std::shared_ptr<observe::Pulse> library;
  std::shared_ptr<observe::Pulse> decider;
  std::shared_ptr<observe::Pulse> timekeeper;
  std::shared_ptr<observe::Pulse> forgetter;
  std::shared_ptr<observe::Pulse> edge_publisher;
  std::shared_ptr<observe::Pulse> owner_publisher;
};

}  // namespace telex::ingestion
