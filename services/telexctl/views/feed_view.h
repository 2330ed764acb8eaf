// Feeds as a person reads them. Pure.
#pragma once

#include <absl/status/statusor.h>

#include <string_view>

#include "telexctl/views/output.h"

namespace telex::cli {

// From a JSON Feed 1.1. INTERNAL when it is none.
absl::StatusOr<Table> FeedTable(std::string_view json_feed);

// From the list of feeds at the root of telex-feeds; a column for each format that it names.
absl::StatusOr<Table> FeedListTable(std::string_view json);

}  // namespace telex::cli
