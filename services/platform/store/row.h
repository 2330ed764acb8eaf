#pragma once

// A row as it lies in the file: a checksum of its key and its value, then the value. It tells bytes
// that have changed on their way to the disk and back, and a row that stands under another key; it
// is no protection against whoever may write the file. Pure; any thread.

#include <cstddef>
#include <optional>
#include <string_view>

namespace telex::store {

inline constexpr std::size_t kChecksumBytes = 4;

// Writes the row to `to`, which has room for kChecksumBytes + value.size(), and none of the
// value's.
void SealRow(std::string_view key, std::string_view value, char* to);

// The value, a view into the row; nullopt when the row does not fit its checksum.
std::optional<std::string_view> ValueOfRow(std::string_view key, std::string_view row);

}  // namespace telex::store
