#include "translation/formats/segmenter.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "platform/errors/errors.h"
#include "translation/formats/protected_text.h"

namespace telex::translation {
namespace {

using news::LanguageTag;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

news::Content Body(std::string html, std::string_view language = "en") {
  news::Content content;
  content.body_html = std::move(html);
  content.language = *LanguageTag::Parse(language);
  return content;
}

Segmentation Segmented(const news::Content& content) {
  auto segmentation = SegmentContent(content);
  EXPECT_TRUE(segmentation.ok()) << segmentation.status();
  return segmentation.ok() ? *std::move(segmentation) : Segmentation();
}

// "place: text" of each.
std::vector<std::string> SegmentsOf(const news::Content& content) {
  std::vector<std::string> lines;
  for (const Segment& segment : Segmented(content).segments)
    lines.push_back(fmt::format("{}: {}", segment.place, segment.text));
  return lines;
}

absl::StatusOr<news::Content> Translated(const news::Content& content,
                                         const std::vector<std::string>& texts,
                                         std::string_view target = "ru") {
  return Assemble(content, Segmented(content), texts, *LanguageTag::Parse(target));
}

std::string TranslatedBody(std::string_view html, const std::vector<std::string>& texts,
                           std::string_view target = "ru", std::string_view source = "en") {
  const auto content = Translated(Body(std::string(html), source), texts, target);
  return content.ok() ? content->body_html : content.status().ToString();
}

TEST(Segmenter, TakesHeadlineBodyAndMediaInTheirOrder) {
  news::Content content = Body("<p>One. Two.</p><h2>Three</h2>");
  content.headline = "Storm. Two dead & <more>";
  content.media = {{.alt_text = "Not for partners"},
                   {.alt_text = "A boat", .credit = "J. Doe", .syndicated = true},
                   {.alt_text = " ", .syndicated = true}};
  EXPECT_THAT(SegmentsOf(content),
              ElementsAre("headline: Storm. Two dead &amp; &lt;more>", "body.p1.s1: One.",
                          "body.p1.s2: Two.", "body.h21.s1: Three", "media2.alt: A boat"));
  EXPECT_EQ(Segmented(content).rule, kSegmentationRule1);
}

TEST(Segmenter, PlacesAreThoseOfBlocks) {
  EXPECT_THAT(
      SegmentsOf(Body("<ul><li>a</li><li><p>b</p><ol><li>c</li></ol></li></ul>"
                      "<figure><img src=\"https://a.example/1.jpg\" alt=\"d\">"
                      "<figcaption>e</figcaption></figure>"
                      "<table><tr><td>f</td><td></td><td>7</td><td>—</td></tr></table>")),
      ElementsAre("body.ul1.li1.s1: a", "body.ul1.li2.p1.s1: b", "body.ul1.li2.ol1.li1.s1: c",
                  "body.figure1.img1.alt: d", "body.figure1.figcaption1.s1: e",
                  "body.table1.tr1.td1.s1: f", "body.table1.tr1.td3.s1: 7"));
}

TEST(Segmenter, MarkupWithinASentenceIsTags) {
  const Segmentation made = Segmented(
      Body("<p>See <a href=\"https://a.example/\" rel=\"noopener\">the <em>map</em></a> at"
           " https://b.example/x.<br>Run <code>ls &lt;b&gt;</code>, or ask desk@c.example<br>today."
           "</p>"));
  ASSERT_EQ(made.segments.size(), 2U);
  EXPECT_EQ(made.segments[0].text, "See <1>the <2>map</2></1> at <3/>.");
  EXPECT_THAT(made.segments[0].tags,
              ElementsAre(TagMeaning{"<a href=\"https://a.example/\" rel=\"noopener\">", "</a>"},
                          TagMeaning{"<em>", "</em>"}, TagMeaning{"https://b.example/x", ""}));
  EXPECT_EQ(made.segments[1].text, "Run <1/>, or ask <2/><3/>today.");
  EXPECT_THAT(made.segments[1].tags,
              ElementsAre(TagMeaning{"<code>ls &lt;b&gt;</code>", ""},
                          TagMeaning{"desk@c.example", ""}, TagMeaning{"<br>", ""}));
}

TEST(Segmenter, WhatIsNotToBeTranslatedIsATagAndABlockIsNoSegment) {
  const Segmentation made = Segmented(
      Body("<p>The <span translate=\"no\">Golden Apricot. <b>Yerevan</b></span> opens, says"
           " <a href=\"https://a.example/\" translate=\"no\" rel=\"noopener\">Cinema Now</a>.</p>"
           "<p translate=\"no\">Ode. To joy.</p><ul><li translate=\"no\">A</li><li>B</li></ul>"
           "<p><i translate=\"no\">Title</i></p><p>End. <code>x</code></p>"));
  ASSERT_EQ(made.segments.size(), 3U);
  EXPECT_EQ(made.segments[0].text, "The <1/> opens, says <2/>.");
  EXPECT_THAT(
      made.segments[0].tags,
      ElementsAre(TagMeaning{"<span translate=\"no\">Golden Apricot. <b>Yerevan</b></span>", ""},
                  TagMeaning{"<a href=\"https://a.example/\" translate=\"no\""
                             " rel=\"noopener\">Cinema Now</a>",
                             ""}));
  EXPECT_EQ(made.segments[1].place, "body.ul1.li2.s1");
  EXPECT_EQ(made.segments[2].place, "body.p4.s1");
  // A word of an attribute that says the same says nothing.
  EXPECT_THAT(SegmentsOf(Body("<p><abbr title=\"translate=no\">WHO</abbr></p>")),
              ElementsAre("body.p1.s1: WHO", "body.p1.abbr1.title: translate=no"));
}

TEST(Assemble, LeavesWhatIsNotToBeTranslatedAsItIs) {
  const std::string_view html =
      "<p>See <span translate=\"no\">Big Ben!</span> now</p>"
      "<ol start=\"2\" translate=\"no\"><li>One.</li></ol><p>End</p>";
  EXPECT_EQ(TranslatedBody(html, {"Вот <1/>", "Конец"}),
            "<p>Вот <span translate=\"no\">Big Ben!</span></p>"
            "<ol start=\"2\" translate=\"no\"><li>One.</li></ol><p>Конец</p>");
  EXPECT_EQ(TranslatedBody(html, {"<1/> א", "ב"}, "he"),
            "<p><bdi dir=\"ltr\" translate=\"no\">Big Ben!</bdi> א</p>"
            "<ol start=\"2\" dir=\"ltr\" translate=\"no\"><li>One.</li></ol><p>ב</p>");
  EXPECT_EQ(TranslatedBody("<p><em dir=\"auto\" translate=\"no\">A</em> b</p>", {"<1/> ב"}, "he"),
            "<p><em dir=\"auto\" translate=\"no\">A</em> ב</p>");
}

TEST(Segmenter, MarkupAroundSentencesIsNotInThem) {
  const std::string_view html = "<p><strong><em>One.</em> Two.</strong> <i>Three</i></p>";
  EXPECT_THAT(SegmentsOf(Body(std::string(html))),
              ElementsAre("body.p1.s1: One.", "body.p1.s2: Two.", "body.p1.s3: Three"));
  EXPECT_EQ(TranslatedBody(html, {"Раз.", "Два.", "Три"}),
            "<p><strong><em>Раз.</em> Два.</strong> <i>Три</i></p>");
}

TEST(Segmenter, MarkupOverTheEndOfASentenceIsOneElementAgain) {
  const std::string_view html = "<p>One <em>two. Three. Four</em> five.</p>";
  EXPECT_THAT(SegmentsOf(Body(std::string(html))),
              ElementsAre("body.p1.s1: One <1>two.</1>", "body.p1.s2: Three.",
                          "body.p1.s3: <1>Four</1> five."));
  EXPECT_EQ(TranslatedBody(html, {"Раз <1>два.</1>", "Три.", "<1>Четыре</1> пять."}),
            "<p>Раз <em>два. Три. Четыре</em> пять.</p>");
  EXPECT_EQ(TranslatedBody(html, {"<1>Два</1> раз.", "Три.", "Пять <1>четыре</1>."}),
            "<p><em>Два</em> раз. <em>Три.</em> Пять <em>четыре</em>.</p>");
}

TEST(Segmenter, PicturesAndAbbreviationsHaveTexts) {
  const std::string_view html =
      "<p>The <abbr title=\"World &quot;Bank&quot;\">WB.</abbr> Group "
      "<img src=\"https://a.example/1.jpg\" alt=\"A boat. At sea\"></p>";
  EXPECT_THAT(SegmentsOf(Body(std::string(html))),
              ElementsAre("body.p1.s1: The <1>WB.</1> Group", "body.p1.abbr1.title: World \"Bank\"",
                          "body.p1.img1.alt: A boat. At sea"));
  EXPECT_EQ(TranslatedBody(html, {"Группа <1>ВБ</1>", "Банк \"М\" &amp; &lt;Ко>", "Лодка"}),
            "<p>Группа <abbr title=\"Банк &quot;М&quot; &amp; &lt;Ко&gt;\">ВБ</abbr> "
            "<img src=\"https://a.example/1.jpg\" alt=\"Лодка\"></p>");
}

TEST(Segmenter, LinesThatAreParagraphsOrItemsAreSegments) {
  EXPECT_THAT(SegmentsOf(Body("<p>one<br><br>two</p>")),
              ElementsAre("body.p1.s1: one", "body.p1.s2: two"));
  EXPECT_THAT(SegmentsOf(Body("<p>Take<br>• salt<br>• oil<br>1) pepper</p>")),
              ElementsAre("body.p1.s1: Take", "body.p1.s2: • salt", "body.p1.s3: • oil",
                          "body.p1.s4: 1) pepper"));
  EXPECT_THAT(SegmentsOf(Body("<pre>one\n  two. Three\n\nfour  five</pre>")),
              ElementsAre("body.pre1.s1: one", "body.pre1.s2: two.", "body.pre1.s3: Three",
                          "body.pre1.s4: four  five"));
  EXPECT_EQ(TranslatedBody("<pre>one\n  two.\n\nfour  five</pre>", {"раз", "два.", "a  b"}),
            "<pre>раз\n  два.\n\na  b</pre>");
}

TEST(Segmenter, NotesBehindAStopEndTheSentence) {
  EXPECT_THAT(SegmentsOf(Body("<p>It ended.<sup>1</sup> It began.</p>")),
              ElementsAre("body.p1.s1: It ended.<1>1</1>", "body.p1.s2: It began."));
  EXPECT_THAT(SegmentsOf(Body("<p>Of 10<sup>6</sup> m<sup>2</sup>. It began.</p>")),
              ElementsAre("body.p1.s1: Of 10<1>6</1> m<2>2</2>.", "body.p1.s2: It began."));
}

TEST(Segmenter, WhatHasNoWordsIsNoSegment) {
  EXPECT_THAT(SegmentsOf(Body("<p>***</p><p>https://a.example/</p><p><code>x</code></p>"
                              "<pre><code>a b. C</code></pre><p>—</p>")),
              IsEmpty());
}

TEST(Segmenter, ReadingsStayWithinTheirRuby) {
  const std::string_view html =
      "<p>これは<ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby>です。次。</p>";
  EXPECT_THAT(SegmentsOf(Body(std::string(html), "ja")),
              ElementsAre("body.p1.s1: これは<1>漢字<2/></1>です。", "body.p1.s2: 次。"));
  EXPECT_EQ(TranslatedBody(html, {"These are <1>characters<2/></1>.", "Next."}, "en", "ja"),
            "<p>These are <ruby>characters<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby>. Next.</p>");
  EXPECT_THAT(TranslatedBody(html, {"These are <1>characters</1><2/>.", "Next."}, "en", "ja"),
              HasSubstr("tag 2 stands outside of tag 1"));
}

TEST(Assemble, PutsBlanksBetweenSentencesAsTheLanguageHasThem) {
  EXPECT_EQ(TranslatedBody("<p>一。二。</p>", {"One.", "Two."}, "en", "zh"), "<p>One. Two.</p>");
  EXPECT_EQ(TranslatedBody("<p>One. Two.<br>Three.</p>", {"一。", "二。", "三。"}, "zh-Hant"),
            "<p>一。二。<br>三。</p>");
  EXPECT_EQ(TranslatedBody("<p>One. Two.</p>", {"  Раз.\n", "Два.\t"}), "<p>Раз. Два.</p>");
}

TEST(Assemble, TurnsDirections) {
  EXPECT_EQ(TranslatedBody("<p dir=\"ltr\">One <b dir=\"rtl\">two</b>.</p><p>Three</p>",
                           {"א <1>ב</1>.", "ג"}, "he"),
            "<p dir=\"rtl\">א <b dir=\"rtl\">ב</b>.</p><p>ג</p>");
  EXPECT_EQ(TranslatedBody("<p dir=\"rtl\">א</p><p dir=\"auto\">ב</p>", {"One", "Two"}, "en", "he"),
            "<p dir=\"ltr\">One</p><p dir=\"auto\">Two</p>");
  EXPECT_EQ(TranslatedBody("<p>Run <bdo dir=\"ltr\">abc</bdo> in <code>ls</code></p>",
                           {"א <1>abc</1> <2/>"}, "ar"),
            "<p>א <bdo dir=\"ltr\">abc</bdo> <code dir=\"ltr\">ls</code></p>");
  EXPECT_EQ(TranslatedBody("<p dir=\"ltr\">One <code>ls</code></p>", {"Раз <1/>"}, "ru"),
            "<p dir=\"ltr\">Раз <code>ls</code></p>");
}

TEST(Assemble, MakesPlainTextOneLine) {
  news::Content content = Body("<p>One</p>");
  content.headline = "Two  words";
  content.byline = "J. Doe";
  content.media = {{.alt_text = "A boat", .credit = "J. Doe", .syndicated = true}};
  const auto same = Translated(content, {"Two  words", "One", "A boat"}, "en");
  ASSERT_TRUE(same.ok());
  EXPECT_EQ(*same, content);
  const auto made = Translated(content, {" Два\n слова &lt; \u202Bтри ", "Раз", "Лодка"});
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->headline, "Два слова < \u202Bтри\u202C");
  EXPECT_EQ(made->media[0].alt_text, "Лодка");
  EXPECT_EQ(made->media[0].credit, "J. Doe");
  EXPECT_EQ(made->byline, "J. Doe");
  EXPECT_EQ(made->language.text(), "ru");
}

TEST(Assemble, RefusesWhatIsNotATranslationOfTheSegments) {
  const std::string_view html =
      "<p>A <a href=\"https://a.example/\" rel=\"noopener\">b</a> <a href=\"https://b.example/\""
      " rel=\"noopener\">c</a>.</p><p>D<br>e <em>f</em> g</p>";
  const std::string good_1 = "а <1>б</1> <2>в</2>.", good_2 = "д<1/>е <2>ж</2> з";
  const struct {
    std::string first, second, field, why;
  } kCases[] = {
      {"а <1>б</1>.", good_2, "body.p1.s1", "tag 2 is missing"},
      {"а <1>б</1> <2>в</2> <3/>.", good_2, "body.p1.s1", "there is no tag 3"},
      {"а <1>б</1> <2>в.", good_2, "body.p1.s1", "not closed"},
      {"а <1>б <2>в</2></1>.", good_2, "body.p1.s1", "a link within a link"},
      {"а & б <1>б</1> <2>в</2>.", good_2, "body.p1.s1", "no &amp;"},
      {"а <1></1> <2>в</2>.", good_2, "body.p1.s1", "there is nothing in tag 1"},
      {"а <1> <2>в</2></1>.", good_2, "body.p1.s1", "a link within a link"},
      {good_1, "", "body.p2.s1", "tag 1 is missing"},
      {good_1, "д<1></1>е <2>ж</2> з", "body.p2.s1", "tag 1 is <1/>"},
      {good_1, "д<1/>е <2/> з", "body.p2.s1", "tag 2 is <2>"},
  };
  for (const auto& [first, second, field, why] : kCases) {
    const auto made = Translated(Body(std::string(html)), {first, second});
    ASSERT_FALSE(made.ok()) << first << second;
    EXPECT_EQ(errors::ReasonOf(made.status()), errors::kFieldInvalid);
    EXPECT_THAT(std::string(made.status().message()), AllOf(HasSubstr(field), HasSubstr(why)));
  }
  EXPECT_TRUE(Translated(Body(std::string(html)), {good_1, good_2}).ok());
  EXPECT_THAT(TranslatedBody(html, {good_1}), HasSubstr("1 texts for 2 segments"));
  EXPECT_THAT(TranslatedBody("<p>One</p>", {" \u200B"}), HasSubstr("no text"));
}

TEST(Assemble, RefusesWhatIsTooLong) {
  news::Content content = Body("<p>One</p>");
  content.headline = "Two";
  const std::string long_text(news::kBodyBytesMax + 1, 'a');
  EXPECT_EQ(errors::ReasonOf(Translated(content, {long_text, "Раз"}).status()),
            errors::kFieldTooLong);
  EXPECT_EQ(errors::ReasonOf(Translated(content, {"Два", long_text}).status()),
            errors::kFieldTooLong);
}

TEST(Segmenter, RefusesWhatIsNoBody) {
  std::string deep;
  for (std::size_t i = 0; i <= kBodyDepthMax; ++i) deep += "<em>";
  for (const std::string& html :
       {std::string("<p>a"), std::string("<p>a</em></p>"), std::string("a</p>"),
        std::string("<p><em>a</p></em>"), std::string("<p>a <"), std::string("<!-- a -->"),
        std::string("<em><p>a</p></em>"), std::string("<code>a"), deep}) {
    const auto made = SegmentContent(Body(html));
    ASSERT_FALSE(made.ok()) << html;
    EXPECT_EQ(errors::ReasonOf(made.status()), errors::kFieldInvalid);
    EXPECT_THAT(std::string(made.status().message()), HasSubstr("body_html"));
  }
  std::string many;
  for (std::size_t i = 0; i <= kSegmentsMax; ++i) many += "<p>a</p>";
  EXPECT_EQ(errors::ReasonOf(SegmentContent(Body(many)).status()), errors::kFieldTooLong);
}

TEST(ProtectAddresses, FindsThoseOfWebAndMail) {
  const auto marked = [](std::string_view text) {
    std::string out;
    for (const TextPart& part : ProtectAddresses(text))
      out += part.is_protected ? fmt::format("[{}]", part.text) : std::string(part.text);
    return out;
  };
  for (const std::string_view text :
       {"See [https://a.example/x?y=1&z=(2)], or ([http://b.example]).",
        "At [www.a.example]: «[HTTPS://A.example/ü]»", "見[https://a.example/x]。後",
        "Ask [desk+news@a.example], or [x@b.co.uk].", "@telex, a@b, mail@, @", "http:// and www.",
        "awww.b.example, Caliber.Az", "", "[www.www.www]."}) {
    std::string plain(text);
    std::erase(plain, '[');
    std::erase(plain, ']');
    EXPECT_EQ(marked(plain), text);
  }
}

}  // namespace
}  // namespace telex::translation
