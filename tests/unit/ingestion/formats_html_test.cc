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

using ::testing::HasSubstr;
using ::testing::Not;

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
           {"<pre>", "<code>\n"}}) {
    (void)SanitizeHtml(filled(head, piece, 200'000));
  }
}

TEST(SanitizeHtml, IsIdempotentOnWhateverComes) {
  static constexpr std::string_view kPieces[] = {"<p>",
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
                                                 "<option>",
                                                 "<noscript>",
                                                 "</noscript>",
                                                 "<x",
                                                 "=",
                                                 "/"};
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
            "a & b\nc\nd");
  EXPECT_EQ(TextOf("<p>a<br>b</p>"), "a\nb");
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
