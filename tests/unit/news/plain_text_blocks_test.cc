// What keeps the blocks of a body apart in plain text: lists, tables, headings, lines.
#include <gtest/gtest.h>

#include <string>

#include "news/plain_text.h"
#include "news/punctuation.h"

namespace telex::news {
namespace {

std::string InOneLine(std::string_view html) { return PlainTextOf(html, Lines::kJoined); }
std::string Table(std::string_view rows) {
  return "<table><tbody>" + std::string(rows) + "</tbody></table>";
}

TEST(PlainTextTest, AnEmptyCellSwallowsNoRow) {
  const std::string table = Table(
      "<tr><th>City</th><th>Dead</th><th>Hurt</th></tr>"
      "<tr><td>Ada</td><td></td><td>3</td></tr><tr><td>Bor</td><td>7</td><td></td></tr>"
      "<tr><td>Cay</td><td>0</td><td>1</td></tr>");
  EXPECT_EQ(InOneLine(table), "City | Dead | Hurt; Ada | | 3; Bor | 7 |; Cay | 0 | 1");
  EXPECT_EQ(PlainTextOf(table), "City | Dead | Hurt\nAda | | 3\nBor | 7 |\nCay | 0 | 1");
  EXPECT_EQ(InOneLine(Table("<tr><td>Երևան</td><td></td></tr>") + "<p>Ավարտ։</p>"),
            "Երևան | • Ավարտ։");
  EXPECT_EQ(InOneLine(Table("<tr><td></td><td></td></tr><tr><td>شهر</td><td>٣</td></tr>")),
            "|; شهر | ٣");
}

TEST(PlainTextTest, ATableStandsApart) {
  const std::string table =
      "<table><caption>死傷者</caption><tbody><tr><td>東京</td><td>3</td></tr></tbody></table>";
  EXPECT_EQ(InOneLine("<p>速報。</p>" + table + "<p>以上</p>"),
            "速報。 • 死傷者 • 東京 | 3 • 以上");
  EXPECT_EQ(PlainTextOf("<p>速報。</p>" + table + "<p>以上</p>"), "速報。\n死傷者\n東京 | 3\n以上");
}

TEST(PlainTextTest, ACellsBlocksAreApart) {
  EXPECT_EQ(PlainTextOf(Table("<tr><td><p>Ann Lee</p><p>Bob Ray.</p><p>x</p></td><td>"
                              "<ul><li>a</li><li>b</li></ul></td></tr>")),
            "Ann Lee • Bob Ray. x | • a • b");
}

TEST(PlainTextTest, ATableInACellIsNoPartOfItsText) {
  EXPECT_EQ(
      InOneLine(Table("<tr><td>in" + Table("<tr><td>ner</td></tr>") + "</td><td>o</td></tr>")),
      "in • ner | o");
  EXPECT_EQ(InOneLine(Table("<tr><td>x</td></tr><tr><td>" +
                            Table("<tr><td></td><td>a</td><td>b</td></tr><tr><td>c</td></tr>") +
                            "tail</td><td>o</td></tr>")),
            "x; , a, b • c • tail | o");
}

TEST(PlainTextTest, SpansKeepValuesInTheirColumns) {
  EXPECT_EQ(PlainTextOf(Table("<tr><th>City</th><th colspan=\"2\">Dead</th><th>Hurt</th></tr>"
                              "<tr><td rowspan=\"2\">Ада</td><td>a</td><td>1</td><td>2</td></tr>"
                              "<tr><td>b</td><td>3</td><td>4</td></tr>"
                              "<tr><td colspan=\"3\">All</td><td>6</td></tr>"
                              "<tr><td colspan=\"4\">Source: police</td></tr>")),
            "City | Dead | | Hurt\nАда | a | 1 | 2\nАда | b | 3 | 4\nAll | | | 6\nSource: police");
  EXPECT_EQ(InOneLine(Table("<tr><td>a</td><td rowspan=\"3\"><b>7</b></td></tr>"
                            "<tr><td>b</td></tr><tr><td></td></tr><tr><td>d</td></tr>")),
            "a | 7; b | 7; | 7; d");
  EXPECT_EQ(InOneLine("<table><thead><tr><th rowspan=\"9\">h</th><th>i</th></tr></thead><tbody>"
                      "<tr><td>1</td><td>2</td></tr></tbody></table>"),
            "h | i; 1 | 2")
      << "a group of rows ends what reaches into it";
  std::string row;
  for (int i = 0; i < 300; ++i) row += 'x';
  const std::string rows =
      "<tr><td rowspan=\"2\">" + row + "</td><td>1</td></tr><tr><td>2</td></tr>";
  row += " | 1; | 2";
  EXPECT_EQ(InOneLine(Table(rows)), row);
}

TEST(PlainTextTest, SpansAreNoWayToALongText) {
  std::string rows;
  for (int i = 0; i < 500; ++i)
    rows += "<tr><td rowspan=\"100\" colspan=\"100\">" + std::string(200, 'x') + "</td></tr>";
  EXPECT_LT(PlainTextOf(Table(rows)).size(), 3'000'000u);
  EXPECT_LT(PlainTextOf(Table(rows), Lines::kJoined, 6'000).size(), 7'100u);
}

TEST(PlainTextTest, ItemsOfListsAreApart) {
  const std::string_view list =
      "<p>Verdicts</p><ul><li>Acquitted: Ann Lee</li><li>Convicted:</li><li>Bob Ray</li></ul>"
      "<p>The end.</p>";
  EXPECT_EQ(InOneLine(list), "Verdicts • Acquitted: Ann Lee • Convicted: • Bob Ray • The end.");
  EXPECT_EQ(PlainTextOf(list), "Verdicts\n• Acquitted: Ann Lee\n• Convicted:\n• Bob Ray\nThe end.");
  EXPECT_EQ(InOneLine("<ul><li>שלום</li><li>一つ。</li><li><p>क</p><p>ख</p></li></ul>"),
            "• שלום • 一つ。 • क • ख");
  EXPECT_EQ(PlainTextOf("<ul><li>a<ul><li>b</li></ul></li><li><ul><li>c</li></ul></li></ul>"),
            "• a\n• b\n• c");
}

TEST(PlainTextTest, OrderedListsHaveTheirNumbers) {
  EXPECT_EQ(PlainTextOf("<ol><li>a</li><li>b</li></ol>"), "1. a\n2. b");
  EXPECT_EQ(InOneLine("<ol start=\"3\"><li>won 4</li><li>c</li></ol><ol><li>x</li></ol>"),
            "3. won 4 • 4. c • 1. x");
  EXPECT_EQ(PlainTextOf("<ol reversed=\"\" start=\"3\"><li>a</li><li>b</li><li>c</li></ol>"),
            "3. a\n2. b\n1. c");
  EXPECT_EQ(PlainTextOf("<ol type=\"A\"><li>a</li><li value=\"5\">b</li><li>c</li></ol>"),
            "A. a\nE. b\nF. c");
  EXPECT_EQ(PlainTextOf("<ol><li>a<ol type=\"i\"><li>b</li><li>c</li></ol></li><li><ol type=\"a\">"
                        "<li>d</li></ol></li><li>e</li></ol>"),
            "1. a\ni. b\nii. c\n2. a. d\n3. e");
  EXPECT_EQ(PlainTextOf("<ol start=\"2147483647\"><li value=\"-2147483648\">a</li><li>b</li></ol>"),
            "-2147483648. a\n-2147483648. b");
}

TEST(PlainTextTest, HeadingsAndLinesAreToldFromWhatFollows) {
  EXPECT_EQ(InOneLine("<h2>Convicted</h2><p>Bob Ray</p><p>Ann Lee was not.</p><p>x</p>"),
            "Convicted • Bob Ray • Ann Lee was not. x");
  EXPECT_EQ(InOneLine("<p>Ann Lee<br>Bob Ray,<br>Cid</p>"), "Ann Lee • Bob Ray, Cid");
  EXPECT_EQ(InOneLine("<h2>«Что делать?»</h2><p>Роман</p>"), "«Что делать?» Роман");
  EXPECT_EQ(InOneLine("<h2>ข่าว</h2><p>วันนี้</p>"), "ข่าว • วันนี้") << "no full stops in Thai";
  EXPECT_EQ(InOneLine("<figure><figcaption>A house</figcaption></figure><p>b</p>"), "A house • b");
}

TEST(PlainTextTest, TermsStandWithTheirDescriptions) {
  constexpr std::string_view kTerms =
      "<p>So far:</p><dl><dt>Dead</dt><dd>7</dd><dt>Hurt</dt><dd>3</dd></dl><p>after</p>";
  EXPECT_EQ(InOneLine(kTerms), "So far: • Dead | 7 • Hurt | 3 • after");
  EXPECT_EQ(PlainTextOf(kTerms), "So far:\nDead\n7\nHurt\n3\nafter");
}

TEST(PlainTextTest, DirectionsOfTheAuthorAreBalanced) {
  EXPECT_EQ(InOneLine("<p>\u202Eabc</p><p>d\u202C.</p>"), "\u202Eabc\u202C • d.");
  EXPECT_EQ(PlainTextOf("<p><bdi>a\u2069b\u2067c</bdi>\u2069 d</p>"),
            "\u2068ab\u2067c\u2069\u2069 d");
  EXPECT_EQ(PlainTextOf("<p><bdo dir=\"rtl\">a\u202Cb<br>c</bdo></p>"),
            "\u202Eab\u202C\n\u202Ec\u202C");
  EXPECT_EQ(PlainTextOf(Table("<tr><td>\u2067א</td><td>b\u2069</td></tr>")), "\u2067א\u2069 | b");
  EXPECT_EQ(PlainTextOf("<p><abbr title=\"\u202Ex\">y</abbr> <del>\u202Bz</del></p>"),
            "y (\u202Ex\u202C) [deleted: \u202Bz\u202C]");
}

TEST(PunctuationTest, EndsInThatOfAnyScript) {
  for (const char* text : {"a.", "a?»", "a։", "क।", "字。", "字。」", "ا؟", "ا،", "a:", "a…”",
                           "\"a.\"", "a.)", "ክ።", "a.\u2069"}) {
    EXPECT_TRUE(EndsInPunctuation(text)) << text;
  }
  for (const char* text : {"", "a", "a)", "7%", "€", "字", "ა", "“a”", "5°", "\xFF"})
    EXPECT_FALSE(EndsInPunctuation(text)) << text;
}

}  // namespace
}  // namespace telex::news
