#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingestion/formats/html_sanitizer.h"
#include "ingestion/formats/input_format.h"
#include "platform/errors/errors.h"

namespace telex::ingestion {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::string Clean(std::string_view html) {
  const auto clean = SanitizeHtml(html);
  EXPECT_TRUE(clean.ok()) << clean.status() << " for " << html;
  if (!clean.ok()) return {};
  const auto again = SanitizeHtml(*clean);
  EXPECT_TRUE(again.ok());
  EXPECT_EQ(*again, *clean) << "not idempotent: " << html;
  return *clean;
}

TEST(SanitizeHtml, KeepsWhatIsAllowed) {
  for (const char* html :
       {"<p>One</p><p>Two <em>and</em> <strong>three</strong> <b>x</b> <i>y</i></p>",
        "<h2>A</h2><h3>B</h3><h4>C</h4>", "<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>"}) {
    EXPECT_THAT(Clean(html), HasSubstr("</")) << html;
  }
  EXPECT_EQ(Clean("<p>One</p><p>Two</p>"), "<p>One</p><p>Two</p>");
  EXPECT_EQ(Clean("<ul><li>a</li><li>b</li></ul>"), "<ul><li>a</li><li>b</li></ul>");
  EXPECT_EQ(Clean("<blockquote><p>q</p></blockquote>"), "<blockquote><p>q</p></blockquote>");
  EXPECT_EQ(Clean("<blockquote>q</blockquote>"), "<blockquote><p>q</p></blockquote>");
  EXPECT_EQ(Clean("<p>a<br>b</p>"), "<p>a<br>b</p>");
  EXPECT_EQ(Clean("<pre>a\n  <code>b</code></pre>"), "<pre>a\n  <code>b</code></pre>");
  EXPECT_EQ(Clean("<table><tr><th>a<td>b</table>"),
            "<table><tbody><tr><th>a</th><td>b</td></tr></tbody></table>");
  EXPECT_EQ(Clean("<figure><img src='https://a.example/x.jpg' alt='A "
                  "\"b\"'><figcaption>c</figcaption></figure>"),
            "<figure><img src=\"https://a.example/x.jpg\" alt=\"A "
            "&quot;b&quot;\"><figcaption>c</figcaption></figure>");
  EXPECT_EQ(
      Clean("<p><a href='https://a.example/?x=1&amp;y=2' onclick=x() target=_blank>l</a></p>"),
      "<p><a href=\"https://a.example/?x=1&amp;y=2\" rel=\"noopener\">l</a></p>");
}

TEST(SanitizeHtml, KeepsMarkupThatCarriesMeaning) {
  for (const char* html :
       {"<p>10<sup>6</sup> CO<sub>2</sub> <mark>m</mark> <kbd>k</kbd> <samp>s</samp> "
        "<var>v</var></p>",
        "<p><del cite=\"https://a.example/\" datetime=\"2026-11-22\">found guilty</del> "
        "<ins datetime=\"2026-11-22T10:00+04:00\">acquitted</ins> <s>old</s></p>",
        "<p><abbr title=\"World &quot;Bank&quot; &amp; Co\">WB</abbr> <abbr>X</abbr></p>",
        "<p><q cite=\"https://a.example/\">yes</q></p>",
        "<p><bdi>a</bdi> <bdi dir=\"rtl\">b</bdi> <bdo dir=\"ltr\">c</bdo></p>",
        "<p><time datetime=\"2026-11-22 18:49\">on Sunday</time> <time>18:49</time></p>",
        "<p><ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby></p>",
        "<dl><dt>a</dt><dt>b</dt><dd>c</dd><dd><p>d</p><p>e</p></dd></dl>",
        "<table><caption>c</caption><thead><tr><th scope=\"col\" colspan=\"2\">a</th></tr></thead>"
        "<tbody><tr><td rowspan=\"3\">b</td><td></td></tr></tbody>"
        "<tfoot><tr><td>f</td></tr></tfoot></table>",
        "<figure><pre>a\n  b</pre><figcaption dir=\"auto\">c</figcaption></figure>",
        "<p dir=\"rtl\">a</p><h2 dir=\"ltr\">b</h2><ol start=\"4\"><li value=\"7\">c</li></ol>",
        "<blockquote cite=\"https://a.example/\"><p>q</p></blockquote>"}) {
    EXPECT_EQ(Clean(html), html);
  }
  EXPECT_EQ(Clean("<p><strike>a</strike> <acronym title=b>c</acronym></p><menu><li>d</menu>"),
            "<p><s>a</s> <abbr title=\"b\">c</abbr></p><ul><li>d</li></ul>");
}

TEST(SanitizeHtml, ChecksTheValuesOfAttributes) {
  const auto of = [](std::string_view element, std::string_view attribute) {
    return Clean("<p><" + std::string(element) + " " + std::string(attribute) + ">x</" +
                 std::string(element) + "></p>");
  };
  for (const char* bad : {"cite=javascript:alert(1)", "cite=/r", "onclick=x", "style=x", "class=x",
                          "datetime='last week'", "datetime=2026-13-01", "datetime=2026-11-32",
                          "datetime=24:00", "datetime=2026-11-22T10:00+", "datetime=P", "id=x",
                          "datetime='2026-11-22\" onclick=\"x'", "datetime=1e9", "dir=up"}) {
    EXPECT_EQ(of("del", bad), "<p><del>x</del></p>") << bad;
  }
  for (const char* good :
       {"2026", "2026-11", "2026-11-22", "2026-W47", "11-22", "18:49", "18:49:01.120",
        "2026-11-22T18:49Z", "2026-11-22 18:49:01-0330", "+04:00", "P4DT12H", "PT1.5S"}) {
    EXPECT_EQ(of("time", "datetime='" + std::string(good) + "'"),
              "<p><time datetime=\"" + std::string(good) + "\">x</time></p>");
  }
  EXPECT_EQ(of("bdi", "dir=RTL"), "<p><bdi dir=\"rtl\">x</bdi></p>");
  EXPECT_EQ(of("bdi", "dir=up"), "<p><bdi>x</bdi></p>");
  EXPECT_EQ(of("bdo", "dir=auto"), "<p>x</p>") << "overrides nothing";
  EXPECT_EQ(of("abbr", "title=' '"), "<p><abbr>x</abbr></p>");
  EXPECT_EQ(of("abbr", "title='" + std::string(3'000, 'x') + "'"), "<p><abbr>x</abbr></p>");
  EXPECT_EQ(of("abbr", "title='&lt;script>'"), "<p><abbr title=\"&lt;script&gt;\">x</abbr></p>");
  const auto cell = [](std::string_view attribute) {
    return Clean("<table><tr><td " + std::string(attribute) + ">x</table>");
  };
  EXPECT_THAT(cell("colspan=2"), HasSubstr("<td colspan=\"2\">"));
  EXPECT_THAT(cell("rowspan=65534"), HasSubstr("<td rowspan=\"100\">"));
  for (const char* bad : {"colspan=1", "colspan=0", "colspan=-3", "colspan=2x",
                          "rowspan=", "colspan=99999999999", "scope=row"})
    EXPECT_THAT(cell(bad), HasSubstr("<td>")) << bad;
  EXPECT_EQ(Clean("<ol start=99999999><li value=x>a</ol>"), "<ol><li>a</li></ol>");
}

// What is said of an edit would be lost where blocks stand in it, and the deleted would be a fact.
TEST(SanitizeHtml, EditsOfBlocksStandWithinThem) {
  EXPECT_EQ(Clean("<del><p>found guilty</p><p>of <b>all</b></p></del>"),
            "<p><del>found guilty</del></p><p><del>of <b>all</b></del></p>");
  EXPECT_EQ(Clean("<ins datetime=2026 cite=https://a.example/>a<ul><li>b<li><p>c</ul></ins>d"),
            "<p><ins datetime=\"2026\">a</ins></p><ul><li><ins datetime=\"2026\">b</ins></li>"
            "<li><p><ins datetime=\"2026\">c</ins></p></li></ul><p>d</p>");
  EXPECT_EQ(Clean("<del><table><tr><td>a<td></table></del>"),
            "<table><tbody><tr><td><del>a</del></td><td></td></tr></tbody></table>");
  EXPECT_EQ(Clean("<s><div><del><p>a</p></del></div></s>"), "<p><s><del>a</del></s></p>");
  EXPECT_EQ(Clean("<del><del><p>a</p></del></del>"), "<p><del>a</del></p>");
  std::string deep;
  for (int i = 0; i < 2'000; ++i) deep += "<del><p><ins><div>";
  EXPECT_THAT(Clean(deep + "x"), HasSubstr("<del>"));
}

TEST(SanitizeHtml, ReadingsAreInBracketsBehindTheirBases) {
  constexpr std::string_view kClean =
      "<p><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rp>(</rp><rt>じ</rt><rp>)</rp></ruby></p>";
  EXPECT_EQ(Clean("<ruby>漢<rt>かん</rt>字<rt>じ</rt></ruby>"), kClean);
  EXPECT_EQ(Clean("<ruby> 漢<rp>[<rt>かん<rp>]</rp>字<rt>じ</ruby>"), kClean) << "without end tags";
  EXPECT_EQ(Clean("<ruby><rb>漢</rb><rb>字</rb><rp>(</rp><rt>かん</rt><rt>じ</rt></ruby>"), kClean);
  EXPECT_EQ(Clean("<ruby>漢<rp><script>x</script>hidden</rp></ruby>"), "<p>漢</p>");
  EXPECT_EQ(Clean("<ruby><b>New</b> <b>York</b><rt>ny</ruby>"),
            "<p><ruby><b>New</b> <b>York</b><rp>(</rp><rt>ny</rt><rp>)</rp></ruby></p>");
}

TEST(SanitizeHtml, TablesAndTermsAreWellFormed) {
  EXPECT_EQ(Clean("<table><tr><td>a</td></tr><caption>c</caption><caption>d</caption></table>"),
            "<table><caption><p>c</p><p>d</p></caption>"
            "<tbody><tr><td>a</td></tr></tbody></table>");
  EXPECT_EQ(Clean("<table><caption>c<tr><td>a</table>"),
            "<table><caption>c</caption><tbody><tr><td>a</td></tr></tbody></table>");
  EXPECT_EQ(Clean("<dl>x<div><dt>a<dd>b</div><dt>c<dd>d</dl>"),
            "<dl><dd>x</dd><dt>a</dt><dd>b</dd><dt>c</dt><dd>d</dd></dl>");
  EXPECT_EQ(Clean("<dt>a</dt><caption>b</caption><dd>c</dd>"), "<p>a</p><p>b</p><p>c</p>");
}

std::vector<std::string> WarningsFor(std::string_view html) {
  std::vector<std::string> warnings;
  EXPECT_TRUE(SanitizeHtml(html, &warnings).ok());
  return warnings;
}

TEST(SanitizeHtml, WarnsOfWhatAReaderMayMiss) {
  EXPECT_THAT(WarningsFor("<p>a <span>b</span> <font color=red>c</font><script>d</script>"
                          "<!-- e --><o:p>f</o:p></p><hr>"),
              IsEmpty());
  EXPECT_THAT(WarningsFor("<math>x</math><SVG><foo/></SVG><math>y</math><iframe></iframe>"),
              ElementsAre("the body's HTML has elements that are left out with what is in them: "
                          "math, svg, iframe"));
  EXPECT_THAT(WarningsFor("<p>a <x-note>b</x-note> <j@desk.example> <\xC3\xA9></p>"),
              ElementsAre("the body's HTML has elements that are not known, of which the text "
                          "alone is kept: x-note, j@desk.example"));
  std::string many;
  for (int i = 0; i < 1'000; ++i) many += "<x" + std::to_string(i) + std::string(50, 'y') + ">";
  ASSERT_THAT(WarningsFor(many), SizeIs(1));
  EXPECT_LT(WarningsFor(many)[0].size(), 600u);
}

TEST(SanitizeHtml, DropsWhatIsDangerousWithItsContent) {
  for (const char* html : {"<script>alert(1)</script>",
                           "<SCRIPT src=x></SCRIPT >",
                           "<style>p{}</style>",
                           "<iframe src=x>t</iframe>",
                           "<object data=x><p>t</p></object>",
                           "<form><input value=x><p>t</p></form>",
                           "<svg><script>t</script></svg>",
                           "<svg onload=alert(1)>",
                           "<math><mtext>t</mtext></math>",
                           "<template><p>t</p></template>",
                           "<noscript><p>t</p></noscript>",
                           "<embed src=x>",
                           "<!-- <p>t</p> -->",
                           "<!doctype html>",
                           "<?php t() ?>",
                           "<textarea><p>t</p></textarea>",
                           "<title>t</title>",
                           "<video src=x>t</video>",
                           "<select><option>t</select>",
                           "<script>t",
                           "<style><!--</style><!-- t",
                           "<img src=x onerror=alert(1)>",
                           "<p></p>",
                           "<b></b>",
                           "<br>",
                           "<ul></ul>"}) {
    EXPECT_EQ(Clean(html), "") << html;
  }
  EXPECT_EQ(Clean("<p>a</p><script>b</script><p>c</p>"), "<p>a</p><p>c</p>");
  EXPECT_EQ(Clean("<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">x"), "");
  EXPECT_EQ(Clean("<p>a<scr<script>ipt>b</p>"), "<p>aipt&gt;b</p>");
}

TEST(SanitizeHtml, TakesOnlyWebAddresses) {
  for (const char* address :
       {"javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)",
        "&#106;avascript:alert(1)", "\x01javascript:x", "data:text/html,x", "vbscript:x",
        "//a.example/x", "/relative", "https:///x", "https://", "http:a", "ftp://a.example/",
        "https://user:pw@a.example/", "javascript://a.example/%0aalert(1)"}) {
    EXPECT_EQ(Clean("<p><a href=\"" + std::string(address) + "\">x</a></p>"), "<p>x</p>")
        << address;
    EXPECT_EQ(Clean("<p>x<img src=\"" + std::string(address) + "\"></p>"), "<p>x</p>") << address;
  }
  EXPECT_EQ(Clean("<p><a href=' HTTPS://a.example/a b\"c '>x</a></p>").find("javascript"),
            std::string::npos);
  EXPECT_EQ(Clean("<a href=' HTTPS://a.example/a b '>x</a>"),
            "<p><a href=\"https://a.example/a%20b\" rel=\"noopener\">x</a></p>");
}

TEST(SanitizeHtml, IsCanonical) {
  EXPECT_EQ(Clean("loose text"), "<p>loose text</p>");
  EXPECT_EQ(Clean("a <b>b</b>\n<p>c"), "<p>a <b>b</b></p><p>c</p>");
  EXPECT_EQ(Clean("<div>a</div><div>b<span> c</span></div>"), "<p>a</p><p>b c</p>");
  EXPECT_EQ(Clean("<p>  a \n b  </p>\n\n<p>&nbsp;</p>"), "<p>a b</p>");
  EXPECT_EQ(Clean("<p>a&nbsp;b&nbsp; c</p>"),
            "<p>a\xC2\xA0"
            "b c</p>");
  EXPECT_EQ(Clean("<h1>a</h1><h6>b</h6>"), "<h2>a</h2><h4>b</h4>");
  EXPECT_EQ(Clean("<p>a<b> b </b>c</p>"), "<p>a <b>b</b> c</p>");
  EXPECT_EQ(Clean("<p><br>a<br><br><br><br>b<br></p>"), "<p>a<br><br>b</p>");
  EXPECT_EQ(Clean("<li>a</li><li>b</li>"), "<p>a</p><p>b</p>");
  EXPECT_EQ(Clean("<ul>a<li>b</li></ul>"), "<ul><li>a</li><li>b</li></ul>");
  EXPECT_EQ(Clean("<ul><li>a<li>b<li><p>c</ul>"), "<ul><li>a</li><li>b</li><li><p>c</p></li></ul>");
  EXPECT_EQ(Clean("<b><p>a</p></b>"), "<p>a</p>");
  EXPECT_EQ(Clean("a < b & c > d &lt;p&gt; \"q\""),
            "<p>a &lt; b &amp; c &gt; d &lt;p&gt; \"q\"</p>");
  EXPECT_EQ(Clean("<p>a&#0;&#1;\x01"
                  "b</p>")
                .find('\x01'),
            std::string::npos);
}

TEST(SanitizeHtml, BoundsDepthAndSize) {
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += "<div><b><blockquote>";
  EXPECT_THAT(Clean(deep + "x"), HasSubstr("x"));

  std::string paragraphs;
  for (int i = 0; i < 500; ++i)
    paragraphs += "<p>a<li>b<td>c";  // end tags left out, as they may be
  EXPECT_THAT(Clean(paragraphs), HasSubstr("<p>a</p>"));

  std::string many;
  for (int i = 0; i <= kHtmlTagsMax; ++i) many += "<b>";
  EXPECT_EQ(errors::ReasonOf(SanitizeHtml(many).status()), errors::kDocumentTooLarge);
  EXPECT_EQ(errors::ReasonOf(SanitizeHtml(std::string(kDocumentBytesMax + 1, 'a')).status()),
            errors::kDocumentTooLarge);
  EXPECT_EQ(errors::ReasonOf(SanitizeHtml("a\xFF").status()), errors::kNotUtf8);
}

// As large as may be, and of shapes that cost a naive parser the square of their size.
TEST(SanitizeHtml, TakesAwkwardMarkupInItsStride) {
  const auto filled = [](std::string_view head, std::string_view piece, std::size_t bytes) {
    std::string html(head);
    while (html.size() + piece.size() < bytes) html += piece;
    return html;
  };
  for (const auto& [head, piece] :
       std::vector<std::pair<std::string_view, std::string_view>>{{"<p ", "a b=c "},
                                                                  {"", "<"},
                                                                  {"", "</"},
                                                                  {"", "<!--"},
                                                                  {"<script>", "</"},
                                                                  {"<p>", "&"},
                                                                  {"", "&lt"}}) {
    (void)SanitizeHtml(filled(head, piece, kDocumentBytesMax));
  }
  for (const auto& [head, piece] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"", "<b><table><td></b>"},
           {"", "<p><b><i>"},
           {"", "<a href=https://a.example/>"},
           {"<table>", "<b>x"},
           {"", "<table>"},
           {"", "<h2><ul>"},
           {"", "<del><p>x<ins>"},
           {"<del cite=https://a.example/><ins><q><mark>", "<p>x</p>"},
           {"<ruby>", "<rb>x<rt>"},
           {"<table>", "<caption>x"},
           {"<dl>", "<div><dt>x"},
           {"<pre>", "<code>\n"}}) {
    (void)SanitizeHtml(filled(head, piece, 200'000));
  }
}

constexpr std::string_view kPieces[] = {"<p>",
                                        "</p>",
                                        "<b>",
                                        "</b>",
                                        "<i>",
                                        "</i>",
                                        "<a href=https://a.example/>",
                                        "</a>",
                                        "<ul>",
                                        "</ul>",
                                        "<li>",
                                        "</li>",
                                        "<table>",
                                        "<tr>",
                                        "<td>",
                                        "</td>",
                                        "</table>",
                                        "<h2>",
                                        "</h2>",
                                        "<h3>",
                                        "<pre>",
                                        "</pre>",
                                        "<br>",
                                        "<div>",
                                        "</div>",
                                        "<blockquote>",
                                        "</blockquote>",
                                        "<figure>",
                                        "</figure>",
                                        "<figcaption>",
                                        "<img src=https://a.example/i alt=x>",
                                        "text",
                                        " ",
                                        "\n",
                                        "&nbsp;",
                                        "&amp;",
                                        "<script>",
                                        "</script>",
                                        "<svg>",
                                        "</svg>",
                                        "<form>",
                                        "</form>",
                                        "<!--",
                                        "-->",
                                        "<em>",
                                        "<strong>",
                                        "<code>",
                                        "</code>",
                                        "<ol>",
                                        "<thead>",
                                        "<th>",
                                        "<span>",
                                        "<hr>",
                                        "<",
                                        ">",
                                        "\"",
                                        "'",
                                        "&",
                                        "<caption>",
                                        "</caption>",
                                        "<tfoot>",
                                        "<td colspan=3 dir=rtl>",
                                        "<sup>",
                                        "</sup>",
                                        "<del datetime=2026>",
                                        "</del>",
                                        "<s>",
                                        "</s>",
                                        "<q>",
                                        "</q>",
                                        "<bdo dir=rtl>",
                                        "</bdo>",
                                        "<abbr title='\"<'>",
                                        "</abbr>",
                                        "<ruby>",
                                        "</ruby>",
                                        "<rb>",
                                        "<rt>",
                                        "</rt>",
                                        "<rp>",
                                        "<dl>",
                                        "</dl>",
                                        "<dt>",
                                        "<dd>",
                                        "<p dir=ltr>",
                                        "<div dir=rtl>",
                                        "<span dir=auto>",
                                        "</span>",
                                        "<em dir=rtl>",
                                        "<ol reversed type=a>",
                                        "<li value=7>",
                                        "<table dir=rtl>",
                                        "<font style='vertical-align:super'>",
                                        "</font>",
                                        "<td style='text-decoration:line-through'>",
                                        "<option>",
                                        "<noscript>",
                                        "</noscript>",
                                        "<x",
                                        "=",
                                        "/"};

TEST(SanitizeHtml, IsIdempotentOnWhateverComes) {
  std::mt19937 random(7);
  for (int round = 0; round < 4'000; ++round) {
    std::string html;
    for (std::size_t i = random() % 40; i > 0; --i) html += kPieces[random() % std::size(kPieces)];
    const std::string clean = Clean(html);
    EXPECT_THAT(clean, Not(HasSubstr("<script"))) << html;
    if (HasFailure()) return;
  }
}

TEST(TextOf, IsWhatAPersonReads) {
  EXPECT_EQ(TextOf("<p>a &amp; <b>b</b></p><ul><li>c</li><li>d</li></ul><script>x</script>"),
            "a & b\n• c\n• d");
  EXPECT_EQ(TextOf("<p>a<br>b</p>"), "a\nb");
  EXPECT_EQ(TextOf("<div>10<sup>6</sup></div><del><p>guilty</p></del>"), "10⁶\n[deleted: guilty]");
  EXPECT_EQ(TextOf("a\xFF"), "a\xEF\xBF\xBD");
  EXPECT_EQ(TextOf(""), "");
}

TEST(PlainToHtml, Escapes) {
  const std::vector<std::string> paragraphs = {"a < b & \"c\"", "", "d"};
  EXPECT_EQ(PlainToHtml(paragraphs), "<p>a &lt; b &amp; \"c\"</p><p>d</p>");
  EXPECT_EQ(Clean(PlainToHtml(paragraphs)), PlainToHtml(paragraphs));
}

}  // namespace
}  // namespace telex::ingestion
