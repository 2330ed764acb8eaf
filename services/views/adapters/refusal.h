#pragma once

#include <absl/status/status.h>

#include "views/domain/judge.h"

namespace telex::views {

// A refusal as an error (platform/errors), its code by its reason: what both wires tell. Pure.
absl::Status ErrorOf(const Refusal& refusal);

// Whether whoever sent the look may send it again, as it is.
bool IsTransient(const Refusal& refusal);

}  // namespace telex::views
