// Lists with their numbers, directions, and styles that say what elements say.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "ingestion/formats/html/style.h"
#include "ingestion/formats/html_sanitizer.h"

namespace telex::ingestion {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Kept(std::string_view html) {
  const auto clean = SanitizeHtml(html);
  EXPECT_TRUE(clean.ok()) << clean.status() << " for " << html;
  if (!clean.ok()) return {};
  EXPECT_EQ(SanitizeHtml(*clean).value_or(""), *clean) << "not idempotent: " << html;
  return *clean;
}

// The first block that stands in an element of a line, or in a block that holds lines alone.
std::string BlockInALine(std::string_view html) {
  const std::vector<std::string_view> flow = {
      "ul",    "ol",    "li",    "dl",    "dt", "dd", "blockquote", "figure", "figcaption",
      "table", "thead", "tbody", "tfoot", "tr", "th", "td",         "caption"};
  const std::vector<std::string_view> phrasing = {"p", "h2", "h3", "h4", "pre"};
  const auto in = [](const auto& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  std::vector<std::string_view> open;
  for (std::size_t at = html.find('<'); at != html.npos; at = html.find('<', at + 1)) {
    const std::string_view tag = html.substr(at + 1, html.find('>', at) - at - 1);
    const std::string_view name = tag.substr(0, tag.find(' '));
    if (tag.front() == '/') {
      if (open.empty() || open.back() != tag.substr(1)) return "</" + std::string(tag);
      open.pop_back();
    } else if (name != "br" && name != "img") {
      const bool block = in(flow, name) || in(phrasing, name);
      if (block && !open.empty() && !in(flow, open.back())) return std::string(name);
      open.push_back(name);
    }
  }
  return "";
}

std::vector<std::string> Told(std::string_view html) {
  std::vector<std::string> warnings;
  EXPECT_TRUE(SanitizeHtml(html, &warnings).ok());
  return warnings;
}

TEST(ListMarkup, KeepsWhatCounts) {
  for (const char* html : {"<ol reversed=\"\" start=\"3\"><li>a</li><li>b</li></ol>",
                           "<ol start=\"-2\" type=\"a\" dir=\"rtl\"><li value=\"7\">a</li></ol>",
                           "<ol type=\"I\"><li><p>a</p><ol type=\"i\"><li>b</li></ol></li></ol>"}) {
    EXPECT_EQ(Kept(html), html);
  }
  EXPECT_EQ(Kept("<ol REVERSED><li>a<li>b<li>c</ol>"),
            "<ol reversed=\"\" start=\"3\"><li>a</li><li>b</li><li>c</li></ol>");
  EXPECT_EQ(Kept("<ol reversed=false start=9><li>a</ol>"),
            "<ol reversed=\"\" start=\"9\"><li>a</li></ol>");
  for (const char* plain : {"type=1", "type=disc", "type=aa", "type=", "start=1e3", "start='2\"x'",
                            "reversedx", "onclick=x"})
    EXPECT_EQ(Kept("<ol " + std::string(plain) + "><li>a</ol>"), "<ol><li>a</li></ol>") << plain;
  EXPECT_EQ(Kept("<ul type=A start=3 reversed><li>a</ul>"), "<ul><li>a</li></ul>");
}

TEST(Untranslated, StaysWhereItIsSaid) {
  for (const char* html :
       {"<p translate=\"no\">a</p>", "<p>a <span translate=\"no\">b</span> c</p>",
        "<p><a href=\"https://a.example/\" translate=\"no\" rel=\"noopener\">b</a></p>",
        "<ul dir=\"rtl\" translate=\"no\"><li translate=\"no\">a</li></ul>",
        ("<p><bdi dir=\"rtl\" translate=\"no\">a</bdi> <bdo dir=\"ltr\" "
         "translate=\"no\">b</bdo></p>"),
        "<table><tbody><tr><td colspan=\"2\" translate=\"no\">a</td></tr></tbody></table>",
        "<p><ruby translate=\"no\">a<rp>(</rp><rt>b</rt><rp>)</rp></ruby></p>"}) {
    EXPECT_EQ(Kept(html), html);
  }
  EXPECT_EQ(Kept("<p TRANSLATE=NO>a"), "<p translate=\"no\">a</p>");
  for (const char* says_nothing :
       {"translate=yes", "translate", "translate=''", "translate=never", "class=translate",
        "class=notranslated", "translate=yes class=notranslate", "data-translate=no"})
    EXPECT_EQ(
        Kept("<p " + std::string(says_nothing) + ">a <span " + says_nothing + ">b</span></p>"),
        "<p>a b</p>")
        << says_nothing;
}

TEST(Untranslated, IsSaidByTheClassAsWell) {
  EXPECT_EQ(Kept("<p class='lead notranslate\tx'>a <font class=notranslate>b</font></p>"),
            "<p translate=\"no\">a <span translate=\"no\">b</span></p>");
  EXPECT_EQ(Kept("<p>a <cite translate=no>b <x-y class=notranslate>c</x-y></cite></p>"),
            "<p>a <span translate=\"no\">b <span translate=\"no\">c</span></span></p>");
  EXPECT_EQ(Kept("<p><a class=notranslate>b</a><span dir=rtl translate=no>c</span></p>"),
            "<p><span translate=\"no\">b</span><bdi dir=\"rtl\" translate=\"no\">c</bdi></p>");
}

TEST(Untranslated, GoesToTheBlocksOfWhatIsUnwrapped) {
  EXPECT_EQ(Kept("<div translate=no>a<p>b</p><section dir=rtl><h2>c</h2></section></div><p>d"),
            "<p translate=\"no\">a</p><p translate=\"no\">b</p>"
            "<h2 dir=\"rtl\" translate=\"no\">c</h2><p>d</p>");
  EXPECT_EQ(Kept("<span class=notranslate><p>a</p><ul><li>b</ul></span><p>c"),
            "<p translate=\"no\">a</p><ul translate=\"no\"><li>b</li></ul><p>c</p>");
  EXPECT_EQ(Kept("<ins translate=no><p>a</p><p>b</p></ins>"),
            "<p translate=\"no\"><ins>a</ins></p><p translate=\"no\"><ins>b</ins></p>");
  EXPECT_EQ(Kept("<dl><div translate=no><dt>a<dd>b</div><dt>c</dl>"),
            "<dl><dt translate=\"no\">a</dt><dd translate=\"no\">b</dd><dt>c</dt></dl>");
  EXPECT_EQ(Kept("<h2>a<div translate=no>b</div></h2>"),
            "<h2>a <span translate=\"no\">b</span></h2>");
  // Of a page it is asked of browsers.
  EXPECT_EQ(Kept("<html translate=no><body class=notranslate><p>a</p></body></html>"), "<p>a</p>");
}

// Whatever a page has put into them.
TEST(Lines, HoldNoBlocks) {
  EXPECT_EQ(Kept("<p><ruby>a<rt>b</rt></ruby></p>"),
            "<p><ruby>a<rp>(</rp><rt>b</rt><rp>)</rp></ruby></p>");
  EXPECT_EQ(Kept("<h2><ruby><p>a</p><rt>b</rt></ruby></h2>"),
            "<h2><ruby>a<rp>(</rp><rt>b</rt><rp>)</rp></ruby></h2>");
  const std::vector<std::string> in_line = {"a href='https://a.example/'",
                                            "em",
                                            "sup",
                                            "del",
                                            "mark",
                                            "abbr title=x",
                                            "q",
                                            "bdi",
                                            "bdo dir=rtl",
                                            "time",
                                            "code",
                                            "ruby",
                                            "ruby><rb",
                                            "ruby><rt",
                                            "ruby>a<rt",
                                            "ruby>a<rp",
                                            "span dir=rtl",
                                            "span translate=no",
                                            "u",
                                            "rt",
                                            "rb"};
  const std::vector<std::string> blocks = {
      "p",  "h3",  "ul><li", "dl><dt",      "blockquote",    "figure",    "li",
      "td", "pre", "div",    "div dir=rtl", "table><tr><td", "figcaption"};
  const std::vector<std::string> around = {"",
                                           "<p>",
                                           "<h2>",
                                           "<pre>",
                                           "<ul><li>",
                                           "<dl><dt>",
                                           "<blockquote>",
                                           "<figure><figcaption>",
                                           "<table><caption>",
                                           "<table><tr><td>",
                                           "<ruby>",
                                           "<h2><ruby>",
                                           "<h2><em>",
                                           "<em><h3>",
                                           "<pre><ruby>x<rt>"};
  for (const std::string& outer : around) {
    for (const std::string& line : in_line) {
      for (const std::string& block : blocks) {
        for (const char* tail : {"c", "</p></div>c<rt>d</rt><p>e<rt>f"}) {
          const std::string html = fmt::format("{}<{}>a<{}>b{}", outer, line, block, tail);
          EXPECT_EQ(BlockInALine(Kept(html)), "") << html;
        }
      }
    }
  }
}

// An item that is left out, or made of what is none, moves no other to its number.
TEST(ListMarkup, ItemsKeepTheirNumbers) {
  EXPECT_EQ(Kept("<ol><li>a</li><li> </li><li>c</li><li>d</li></ol>"),
            "<ol><li>a</li><li value=\"3\">c</li><li>d</li></ol>");
  EXPECT_EQ(Kept("<ol reversed><li>a</li><li></li><li>c</li></ol>"),
            "<ol reversed=\"\" start=\"3\"><li>a</li><li value=\"1\">c</li></ol>");
  EXPECT_EQ(Kept("<ol><li>a</li><ol><li>b</li></ol><li>c</li></ol>"),
            "<ol><li>a</li><li><ol><li>b</li></ol></li><li value=\"2\">c</li></ol>");
  EXPECT_EQ(Kept("<ol start=5><li></li><li value=9>b</li><li>c</li></ol>"),
            "<ol start=\"5\"><li value=\"9\">b</li><li>c</li></ol>");
  EXPECT_EQ(Kept("<ul><li>a</li><li></li><li>c</li></ul>"), "<ul><li>a</li><li>c</li></ul>");
}

TEST(DirectionMarkup, IsKeptWhereTheElementIs) {
  for (const char* html :
       {"<table dir=\"rtl\"><tbody><tr><td>א</td></tr></tbody></table>",
        "<ul dir=\"rtl\"><li>א</li></ul>", "<dl dir=\"auto\"><dt>a</dt><dd>b</dd></dl>",
        "<figure dir=\"ltr\"><pre>x</pre></figure>",
        ("<p><em dir=\"rtl\">א!</em> <del dir=\"ltr\">b</del> <abbr dir=\"rtl\">c</abbr> "
         "<a href=\"https://a.example/\" dir=\"rtl\" rel=\"noopener\">d</a> "
         "<time dir=\"ltr\">1</time></p>"),
        "<table><tbody dir=\"rtl\"><tr dir=\"ltr\"><td>a</td></tr></tbody></table>"}) {
    EXPECT_EQ(Kept(html), html);
  }
  EXPECT_EQ(Kept("<em dir=up>a</em><ul dir=''><li>b</ul>"), "<p><em>a</em></p><ul><li>b</li></ul>");
}

TEST(DirectionMarkup, GoesToTheBlocksOfWhatIsDissolved) {
  EXPECT_EQ(Kept("<div dir=\"rtl\"><p>שלום (2)!</p>טקסט<ul><li>א</ul></div><p>b</p>"),
            "<p dir=\"rtl\">שלום (2)!</p><p dir=\"rtl\">טקסט</p>"
            "<ul dir=\"rtl\"><li>א</li></ul><p>b</p>");
  EXPECT_EQ(Kept("<html dir=rtl><body><article><section><h2>سلام</h2><p dir=ltr>a</p>"),
            "<h2 dir=\"rtl\">سلام</h2><p dir=\"ltr\">a</p>");
  EXPECT_EQ(Kept("<div dir=rtl>א<div dir=ltr>b<div>c</div></div>ד</div>"),
            "<p dir=\"rtl\">א</p><p dir=\"ltr\">b</p><p dir=\"ltr\">c</p><p dir=\"rtl\">ד</p>");
  EXPECT_EQ(Kept("<blockquote><div dir=rtl>א</div></blockquote><ul><li><div dir=rtl>ב</div></ul>"),
            "<blockquote><p dir=\"rtl\">א</p></blockquote><ul><li><p dir=\"rtl\">ב</p></li></ul>");
  EXPECT_EQ(Kept("<li dir=rtl>א</li>"), "<p dir=\"rtl\">א</p>");
  EXPECT_EQ(Kept("<dl><div dir=rtl><dt>א<dd>ב</div><dt>c</dl>"),
            "<dl><dt dir=\"rtl\">א</dt><dd dir=\"rtl\">ב</dd><dt>c</dt></dl>");
  EXPECT_EQ(Kept("<h2>a<div dir=rtl>ב</div></h2>"), "<h2>a <bdi dir=\"rtl\">ב</bdi></h2>");
  EXPECT_EQ(Kept("<em dir=rtl><p>א</p></em><del dir=rtl><p>ב</p></del>"),
            "<p dir=\"rtl\">א</p><p dir=\"rtl\"><del>ב</del></p>");
}

TEST(DirectionMarkup, OfASpanIsThatOfAnIsolate) {
  EXPECT_EQ(Kept("<p>a <span dir=rtl>ב <span>ג</span> ד</span> e</p>"),
            "<p>a <bdi dir=\"rtl\">ב ג ד</bdi> e</p>");
  EXPECT_EQ(Kept("<p><font dir=ltr>a</font> <x-y dir=auto>b</x-y> <cite dir=rtl>c</cite></p>"),
            "<p><bdi dir=\"ltr\">a</bdi> <bdi dir=\"auto\">b</bdi> <bdi dir=\"rtl\">c</bdi></p>");
  EXPECT_EQ(Kept("<span dir=rtl><p>א</p><p>ב</p></span>"),
            "<p dir=\"rtl\">א</p><p dir=\"rtl\">ב</p>");
  EXPECT_EQ(Kept("<p><a dir=rtl>א</a> <a name=x>b</a></p>"), "<p><bdi dir=\"rtl\">א</bdi> b</p>");
  EXPECT_EQ(Kept("<span dir=rtl><p>א</span>ב</p>ג</span>"),
            "<p dir=\"rtl\">אב</p><p dir=\"rtl\">ג</p>")
      << "a block within it holds it open";
}

TEST(DirectionMarkup, OfAStyleIsToldWhenItIsLeftOut) {
  const auto told = ElementsAre(HasSubstr("by style (direction)"));
  EXPECT_THAT(Told("<p style=\"direction:rtl\">א</p>"), told);
  EXPECT_THAT(Told("<span style='color:red; DIRECTION : RTL !important'>א</span><br>"), told);
  EXPECT_THAT(Told("<table style=direction:ltr><tr><td>a</table>"), told);
  EXPECT_THAT(Told("<p dir=RTL style=\"direction:rtl\">א</p>"), IsEmpty());
  EXPECT_THAT(Told("<p dir=ltr style=\"direction:rtl\">א</p>"), told);
  EXPECT_THAT(Told("<p style=\"flex-direction:row;direction:inherit\">a</p>"), IsEmpty());
  EXPECT_THAT(Told("<script style=direction:rtl></script>"), IsEmpty());
}

TEST(StyleMarkup, SaysWhatElementsSay) {
  EXPECT_EQ(Kept("<p>10<span style=\"vertical-align:super\">6</span> "
                 "H<span style='font-size:0.6em; Vertical-Align: SUB;'>2</span>O</p>"),
            "<p>10<sup>6</sup> H<sub>2</sub>O</p>");
  EXPECT_EQ(TextOf("<p>10<span style=\"vertical-align:super\">6</span></p>"), "10⁶");
  EXPECT_EQ(Kept("<p>He was <span style=\"text-decoration:line-through\">guilty</span> "
                 "<font style=\"text-decoration-line:underline line-through\">вина</font></p>"),
            "<p>He was <s>guilty</s> <s>вина</s></p>");
  EXPECT_EQ(Kept("<p><span style=\"font-weight:700;font-style:italic\">a</span>"
                 "<span style=\"font-weight:400;font-style:normal;text-decoration:none;"
                 "vertical-align:baseline\">b</span></p>"),
            "<p><strong><em>a</em></strong>b</p>");
  EXPECT_EQ(Kept("<p style=\"text-decoration:line-through\">a</p><ul><li style="
                 "\"text-decoration:line-through\">b</ul><div style=text-decoration:line-through>"
                 "<p>c</p>d</div>"),
            "<p><s>a</s></p><ul><li><s>b</s></li></ul><p><s>c</s></p><p><s>d</s></p>");
  EXPECT_EQ(Kept("<p><a href=https://a.example/ style=\"vertical-align:super\">1</a> b</p>"),
            "<p><a href=\"https://a.example/\" rel=\"noopener\"><sup>1</sup></a> b</p>");
  EXPECT_EQ(Kept("<span dir=rtl style=\"text-decoration:line-through\">א</span>"),
            "<p><bdi dir=\"rtl\"><s>א</s></bdi></p>");
}

TEST(StyleMarkup, EndsWithItsElement) {
  EXPECT_EQ(Kept("<p><span style=\"vertical-align:super\"><span>a</span>b</span>c</span>d</p>"),
            "<p><sup>ab</sup>cd</p>");
  EXPECT_EQ(Kept("<p><span style=\"vertical-align:super\">a</p><p>b</span>c</p>"),
            "<p><sup>a</sup></p><p>bc</p>");
  EXPECT_EQ(Kept("<table><tr><td><span style=\"text-decoration:line-through\">a<td>b</table>"),
            "<table><tbody><tr><td><s>a</s></td><td>b</td></tr></tbody></table>");
}

TEST(StyleMarkup, SaysNothingTwice) {
  EXPECT_EQ(Kept("<p><del><span style=\"text-decoration:line-through\">a</span></del> <sup><span "
                 "style=\"vertical-align:super\">2</span></sup> <b><i><span style="
                 "\"font-weight:bold;font-style:italic\">c</span></i></b></p>"),
            "<p><del>a</del> <sup>2</sup> <b><i>c</i></b></p>");
}

TEST(StyleMarkup, IsReadStrictly) {
  for (const char* style :
       {"vertical-align:superb", "vertical-align:10px", "vertical-align super",
        "x:vertical-align:super", "vertical-align:super;vertical-align:baseline",
        "vertical-align:/**/super", "vertical-align:s\\75per", "vertical-align:&#115;uper",
        "text-decoration:none", "text-decoration:line-throughout",
        "text-decoration:var(line-through)", "font-weight:500", "font-weight:bold italic",
        "--vertical-align:super", "font-style:oblique 10deg"}) {
    EXPECT_EQ(Kept("<p>a<span style=\"" + std::string(style) + "\">b</span></p>"), "<p>ab</p>")
        << style;
  }
  EXPECT_EQ(Kept("<td style=vertical-align:super>a</td><p style=font-weight:bold>b</p>"),
            "<p>a</p><p>b</p>")
      << "where it is a matter of looks";
  EXPECT_EQ(Kept("<ul style=text-decoration:line-through><li>a</ul>"), "<ul><li>a</li></ul>");
  EXPECT_FALSE(
      html::ReadStyle("font-style:italic;" + std::string(html::kStyleBytesMax, ' ')).italic);
  EXPECT_TRUE(html::ReadStyle(";;FONT-style : Oblique ! important;").italic);
}

TEST(StyleMarkup, CostsLittle) {
  std::string nested = "<p>";
  for (int i = 0; i < 9'000; ++i)
    nested += "<span style='vertical-align:super'><span dir=rtl><span>a</p>";
  EXPECT_THAT(Kept(nested), HasSubstr("<sup>"));
  std::string open = "<span dir=rtl>";
  for (int i = 0; i < 10'000; ++i) open += "<span>";
  for (int i = 0; i < 10'000; ++i) open += "</span></i>";
  EXPECT_EQ(Kept(open + "a"), "<p>a</p>");
}

}  // namespace
}  // namespace telex::ingestion
