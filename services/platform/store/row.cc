#include "platform/store/row.h"

#include <cstdint>
#include <cstring>

#include "platform/checksum/crc32.h"

namespace telex::store {

void SealRow(std::string_view key, std::string_view value, char* to) {
  const std::uint32_t sum = checksum::Crc32(key, value);
  static_assert(sizeof sum == kChecksumBytes);
  std::memcpy(to, &sum, kChecksumBytes);
  if (!value.empty()) std::memcpy(to + kChecksumBytes, value.data(), value.size());
}

std::optional<std::string_view> ValueOfRow(std::string_view key, std::string_view row) {
  std::uint32_t sum = 0;
  if (row.size() < kChecksumBytes) return std::nullopt;
  std::memcpy(&sum, row.data(), kChecksumBytes);
  const std::string_view value = row.substr(kChecksumBytes);
  if (checksum::Crc32(key, value) != sum) return std::nullopt;
  return value;
}

}  // namespace telex::store
