// What to do next, for every reason that Telex gives and every code without one. Pure.
#pragma once

#include <absl/status/status.h>

#include <string>
#include <string_view>

#include "telexctl/failures/asked.h"

namespace telex::cli {

// Of a peer that did not answer.
std::string_view IsItRunning();

// Empty when there is nothing better to say than the message itself.
std::string HintFor(const absl::Status& status, const Asked& asked = {});

}  // namespace telex::cli
