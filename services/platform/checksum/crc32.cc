#include "platform/checksum/crc32.h"

#include <zlib.h>

namespace telex::checksum {
namespace {

uLong Add(uLong sum, std::string_view bytes) {
  if (bytes.empty()) return sum;  // of a null pointer zlib begins again
  return crc32_z(sum, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

}  // namespace

std::uint32_t Crc32(std::string_view key, std::string_view value) {
  return static_cast<std::uint32_t>(Add(Add(0, key), value));
}

}  // namespace telex::checksum
