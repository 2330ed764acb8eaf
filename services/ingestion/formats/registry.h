#pragma once

#include <absl/status/statusor.h>

#include <string_view>
#include <vector>

#include "ingestion/formats/input_format.h"

namespace telex::ingestion {

// The format for a Content-Type ("text/plain; charset=utf-8": case and parameters do not matter),
// never null. INVALID_ARGUMENT / UNSUPPORTED_MEDIA_TYPE, listing the known ones, when there is
// none.
absl::StatusOr<const InputFormat*> FormatOf(std::string_view content_type);

// Parses with the format of `content_type`; its charset parameter becomes a hint.
absl::StatusOr<ParsedDocument> ParseDocument(std::string_view content_type, std::string_view bytes,
                                             ParseHints hints = {});

// Every media type that is understood, sorted.
std::vector<std::string_view> KnownMediaTypes();

// The parts of a Content-Type (RFC 9110, 8.3.1).
struct ContentType {
  std::string media_type;  // lower case: "text/plain"
  std::string charset;     // lower case, unquoted; empty when not named
};
ContentType ReadContentType(std::string_view text);

}  // namespace telex::ingestion
