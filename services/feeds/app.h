#pragma once

#include <absl/status/status.h>

#include <memory>
#include <stop_token>

#include "feeds/config.h"
#include "platform/service/host.h"

namespace telex::feeds {

// Makes the parts of telex-feeds with the host, in order, and says how they stop.
class App {
 public:
  static constexpr service::HostTexts kTexts = {
      .not_ready_impact = "This replica's feeds may lack the newest stories and takedowns.",
      .broker_away_impact = "Feeds are served as they are: no news, no takedown comes in.",
      .not_ready_runbook = "docs/runbooks/feeds-not-ready.md"};

  // `host` outlives it.
  App(Config config, service::Host& host);
  ~App();

  // Makes the parts one after the other, on the host's start thread. A broker that is away is
  // waited for; what a local store has that is whole and not too old is served meanwhile. What is
  // returned, unless `stop` was requested, ends the process.
  absl::Status Begin(std::stop_token stop);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace telex::feeds
