#pragma once

#include <memory>

#include "feeds/config.h"
#include "platform/service/app.h"
#include "platform/service/host.h"

namespace telex::feeds {

inline constexpr service::HostTexts kHostTexts = {
    .not_ready_impact = "This replica's feeds may lack the newest stories and takedowns.",
    .broker_away_impact = "Feeds are served as they are: no news, no takedown comes in.",
    .not_ready_runbook = "docs/runbooks/feeds-not-ready.md"};

// The parts of telex-feeds. What the local store has is served while a broker that is away is
// waited for. `host` outlives them.
std::unique_ptr<service::App> MakeApp(Config config, service::Host& host);

}  // namespace telex::feeds
