#include "telexctl/requests/request_id.h"

#include <fmt/format.h>

#include <cstdint>
#include <random>

namespace telex::cli {

std::string NewRequestId() {
  std::random_device device;  // the operating system's
  const auto word = [&] { return static_cast<std::uint64_t>(device()) << 32 | device(); };
  const std::uint64_t high = (word() & ~std::uint64_t{0xf000}) | 0x4000;
  const std::uint64_t low = (word() & ~(std::uint64_t{3} << 62)) | std::uint64_t{2} << 62;
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, high >> 16 & 0xffff,
                     high & 0xffff, low >> 48, low & 0xffffffffffff);
}

}  // namespace telex::cli
