#pragma once

// What every process exposes about itself: the usual process_* (CPU, memory, descriptors, start
// time), telex_build_info, and the number of log lines by severity.

#include <string_view>
#include <vector>

#include "platform/observe/metrics.h"

namespace telex::observe {

// Read from /proc/self at each scrape. The handles withdraw the metrics when destroyed.
[[nodiscard]] std::vector<CallbackHandle> AddProcessMetrics(Metrics& metrics,
                                                            std::string_view program,
                                                            std::string_view version);

}  // namespace telex::observe
