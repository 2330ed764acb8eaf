#pragma once

// Internal: what an exchange without a whole answer comes to. Pure.

#include <absl/status/status.h>

#include <string_view>

#include "platform/http_client/message.h"
#include "platform/http_client/transfer.h"

namespace telex::http_client::internal {

struct Failure {
  Outcome outcome;
  absl::Status status;
};

// `hop` has failed. `what`: the request as it may be told.
Failure FailureOf(const HopResult& hop, std::string_view what);

}  // namespace telex::http_client::internal
