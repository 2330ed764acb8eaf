#pragma once

#include <absl/status/status.h>

#include <memory>
#include <stop_token>

#include "platform/service/host.h"
#include "views/config.h"

namespace telex::views {

// Makes the parts of telex-views with the host, in order, and says how they stop.
class App {
 public:
  static constexpr service::HostTexts kTexts = {
      .not_ready_impact = "Views that are sent here are refused; pages send them again.",
      .broker_away_impact = "Views are refused until it is back; counts are told as they are.",
      .not_ready_runbook = "docs/runbooks/views-not-ready.md"};

  // `host` outlives it.
  App(Config config, service::Host& host);
  ~App();

  // Makes the parts one after the other, on the host's start thread. A broker that is away is
  // waited for; what the local store has is told meanwhile. What is returned, unless `stop` was
  // requested, ends the process.
  absl::Status Begin(std::stop_token stop);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace telex::views
