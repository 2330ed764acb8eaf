#pragma once

#include <cstdint>
#include <string_view>

namespace telex::checksum {

// The CRC-32 of gzip (RFC 1952, 8) over a key and then the value that lies under it, so that a
// value under another key does not fit either. Pure; any thread.
std::uint32_t Crc32(std::string_view key, std::string_view value);

}  // namespace telex::checksum
