// From the flags of `telexctl sources` to requests. Pure.
#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <vector>

#include "telexctl/ingestion_api.h"

namespace telex::cli {

struct SourceFlags {
  std::string source;
  std::optional<std::string> display_name;
  std::optional<std::string> home_page;
  std::optional<std::string> usage_terms;
  std::optional<std::string> attribution;
  std::optional<std::string> default_language;
  std::vector<std::string> section_aliases;   // NAME=slug; with update, NAME= takes one away
  std::vector<std::string> language_aliases;  // code=tag
  std::optional<std::string> edited_policy;   // hold, apply
  std::optional<std::string> sections;        // slug,slug; empty: any
  std::optional<std::string> time_zone;
  std::optional<std::string> etag;
  bool validate_only = false;
};

absl::StatusOr<pb::CreateSourceRequest> CreateSourceRequestOf(const SourceFlags& flags,
                                                              std::string request_id);

// Aliases are added to those the source has, so that `current` is needed where they are given; the
// request is then guarded by its etag.
bool NeedsCurrent(const SourceFlags& flags);
absl::StatusOr<pb::UpdateSourceRequest> UpdateSourceRequestOf(const SourceFlags& flags,
                                                              const pb::Source& current,
                                                              std::string request_id);

// What `import` makes of what a document says of its publisher.
pb::CreateSourceRequest CreateSourceRequestOf(const pb::SourceProposal& proposal,
                                              std::string request_id);

}  // namespace telex::cli
