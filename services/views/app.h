#pragma once

#include <memory>

#include "platform/service/app.h"
#include "platform/service/host.h"
#include "views/config.h"

namespace telex::views {

inline constexpr service::HostTexts kHostTexts = {
    .not_ready_impact = "Views that are sent here are refused; pages send them again.",
    .broker_away_impact = "Views are refused until it is back; counts are told as they are.",
    .not_ready_runbook = "docs/runbooks/views-not-ready.md"};

// The parts of telex-views. What the local store has is told while a broker that is away is waited
// for. `host` outlives them.
std::unique_ptr<service::App> MakeApp(Config config, service::Host& host);

}  // namespace telex::views
