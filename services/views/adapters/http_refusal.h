#pragma once

#include <absl/status/status.h>

#include "platform/http/message.h"

namespace telex::views {

// A refusal as HTTP says it: problem+json with the same reason and words. `status` is not OK. Pure.
http::Response HttpRefusal(const absl::Status& status);

}  // namespace telex::views
