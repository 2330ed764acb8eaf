#include "news/plain_text.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "news/script_letters.h"

namespace telex::news {
namespace {

std::string OneLine(std::string_view html) { return PlainTextOf(html, Lines::kJoined); }

TEST(PlainTextTest, BlocksAreLinesAndMarkupIsGone) {
  EXPECT_EQ(PlainTextOf("<p>a &amp; <b>b</b></p><ul><li>c</li><li>d</li></ul>"), "a & b\n• c\n• d");
  EXPECT_EQ(PlainTextOf("<p>a<br>b</p><h2>c</h2>"), "a\nb\nc");
  EXPECT_EQ(PlainTextOf("<p>un<b>bro</b>ken <a href=\"https://a.example/\">li</a>nk</p>"),
            "unbroken link");
  EXPECT_EQ(PlainTextOf("<p>a<img src=\"https://a.example/x\" alt=\"b\"></p>"), "a");
  EXPECT_EQ(PlainTextOf("<figure><figcaption>c</figcaption></figure><p>d</p>"), "c\nd");
  EXPECT_EQ(PlainTextOf("<dl><dt>a</dt><dd>b</dd></dl>"), "a\nb");
  EXPECT_EQ(PlainTextOf(""), "");
  EXPECT_EQ(OneLine("<p>One &amp; two</p><p>three&#160;&#x41;&nbsp; &lt;b&gt;</p>"),
            "One & two • three\xC2\xA0"
            "A <b>");
  EXPECT_EQ(OneLine("a & b &unknown; c"), "a & b &unknown; c");
}

TEST(PlainTextTest, RaisedAndLoweredTextStaysSo) {
  EXPECT_EQ(PlainTextOf("<p>10<sup>6</sup> m<sup>−2</sup> CO<sub>2</sub></p>"), "10⁶ m⁻² CO₂");
  EXPECT_EQ(PlainTextOf("<p>21<sup>st</sup> x<sup>n+1</sup> a<sub>i</sub></p>"), "21ˢᵗ xⁿ⁺¹ aᵢ");
  EXPECT_EQ(PlainTextOf("<p>x<sup>1/2</sup> y<sub>β</sub> z<sup>1 2</sup></p>"),
            "x^(1/2) y_(β) z^(1 2)");
  EXPECT_EQ(PlainTextOf("<p>e<sup>x<sup>2</sup></sup></p>"), "e^(x²)");
  EXPECT_EQ(PlainTextOf("<p>a<sup><b>2</b></sup> b<sup></sup></p>"), "a² b");
}

TEST(PlainTextTest, DeletedTextDoesNotReadAsAFact) {
  EXPECT_EQ(PlainTextOf("<p><del>found guilty</del> <ins>acquitted</ins></p>"),
            "[deleted: found guilty] acquitted");
  EXPECT_EQ(OneLine("<p>He was <s>guilty</s>.</p><p><del>All of it.</del></p>"),
            "He was [deleted: guilty]. [deleted: All of it.]");
  EXPECT_EQ(PlainTextOf("<p>a<del> </del>b</p>"), "a b");
}

TEST(PlainTextTest, QuotesHaveQuotationMarks) {
  EXPECT_EQ(PlainTextOf("<p>She said <q>he said <q>no</q> to me</q>.</p>"),
            "She said “he said ‘no’ to me”.");
}

TEST(PlainTextTest, AbbreviationsAreExpandedTheFirstTime) {
  EXPECT_EQ(PlainTextOf("<p><abbr title=\"R &amp; &quot;D&quot;\">RD</abbr>, "
                        "<abbr title=\"R &amp; &quot;D&quot;\">RD</abbr>, <abbr>X</abbr>, "
                        "<abbr title=\"Y\">Y</abbr></p>"),
            "RD (R & \"D\"), RD, X, Y");
}

TEST(PlainTextTest, ReadingsStandInBrackets) {
  EXPECT_EQ(PlainTextOf("<p><ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby>です</p>"),
            "漢字(かんじ)です");
  EXPECT_EQ(PlainTextOf("<p><ruby>漢<rt>かん</rt>字<rt>じ</rt></ruby></p>"), "漢(かん)字(じ)");
}

TEST(PlainTextTest, DirectionsAreKeptAndClosed) {
  EXPECT_EQ(PlainTextOf("<p>a <bdi>ב</bdi> <bdi dir=\"rtl\">c</bdi> <bdi dir=\"ltr\">d</bdi></p>"),
            "a \u2068ב\u2069 \u2067c\u2069 \u2066d\u2069");
  EXPECT_EQ(PlainTextOf("<p><bdo dir=\"rtl\">ab</bdo> <bdo dir=\"ltr\">c</bdo></p>"),
            "\u202Eab\u202C \u202Dc\u202C");
  EXPECT_EQ(PlainTextOf("<p><bdo dir=\"rtl\">ab"), "\u202Eab\u202C");
}

TEST(PlainTextTest, CellsStayApartAndRowsAreLines) {
  constexpr std::string_view kTable =
      "<p>before</p><table><caption>Cap</caption><thead><tr><th>Club</th><th>Points</th></tr>"
      "</thead><tbody><tr><td>Ararat</td><td><p>3</p><p>(4)</p></td></tr>"
      "<tr><td></td><td></td><td>x</td></tr></tbody></table><p>after</p>";
  EXPECT_EQ(PlainTextOf(kTable), "before\nCap\nClub | Points\nArarat | 3 • (4)\n| | x\nafter");
  EXPECT_EQ(OneLine(kTable), "before • Cap • Club | Points; Ararat | 3 • (4); | | x • after");
  EXPECT_EQ(PlainTextOf("<table><tbody><tr><td>a<table><tbody><tr><td>b</td><td>c</td></tr>"
                        "<tr><td>d</td></tr></tbody></table></td><td>e</td></tr></tbody></table>"),
            "a • b, c • d | e");
}

TEST(PlainTextTest, PreformattedTextKeepsItsLines) {
  EXPECT_EQ(PlainTextOf("<p>a</p><pre>  x\n\n  <code>y</code>  z\n</pre><p>b  c</p>"),
            "a\n  x\n\n  y  z\nb c");
  EXPECT_EQ(OneLine("<pre>  x\n\n  y</pre>"), "x y");
}

TEST(PlainTextTest, StopsSoonAfterItsBound) {
  std::string html = "<p>";
  for (int i = 0; i < 10'000; ++i) html += "word ";
  const std::string text = PlainTextOf(html, Lines::kJoined, 100);
  EXPECT_GT(text.size(), 100u);
  EXPECT_LT(text.size(), 120u);
}

// A letter may go into another one, but none comes of nothing, and what is no UTF-8 is none.
TEST(PlainTextTest, TakesWhateverComes) {
  static constexpr std::string_view kPieces[] = {"<p>",
                                                 "</p>",
                                                 "<sup>",
                                                 "</sup>",
                                                 "<del>",
                                                 "</del>",
                                                 "<q>",
                                                 "</q>",
                                                 "<td>",
                                                 "</td>",
                                                 "<tr>",
                                                 "</tr>",
                                                 "<table>",
                                                 "</table>",
                                                 "<pre>",
                                                 "</pre>",
                                                 "<rp>",
                                                 "</rp>",
                                                 "<rt>",
                                                 "</rt>",
                                                 "<bdo dir=\"rtl\">",
                                                 "</bdo>",
                                                 "<abbr title=\"",
                                                 "\">",
                                                 "</abbr>",
                                                 "text",
                                                 " ",
                                                 "\n",
                                                 "&amp;",
                                                 "&#x",
                                                 ";",
                                                 "<",
                                                 ">",
                                                 "&",
                                                 "\xFF",
                                                 "\xE2\x80",
                                                 "<>",
                                                 "</>",
                                                 "ё"};
  std::mt19937 random(5);
  for (int round = 0; round < 5'000; ++round) {
    std::string html;
    for (std::size_t i = random() % 40; i > 0; --i) html += kPieces[random() % std::size(kPieces)];
    for (const Lines lines : {Lines::kKept, Lines::kJoined}) {
      const std::string text = PlainTextOf(html, lines);
      ASSERT_EQ(text.find('\xFF'), std::string::npos) << html;
      ASSERT_EQ(text, PlainTextOf(html, lines));
      if (lines == Lines::kJoined) {
        ASSERT_EQ(text.find('\n'), std::string::npos) << html;
      }
    }
  }
}

TEST(ScriptLettersTest, AreAllThereOrNone) {
  EXPECT_EQ(Superscript("0123456789+-=()"), "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾");
  EXPECT_EQ(Subscript("0123456789+−=()"), "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎");
  EXPECT_EQ(Superscript("2q"), "");
  EXPECT_EQ(Subscript("2b"), "");
  EXPECT_EQ(Superscript(""), "");
}

}  // namespace
}  // namespace telex::news
