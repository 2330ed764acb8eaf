#pragma once

#include <absl/status/status.h>

#include <optional>
#include <string>
#include <string_view>

#include "ingestion/adapters/log_store.h"
#include "ingestion/domain/source.h"

namespace telex::ingestion {

// A section that would be opened: no usable story stands in it, and no source's settings name it,
// among its sections or as what an alias stands for.
struct NewSection {
  std::string slug;
  std::string nearest;  // of those there are, the one that was likely meant; may be empty
};

// By what this replica has read, and by `source`, which may be one that is still to be made. None
// when the section is there.
std::optional<NewSection> NewSectionIn(const LogStore& log_store, const Source& source,
                                       const news::Section& section);

// For whom it is an error: UNKNOWN_SECTION with the metadata `new_section`, and `nearest_section`
// where there is one.
absl::Status Refusal(const NewSection& section, std::string_view field);
// For whom it is not: a warning.
std::string Warning(const NewSection& section);

}  // namespace telex::ingestion
