#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "platform/errors/errors.h"

namespace telex::errors {

// Metadata: after how many milliseconds the same may be tried again. RetryInfo over gRPC,
// Retry-After over HTTP.
inline constexpr std::string_view kRetryAfterKey = "retry_after_ms";

// What the metadata has under it; nullopt: nothing, or no whole number from 0 on.
inline std::optional<std::int64_t> RetryAfterMs(const Metadata& metadata) {
  const auto found = metadata.find(kRetryAfterKey);
  if (found == metadata.end()) return std::nullopt;
  const std::string& text = found->second;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

}  // namespace telex::errors
