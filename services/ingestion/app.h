#pragma once

#include <absl/status/status.h>

#include <memory>
#include <stop_token>

#include "ingestion/config.h"
#include "platform/service/host.h"

namespace telex::ingestion {

// Makes the parts of telex-ingestion with the host, in order, and says how they stop.
class App {
 public:
  static constexpr service::HostTexts kTexts = {
      .not_ready_impact = "Stories that are submitted here are refused; other replicas take them.",
      .broker_away_impact =
          "No story can be submitted until it is back; nothing that was accepted is lost.",
      .not_ready_runbook = "docs/runbooks/ingestion-not-ready.md"};

  // `host` outlives it.
  App(Config config, service::Host& host);
  ~App();

  // Makes the parts one after the other, on the host's start thread; a dependency that is away is
  // waited for. What is returned, unless `stop` was requested, ends the process.
  absl::Status Begin(std::stop_token stop);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace telex::ingestion
