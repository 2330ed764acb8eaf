#pragma once

#include <optional>

#include "platform/http/message.h"

namespace telex::http {

// 405 to a request that is neither GET nor HEAD; nothing to those. Any thread.
std::optional<Response> RefuseAllButGet(const Request& request);

}  // namespace telex::http
