// Getting a document in, whatever it takes: its source is made when there is none, and its key
// chosen when it has none. All that was done on the way is told.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <string>
#include <string_view>

#include "telexctl/ingestion_api.h"

namespace telex::cli {

struct ImportOrder {
  std::string document;
  std::string media_type;
  std::string source;   // empty: what the document says
  std::string key;      // empty: what the document gives
  bool strict = false;  // asks for what is missing instead of choosing it
  bool validate_only = false;
};

struct ImportTools {
  std::function<std::string()> new_request_id;
  // The command as it was typed, with this flag instead of the one it has.
  std::function<std::string(std::string_view flag, std::string_view value)> line_with;
  std::function<void(std::string_view line)> tell;
  std::function<void(absl::Duration)> sleep;
};

// A refusal carries its reason: UNKNOWN_SOURCE and NEEDS_KEY when strict, and what the server says.
absl::StatusOr<pb::ImportDocumentResponse> Import(IngestionApi& api, ImportOrder order,
                                                  const ImportTools& tools);

// Ok when all that the document holds is in, or was already.
absl::Status OutcomeOf(const pb::ImportDocumentResponse& response, bool validate_only);

}  // namespace telex::cli
