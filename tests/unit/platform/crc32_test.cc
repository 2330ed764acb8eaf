#include "platform/checksum/crc32.h"

#include <gtest/gtest.h>

namespace telex::checksum {
namespace {

TEST(Crc32Test, IsThatOfGzip) {
  EXPECT_EQ(Crc32("", "123456789"), 0xcbf43926u);
  EXPECT_EQ(Crc32("1234", "56789"), 0xcbf43926u);
  EXPECT_EQ(Crc32("123456789", std::string_view()), 0xcbf43926u);
  EXPECT_EQ(Crc32("", ""), 0u);
}

}  // namespace
}  // namespace telex::checksum
