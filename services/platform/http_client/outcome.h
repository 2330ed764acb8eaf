#pragma once

// What an answer means for the decision to repeat. Pure, any thread.

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <optional>
#include <string_view>

#include "platform/http_client/message.h"

namespace telex::http_client {

// Retry-After (RFC 9110, 10.2.3): seconds, or an HTTP date, which is held against the answer's own
// Date, so that clocks that differ do no harm, or against `now` where that is missing. At most
// `max`, never less than zero; nullopt when it is not there or cannot be read.
std::optional<absl::Duration> RetryAfter(const Headers& headers, absl::Time now,
                                         absl::Duration max);

Outcome OutcomeOf(int status, bool has_retry_after);

// The error an answer stands for: OK for kDone. `what` is the request as it may be told.
absl::Status StatusOf(Outcome outcome, std::string_view what, int status,
                      std::optional<absl::Duration> retry_after);

}  // namespace telex::http_client
