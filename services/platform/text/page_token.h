#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

namespace telex::text {

// Tokens of listings (AIP-158): where the next page starts, bound to the listing they came from.
// `place` are bytes of the store's key; `scope` names the listing and its filters. Opaque to
// callers; text of [0-9a-f].
std::string MakePageToken(std::string_view place, std::string_view scope);

// INVALID_ARGUMENT / BAD_PAGE_TOKEN for what is no token of this listing.
absl::StatusOr<std::string> ReadPageToken(std::string_view token, std::string_view scope);

}  // namespace telex::text
