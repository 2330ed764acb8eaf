#include "views/domain/unique_visitors.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace telex::views {
namespace {

UniqueVisitors VisitorsOf(std::uint64_t seed, int visitors) {
  std::mt19937_64 random(seed);
  UniqueVisitors unique;
  for (int i = 0; i < visitors; ++i) unique.Add(random());
  return unique;
}

TEST(UniqueVisitors, NobodyIsNone) { EXPECT_EQ(std::llround(UniqueVisitors().Estimate()), 0); }

TEST(UniqueVisitors, FewAreCountedNearlyExactly) {
  for (const int visitors : {1, 2, 10, 50}) {
    EXPECT_NEAR(VisitorsOf(7, visitors).Estimate(), visitors, 0.02 * visitors + 0.6) << visitors;
  }
}

TEST(UniqueVisitors, TheErrorIsThatWhichIsStated) {
  constexpr double kStandardError = 0.01625;
  for (const int visitors : {500, 3'000, 20'000, 300'000}) {
    double squares = 0;
    constexpr int kRounds = 20;
    for (int round = 0; round < kRounds; ++round) {
      const double off = VisitorsOf(1'000 + round, visitors).Estimate() / visitors - 1;
      squares += off * off;
    }
    EXPECT_LT(std::sqrt(squares / kRounds), 1.6 * kStandardError) << visitors;
  }
}

TEST(UniqueVisitors, WhoComesAgainIsTheSame) {
  UniqueVisitors once = VisitorsOf(3, 1'000);
  const UniqueVisitors before = once;
  once.Merge(VisitorsOf(3, 700));
  EXPECT_EQ(once, before);
}

TEST(UniqueVisitors, MergedIsWhatAllOfThemTogetherAre) {
  UniqueVisitors few = VisitorsOf(1, 100);
  UniqueVisitors many = VisitorsOf(2, 5'000);
  UniqueVisitors both = few;
  both.Merge(many);
  many.Merge(few);
  EXPECT_EQ(both, many);
  EXPECT_NEAR(both.Estimate(), 5'100, 5'100 * 0.05);
}

TEST(UniqueVisitors, BytesAreReadBack) {
  for (const int visitors : {0, 1, 300, 511, 512, 9'000}) {
    const UniqueVisitors unique = VisitorsOf(5, visitors);
    const auto parsed = UniqueVisitors::Parse(unique.Serialise());
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(*parsed, unique) << visitors;
  }
}

TEST(UniqueVisitors, BytesThatNobodyWroteAreRefused) {
  using std::string_literals::operator""s;
  for (const std::string& bytes :
       {"\x01\x00"s, "\x01\x00\x05\x00"s, "\x01\x00\x05\x36"s, "\x01\x10\x00\x01"s,
        "\x01\x00\x05\x01\x00\x05\x01"s, "\x02\x01"s}) {
    EXPECT_EQ(UniqueVisitors::Parse(bytes).status().code(), absl::StatusCode::kDataLoss);
  }
  EXPECT_EQ(UniqueVisitors::Parse("\x03").status().code(), absl::StatusCode::kUnimplemented);
}

}  // namespace
}  // namespace telex::views
