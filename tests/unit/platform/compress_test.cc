#include "platform/compress/compress.h"

#include <brotli/decode.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>

namespace telex::compress {
namespace {

std::string Prose(std::size_t bytes) {
  std::mt19937 random(7);
  std::string text;
  while (text.size() < bytes) {
    for (int letters = 1 + static_cast<int>(random() % 8); letters > 0; --letters) {
      text.push_back(static_cast<char>('a' + random() % 20));
    }
    text.push_back(' ');
  }
  text.resize(bytes);
  return text;
}

std::string Unbrotli(const std::string& bytes, std::size_t size_max) {
  std::string out(size_max, '\0');
  std::size_t size = size_max;
  EXPECT_EQ(
      BrotliDecoderDecompress(bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()),
                              &size, reinterpret_cast<std::uint8_t*>(out.data())),
      BROTLI_DECODER_RESULT_SUCCESS);
  out.resize(size);
  return out;
}

TEST(Gzip, ComesBackAtEveryLevelAndSize) {
  for (std::size_t size : {0u, 1u, 100u, 20'000u, 300'000u}) {
    const std::string text = Prose(size);
    for (int level = 1; level <= 9; ++level) {
      const auto packed = Gzip(text, level);
      ASSERT_TRUE(packed.ok()) << packed.status();
      const auto back = Gunzip(*packed, size);
      ASSERT_TRUE(back.ok()) << back.status();
      EXPECT_EQ(*back, text);
      if (size >= 20'000) {
        EXPECT_LT(packed->size(), size * 3 / 4);
      }
    }
  }
}

TEST(Gzip, WritesNoTimeAndNoHost) {
  const std::string packed = Gzip("story").value();
  EXPECT_EQ(packed.substr(0, 3), "\x1f\x8b\x08");
  EXPECT_EQ(packed.substr(3, 5), std::string(5, '\0'));   // flags, mtime
  EXPECT_EQ(static_cast<unsigned char>(packed[9]), 255);  // OS
  EXPECT_EQ(packed, Gzip("story").value());
}

TEST(Gzip, RefusesALevelOutOfBounds) {
  EXPECT_EQ(Gzip("x", 0).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Gzip("x", 10).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Gunzip, StopsAtItsBound) {
  const std::string bomb = Gzip(std::string(10'000'000, 'a')).value();
  EXPECT_EQ(Gunzip(bomb, 9'999'999).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(Gunzip(bomb, 0).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(Gunzip(bomb, 10'000'000).value().size(), 10'000'000u);
  EXPECT_EQ(Gunzip(bomb, SIZE_MAX).value().size(), 10'000'000u);
}

TEST(Gunzip, TakesSeveralMembersAndNothingElse) {
  const std::string one = Gzip("one").value();
  EXPECT_EQ(Gunzip(one + Gzip("two").value(), 100).value(), "onetwo");
  EXPECT_EQ(Gunzip(one + "rest", 100).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Gunzip("no gzip at all", 100).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Gunzip("", 100).status().code(), absl::StatusCode::kInvalidArgument);
  for (std::size_t cut = 1; cut < one.size(); ++cut) {
    EXPECT_EQ(Gunzip(one.substr(0, cut), 100).status().code(), absl::StatusCode::kInvalidArgument);
  }
  std::string damaged = one;
  damaged[damaged.size() - 6] ^= 1;  // in the checksum
  EXPECT_EQ(Gunzip(damaged, 100).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Brotli, ComesBackAndIsTheSameEachTime) {
  for (std::size_t size : {0u, 1u, 20'000u}) {
    const std::string text = Prose(size);
    for (int quality : {0, 5, 9, 11}) {
      const auto packed = Brotli(text, quality);
      ASSERT_TRUE(packed.ok()) << packed.status();
      EXPECT_EQ(Unbrotli(*packed, size + 1), text);
      EXPECT_EQ(*packed, Brotli(text, quality).value());
    }
  }
  EXPECT_EQ(Brotli("x", 12).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Brotli("x", -1).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace telex::compress
