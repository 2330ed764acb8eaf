#pragma once

#include <absl/status/status.h>

#include <string>
#include <string_view>

namespace telex::cli {

// Writes a file that is not there yet: what somebody has worked on is not written over. Wrong usage
// where it is, or cannot be written.
absl::Status WriteNewFile(const std::string& file, std::string_view bytes);

// The same, or with -2, -3 … before its extension where it is there: the first that is free.
std::string FreeFileName(const std::string& file);

}  // namespace telex::cli
