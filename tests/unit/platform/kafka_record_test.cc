#include <gtest/gtest.h>

#include "platform/kafka/record.h"

namespace telex::kafka {
namespace {

Record Sample() {
  return {.topic = "t", .partition = 0, .offset = 7, .timestamp_ms = 1, .key = "k", .value = "v"};
}

// Stored by one release and compared by the next.
TEST(FingerprintOfTest, IsStable) {
  EXPECT_EQ(FingerprintOf(Sample()),
            (Fingerprint{.offset = 7, .timestamp_ms = 1, .hash = 0x3d0a411935b82599}));
}

TEST(FingerprintOfTest, TellsRecordsApart) {
  const auto differs = [](auto change) {
    Record other = Sample();
    change(other);
    return FingerprintOf(other) != FingerprintOf(Sample());
  };
  EXPECT_FALSE(differs([](Record&) {}));
  EXPECT_TRUE(differs([](Record& r) { r.offset = 8; }));
  EXPECT_TRUE(differs([](Record& r) { r.timestamp_ms = 2; }));
  EXPECT_TRUE(differs([](Record& r) { r.key = "K"; }));
  EXPECT_TRUE(differs([](Record& r) { r.value = "w"; }));
  Record tombstone = Sample();
  tombstone.value.reset();
  Record empty = Sample();
  empty.value = "";
  EXPECT_NE(FingerprintOf(tombstone), FingerprintOf(empty));
}

}  // namespace
}  // namespace telex::kafka
