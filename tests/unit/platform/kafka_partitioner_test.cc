#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "platform/kafka/partitioner.h"

namespace telex::kafka {
namespace {

// What org.apache.kafka.common.utils.Utils.murmur2 answers.
TEST(PartitionOf, HashesAsTheJavaClient) {
  const std::vector<std::pair<std::string, int32_t>> vectors = {
      {"21", -973932308},
      {"foobar", -790332482},
      {"a-little-bit-long-string", -985981536},
      {"a-little-bit-longer-string", -1486304829},
      {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
      {"abc", 479470107},
  };
  for (const auto& [bytes, hash] : vectors) {
    EXPECT_EQ(PartitionOf(bytes, INT32_MAX), (hash & INT32_MAX) % INT32_MAX) << bytes;
  }
}

TEST(PartitionOf, DropsTheSignAndTakesTheRemainder) {
  EXPECT_EQ(PartitionOf("abc", 12), 479470107 % 12);
  EXPECT_EQ(PartitionOf("21", 12), static_cast<int32_t>((-973932308 & 0x7fffffff) % 12));
  EXPECT_EQ(PartitionOf("", 1), 0);
}

TEST(PartitionOf, ReadsBytesAboveAsciiAsUnsigned) {
  const std::string armenian = "\xd5\xac\xd5\xb8\xd6\x82\xd6\x80";  // every tail length is met
  for (size_t size = 0; size <= armenian.size(); ++size) {
    const int32_t partition = PartitionOf(std::string_view(armenian).substr(0, size), 12);
    EXPECT_GE(partition, 0);
    EXPECT_LT(partition, 12);
  }
}

}  // namespace
}  // namespace telex::kafka
