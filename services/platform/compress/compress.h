#pragma once

// Bytes in, compressed bytes out. The same input and level give the same bytes on every replica
// that runs the same library version: no time and no host is written into them. Pure, any thread.

#include <absl/status/statusor.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace telex::compress {

inline constexpr std::size_t kInputBytesMax = 256u << 20;
inline constexpr int kGzipLevelDefault = 6;
inline constexpr int kBrotliQualityDefault = 5;  // about gzip 9's time, clearly smaller on text

// RFC 1952, one member, mtime 0, OS 255 (unknown). `level` 1..9. INVALID_ARGUMENT for a level or
// an input out of bounds; RESOURCE_EXHAUSTED when there is no memory for it.
absl::StatusOr<std::string> Gzip(std::string_view bytes, int level = kGzipLevelDefault);

// RFC 7932. `quality` 0..11 (11 is slower by two orders of magnitude than 5). Errors as Gzip.
absl::StatusOr<std::string> Brotli(std::string_view bytes, int quality = kBrotliQualityDefault);

// The content of a gzip file of one or more members, at most `bytes_max` of it. INVALID_ARGUMENT
// when it is not gzip, is cut short or has anything behind it; OUT_OF_RANGE when it would be more
// than `bytes_max` (nothing is allocated beyond that).
absl::StatusOr<std::string> Gunzip(std::string_view bytes, std::size_t bytes_max);

}  // namespace telex::compress
