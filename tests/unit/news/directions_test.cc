#include "news/directions.h"

#include <gtest/gtest.h>

#include <iterator>
#include <random>
#include <string>

#include "news/plain_text.h"
#include "tests/support/directions.h"

namespace telex::news {
namespace {

TEST(BalancedTest, ClosesWhatIsOpenAtTheEndOfEachParagraph) {
  EXPECT_EQ(Balanced("\u202Eabc"), "\u202Eabc\u202C");
  EXPECT_EQ(Balanced("\u2067שלום\n(2)"), "\u2067שלום\u2069\n(2)");
  EXPECT_EQ(Balanced("\u2066a\u202Bb\u2029c"), "\u2066a\u202Bb\u202C\u2069\u2029c");
  EXPECT_EQ(Balanced("\u2068سلام \u202Dx"), "\u2068سلام \u202Dx\u202C\u2069");
  EXPECT_EQ(Balanced("\u202Aa\u0085b"), "\u202Aa\u202C\u0085b");
}

TEST(BalancedTest, DropsWhatClosesNothing) {
  EXPECT_EQ(Balanced("a\u202Cb\u2069c"), "abc");
  EXPECT_EQ(Balanced("\u202Ba\u202C\u202C"), "\u202Ba\u202C");
  EXPECT_EQ(Balanced("\u202Ba\n\u202C"), "\u202Ba\u202C\n");
  EXPECT_EQ(Balanced("\u2067a\u202Cb\u2069"), "\u2067ab\u2069");
  EXPECT_EQ(Balanced("\u202Ba\u2067b\u202Cc\u2069d\u202C"), "\u202Ba\u2067bc\u2069d\u202C");
}

TEST(BalancedTest, AnIsolateClosesTheEmbeddingsInIt) {
  EXPECT_EQ(Balanced("\u2067a\u202Bb\u2069c"), "\u2067a\u202Bb\u202C\u2069c");
}

TEST(BalancedTest, LeavesAllElseAsItIs) {
  for (const char* text :
       {"", "plain", "“quoted” — and…", "\u2067שלום\u2069 \u200F!", "a\xFF\xE2\x80’"}) {
    EXPECT_EQ(Balanced(text), text);
  }
}

TEST(BalancedTest, HoldsForWhateverComes) {
  static constexpr std::string_view kPieces[] = {"\u202A",
                                                 "\u202B",
                                                 "\u202C",
                                                 "\u202D",
                                                 "\u202E",
                                                 "\u2066",
                                                 "\u2067",
                                                 "\u2068",
                                                 "\u2069",
                                                 "a",
                                                 "ש",
                                                 "\n",
                                                 "\u2029",
                                                 " ",
                                                 "<bdi>",
                                                 "</bdi>",
                                                 "<bdo dir=\"rtl\">",
                                                 "</bdo>",
                                                 "<p>",
                                                 "</p>",
                                                 "<br>",
                                                 "<del>",
                                                 "</del>",
                                                 "<td>",
                                                 "</td>",
                                                 "<tr>",
                                                 "<table>",
                                                 "</table>",
                                                 "<li>",
                                                 "<sup>",
                                                 "</sup>",
                                                 "<pre>",
                                                 "</pre>",
                                                 "<td rowspan=\"2\">",
                                                 "<abbr title=\"\u202E\">",
                                                 "</abbr>"};
  std::mt19937 random(11);
  for (int round = 0; round < 5'000; ++round) {
    std::string text;
    for (std::size_t i = random() % 30; i > 0; --i) text += kPieces[random() % std::size(kPieces)];
    ASSERT_TRUE(tests::IsBalanced(Balanced(text))) << text;
    ASSERT_EQ(Balanced(Balanced(text)), Balanced(text)) << text;
    for (const Lines lines : {Lines::kKept, Lines::kJoined})
      ASSERT_TRUE(tests::IsBalanced(PlainTextOf(text, lines))) << text;
  }
}

}  // namespace
}  // namespace telex::news
