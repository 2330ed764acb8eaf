#pragma once

#include <absl/status/status.h>
#include <fmt/format.h>

#include <string_view>

#include "platform/errors/errors.h"

namespace telex::translation {

// What is wrong with a record. INVALID_ARGUMENT: no release has written it.
inline absl::Status Malformed(std::string_view field, std::string_view expected) {
  return absl::InvalidArgumentError(fmt::format("{}: expects {}", field, expected));
}
// UNIMPLEMENTED.
inline absl::Status Newer(std::string_view field) {
  return absl::UnimplementedError(fmt::format("{}: a newer release has written it", field));
}
// What its reader says of a record that is about to be appended. INTERNAL: it cannot be read.
inline absl::Status NotWritten(std::string_view key, const absl::Status& read) {
  if (read.ok()) return read;
  return errors::Error(absl::StatusCode::kInternal, errors::kInternal,
                       fmt::format("{} is not appended, as nobody could read it: {}", key,
                                   std::string(read.message())));
}

}  // namespace telex::translation
