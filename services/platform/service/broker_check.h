#pragma once

#include <functional>
#include <string>

#include "platform/runtime/health.h"

namespace telex::service {

// The check "kafka" of /readyz, the same for all services. It does not gate readiness: no replica
// is better off than another, and what is known can be served. `connected` as the log reader tells
// it (LogReaderObserver::on_connected).
runtime::Check BrokerCheck(std::string business_impact, std::function<bool()> connected);

}  // namespace telex::service
