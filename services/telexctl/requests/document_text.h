// The text that a file holds, whatever it was saved as.
#pragma once

#include <absl/status/statusor.h>

#include <string>

namespace telex::cli {

// UTF-16 with a byte order mark, as Windows' editors save it, becomes UTF-8; all else stays as it
// is. INVALID_ARGUMENT / NOT_UTF8 with the metadata `binary` for what is no text: PDF, a word
// processor's file, a picture. Pure.
absl::StatusOr<std::string> DocumentText(std::string bytes);

}  // namespace telex::cli
