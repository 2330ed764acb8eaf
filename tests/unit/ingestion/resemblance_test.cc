#include "ingestion/domain/resemblance.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

namespace telex::ingestion {
namespace {

std::string Words(int first, int count) {
  std::string text;
  for (int i = first; i < first + count; ++i) text += fmt::format("word{} ", i);
  return text;
}

double Of(std::string_view a, std::string_view b) {
  return Resemblance(ShinglesOf(a), ShinglesOf(b));
}

TEST(ResemblanceTest, TheSameTextIsTheSameHoweverItIsSet) {
  EXPECT_EQ(Of("<p>The ferry leaves at nine.</p>", "<p>THE <b>ferry</b> leaves\n at nine</p>"), 1);
  EXPECT_EQ(Of("<p>Պաղեստինյան լուր այսօր եկավ</p>", "<p>ՊԱՂԵՍՏԻՆՅԱՆ ԼՈՒՐ ԱՅՍՕՐ ԵԿԱՎ</p>"), 1);
}

TEST(ResemblanceTest, ACorrectionIsNearlyTheSameAndAnotherStoryIsNot) {
  std::string corrected = Words(0, 100);
  corrected.replace(corrected.find("word50"), 6, "WORDX");
  EXPECT_GT(Of(Words(0, 100), corrected), 0.9);
  EXPECT_GE(Of(Words(0, 100), Words(0, 130)), kNearlyTheSame);  // a paragraph was added
  EXPECT_LT(Of(Words(0, 100), Words(60, 100)), kNearlyTheSame);
  EXPECT_EQ(Of(Words(0, 100), Words(100, 100)), 0);
  // The same words in another order are another text.
  EXPECT_EQ(Of("a b c d e f g h", "h g f e d c b a"), 0);
}

TEST(ResemblanceTest, ShortTextsCountWhole) {
  EXPECT_EQ(Of("<p>It happened.</p>", "It happened"), 1);
  EXPECT_EQ(Of("It happened", "It did"), 0);
  EXPECT_EQ(Of("", ""), 0);
  EXPECT_EQ(Of("<p></p>", "It happened"), 0);
}

TEST(ResemblanceTest, OnlyTheBeginningOfALongTextCounts) {
  const std::string begin = Words(0, 10'000);
  ASSERT_GT(begin.size(), kResemblanceBytesMax);
  EXPECT_EQ(Of(begin, begin + Words(20'000, 5'000)), 1);
}

}  // namespace
}  // namespace telex::ingestion
