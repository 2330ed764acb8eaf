#pragma once

#include <memory>

#include "ingestion/config.h"
#include "platform/service/app.h"
#include "platform/service/host.h"

namespace telex::ingestion {

inline constexpr service::HostTexts kHostTexts = {
    .not_ready_impact = "Stories that are submitted here are refused; other replicas take them.",
    .broker_away_impact =
        "No story can be submitted until it is back; nothing that was accepted is lost.",
    .not_ready_runbook = "docs/runbooks/ingestion-not-ready.md"};

// The parts of telex-ingestion. `host` outlives them.
std::unique_ptr<service::App> MakeApp(Config config, service::Host& host);

}  // namespace telex::ingestion
