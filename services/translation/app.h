#pragma once

#include <absl/status/status.h>

#include <memory>
#include <stop_token>

#include "platform/service/host.h"
#include "translation/config.h"

namespace telex::translation {

// Makes the parts of telex-translation with the host, in order, and says how they stop.
class App {
 public:
  static constexpr service::HostTexts kTexts = {
      .not_ready_impact = "Jobs cannot be claimed or completed here; other replicas take them.",
      .broker_away_impact = "Nothing is translated until it is back; nothing is lost.",
      .not_ready_runbook = "docs/runbooks/translation-not-ready.md"};

  // `host` outlives it.
  App(Config config, service::Host& host);
  ~App();

  // Makes the parts one after the other, on the host's start thread. A broker that is away is
  // waited for; what the local store has is shown meanwhile. What is returned, unless `stop` was
  // requested, ends the process.
  absl::Status Begin(std::stop_token stop);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace telex::translation
