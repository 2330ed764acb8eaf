#pragma once

#include <string>

namespace telex::cli {

// A random UUID (RFC 9562, version 4): names one change, however often it is sent (AIP-155).
std::string NewRequestId();

}  // namespace telex::cli
