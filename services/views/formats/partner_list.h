#pragma once

#include <absl/status/statusor.h>

#include <string_view>

#include "views/domain/partners.h"

namespace telex::views {

// Partners of a text, a line each:
//   # id      status     hosts                       key
//   own       active     newsroom.example            -
//   panorama  active     panorama.example,p.example  0f3c...64 hex digits: SHA-256 of its key
// `own` is the publisher itself; `-`: none. INVALID_ARGUMENT with the first ten faults, by line and
// field; they quote no key. Pure.
absl::StatusOr<Partners> ParsePartners(std::string_view text);

}  // namespace telex::views
