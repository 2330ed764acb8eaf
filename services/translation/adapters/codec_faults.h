#pragma once

#include <absl/status/status.h>
#include <fmt/format.h>

#include <string_view>

namespace telex::translation {

// What is wrong with a record. INVALID_ARGUMENT: no release has written it.
inline absl::Status Malformed(std::string_view field, std::string_view expected) {
  return absl::InvalidArgumentError(fmt::format("{}: expects {}", field, expected));
}
// UNIMPLEMENTED.
inline absl::Status Newer(std::string_view field) {
  return absl::UnimplementedError(fmt::format("{}: a newer release has written it", field));
}

}  // namespace telex::translation
