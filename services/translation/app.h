#pragma once

#include <memory>

#include "platform/service/app.h"
#include "platform/service/host.h"
#include "translation/config.h"

namespace telex::translation {

inline constexpr service::HostTexts kHostTexts = {
    .not_ready_impact = "Jobs cannot be claimed or completed here; other replicas take them.",
    .broker_away_impact = "Nothing is translated until it is back; nothing is lost.",
    .not_ready_runbook = "docs/runbooks/translation-not-ready.md"};

// The parts of telex-translation. What the local store has is shown while a broker that is away is
// waited for. `host` outlives them.
std::unique_ptr<service::App> MakeApp(Config config, service::Host& host);

}  // namespace telex::translation
