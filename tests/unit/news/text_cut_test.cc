#include "news/text_cut.h"

#include <gtest/gtest.h>

#include <string>

namespace telex::news {
namespace {

constexpr std::size_t kNoBound = 1'000'000;

std::string Times(int times, std::string_view text) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST(CutTextTest, CutsAtTheEndOfAWord) {
  EXPECT_EQ(CutText("The quick brown fox", 19, kNoBound), "The quick brown fox");
  EXPECT_EQ(CutText("The quick brown fox", 18, kNoBound), "The quick brown…");
  EXPECT_EQ(CutText("The quick brown fox", 16, kNoBound), "The quick brown…");
  EXPECT_EQ(CutText("The quick brown fox", 15, kNoBound), "The quick…");
  EXPECT_EQ(CutText("A wordofmanyletters", 10, kNoBound), "A wordofm…") << "none in the 2nd half";
  EXPECT_EQ(CutText("ааааааааааааа", 5, kNoBound), "аааа…");
  EXPECT_EQ(CutText("", 10, 10), "");
}

// 10 letters each, whatever they are made of.
TEST(CutTextTest, NoLetterIsCut) {
  for (const std::string_view letter : {"x", "ж", "字", "e\u0301", "👨‍👩‍👧", "🇦🇲",
                                        "👍🏽", "각", "नि", "क्ष", "ի", "\u0E01\u0E33"}) {
    EXPECT_EQ(CutText(Times(10, letter), 10, kNoBound), Times(10, letter)) << letter;
    EXPECT_EQ(CutText(Times(11, letter), 10, kNoBound), Times(9, letter) + "…") << letter;
    const std::size_t room = 3 * letter.size() + 3;
    EXPECT_EQ(CutText(Times(11, letter), 10, room), Times(3, letter) + "…") << letter;
    EXPECT_EQ(CutText(Times(11, letter), 10, room - 1), Times(2, letter) + "…") << letter;
  }
}

TEST(CutTextTest, TheBoundInBytesHoldsForLettersMadeToBeLong) {
  const std::string tower = "a" + Times(1'000, "\u0301");
  EXPECT_EQ(CutText(tower + tower, 10, 3'000), tower + "…");
  EXPECT_EQ(CutText(tower, 10, 100), "…");
  EXPECT_EQ(CutText(tower, 10, 2), "");
}

TEST(CutTextTest, ClosesTheDirectionsThatItCuts) {
  EXPECT_EQ(CutText("a \u2067bcd\u202Eefg\u202C\u2069 h", 8, kNoBound),
            "a \u2067bcd\u202Eef…\u202C\u2069");
  EXPECT_EQ(CutText("\u2068ab\u2069cdefgh", 5, kNoBound), "\u2068ab\u2069cd…");
  EXPECT_EQ(CutText("\u2068abcdefgh\u2069", 8, kNoBound), "\u2068abcdefgh\u2069") << "no letters";
  const std::string cut = CutText(Times(20, "\u2067x") + "yyyyyyyy", 25, 60);
  EXPECT_LE(cut.size(), 60u);
  EXPECT_TRUE(cut.ends_with("…" + Times(static_cast<int>(cut.size() / 7), "\u2069"))) << cut;
}

}  // namespace
}  // namespace telex::news
