#pragma once

// Internal: what a request must be before anything is done with it. Pure.

#include <absl/status/status.h>

#include "platform/http_client/address.h"
#include "platform/http_client/message.h"
#include "platform/http_client/url.h"

namespace telex::http_client::internal {

// INVALID_ARGUMENT for headers, body and bounds; never repeats a value.
absl::Status CheckRequest(const Request& request);

// PERMISSION_DENIED / ADDRESS_FORBIDDEN for a scheme or a port that the rules do not have.
absl::Status CheckUrl(const Url& url, const AddressRules& rules);

// Marked so, or one of those that always are.
bool IsSecret(const Header& header);

}  // namespace telex::http_client::internal
