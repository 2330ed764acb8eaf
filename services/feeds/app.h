#pragma once

#include <memory>

#include "feeds/config.h"
#include "platform/observe/metrics.h"
#include "platform/runtime/health.h"
#include "platform/runtime/lifecycle.h"

namespace telex::feeds {

// The wiring of telex-feeds; the only place where its parts meet. Starts in the background: a
// broker that is away is waited for, and with a local store that is whole feeds are served
// meanwhile.
class App {
 public:
  App(Config config, runtime::Lifecycle& lifecycle, runtime::HealthChecks& health,
      observe::Metrics& metrics);
  ~App();

  // Begins to start, and adds the steps of the stop. A fault that waiting cannot mend ends the
  // process through the lifecycle.
  void Start();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace telex::feeds
