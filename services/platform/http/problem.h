#pragma once

#include <absl/status/status.h>

#include <initializer_list>
#include <string>

#include "platform/http/message.h"

namespace telex::http {

// Errors (platform/errors) as HTTP tells them. None of them is OK. Pure, any thread.

// Of its reason where HTTP has a status for it alone (405, 406, 410, 413, 415), else of its code,
// as google.rpc.Code says: INVALID_ARGUMENT 400, RESOURCE_EXHAUSTED 429, UNAVAILABLE 503.
int StatusOf(const absl::Status& error);

// What Retry-After says, in seconds: as the error has it (errors::kRetryAfterKey), rounded up; 2
// for every other 503; "" for all else.
std::string RetryAfterOf(const absl::Status& error);

// Problem() with the error's reason, message and first field; with Retry-After and
// WWW-Authenticate where they belong. `lines` are further headers.
Response ProblemOf(const absl::Status& error, std::initializer_list<Header> lines = {});

}  // namespace telex::http
