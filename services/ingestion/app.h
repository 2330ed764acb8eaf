#pragma once

#include <memory>

#include "ingestion/config.h"
#include "platform/observe/metrics.h"
#include "platform/runtime/health.h"
#include "platform/runtime/lifecycle.h"

namespace telex::ingestion {

// The wiring of telex-ingestion; the only place where its parts meet. Starts in the background,
// because a dependency that is down is waited for; why it is not ready is told by /readyz and the
// log.
class App {
 public:
  App(Config config, runtime::Lifecycle& lifecycle, runtime::HealthChecks& health,
      observe::Metrics& metrics);
  ~App();

  // Begins to start, and adds the steps of the stop, in their order. Any fault that waiting cannot
  // mend ends the process through the lifecycle.
  void Start();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace telex::ingestion
