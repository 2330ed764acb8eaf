#include "translation/domain/tagged_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace telex::translation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Kind = Piece::Kind;

TEST(TaggedText, IsReadIntoTextAndTags) {
  const auto pieces = ParseTagged("Up <1>ten</1> per cent<2/>, AT&amp;T &lt; 5 > 4");
  ASSERT_TRUE(pieces.ok()) << pieces.status();
  EXPECT_THAT(*pieces, ElementsAre(Piece{Kind::kText, "Up "}, Piece{Kind::kOpen, "", 1},
                                   Piece{Kind::kText, "ten"}, Piece{Kind::kClose, "", 1},
                                   Piece{Kind::kText, " per cent"}, Piece{Kind::kStandalone, "", 2},
                                   Piece{Kind::kText, ", AT&T < 5 > 4"}));
}

TEST(TaggedText, ComesOutAsItWasRead) {
  for (const std::string_view text : {"", "plain", "<1><2/></1>", "<2>b<1>a</1></2>",
                                      "1 &lt; 2 &amp;&amp; 2 > 1", "<999/>", "Հայ<1/>"}) {
    const auto pieces = ParseTagged(text);
    ASSERT_TRUE(pieces.ok()) << text << ": " << pieces.status();
    EXPECT_EQ(RenderTagged(*pieces), text);
  }
}

TEST(TaggedText, ThatIsNoneIsRefusedWithItsPlace) {
  const struct {
    std::string_view text;
    std::string_view why;
  } kCases[] = {
      {"a <b>", "byte 2: no tag"},
      {"a < b", "byte 2: no tag"},
      {"a & b", "byte 2: no &amp;"},
      {"&gt;", "byte 0: no &amp;"},
      {"<0/>", "no tag"},
      {"<01/>", "no tag"},
      {"<1000/>", "no tag"},
      {"</1/>", "no tag"},
      {"<1>x", "<1> is not closed"},
      {"x</1>", "byte 1: </1> closes"},
      {"<1><2></1></2>", "</1> closes"},
      {"<1/><1/>", "byte 4: tag 1 comes twice"},
      {"<1></1><1></1>", "comes twice"},
      {"<", "no tag"},
      {"<+1/>", "no tag"},
      {"<>", "no tag"},
  };
  for (const auto& [text, why] : kCases) {
    const auto pieces = ParseTagged(text);
    ASSERT_FALSE(pieces.ok()) << text;
    EXPECT_THAT(std::string(pieces.status().message()), HasSubstr(std::string(why))) << text;
  }
}

TEST(TaggedText, IsPlainWithoutItsTags) {
  EXPECT_EQ(PlainTextOf("Up <1>ten</1><2/> &amp; &lt;5"), "Up ten & <5");
  EXPECT_EQ(PlainTextOf("a < b & c</7>"), "a < b & c");
  EXPECT_EQ(PlainTextOf(EscapeText("1 < 2 && <1>")), "1 < 2 && <1>");
}

}  // namespace
}  // namespace telex::translation
