// What to do next, for every reason that Telex gives and every code without one. Pure.
#pragma once

#include <absl/status/status.h>

#include <string>
#include <string_view>

namespace telex::cli {

// Empty when there is nothing better to say than the message itself. `command` is the one that met
// the failure: "articles kill".
std::string HintFor(const absl::Status& status, std::string_view command = "COMMAND");

}  // namespace telex::cli
