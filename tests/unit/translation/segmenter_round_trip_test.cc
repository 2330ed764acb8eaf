// Whatever the body: its segments put back as they are give the same bytes, and translated ones the
// same structure in canonical form.

#include <absl/strings/ascii.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ingestion/formats/html_sanitizer.h"
#include "ingestion/formats/page_text.h"
#include "translation/domain/tagged_text.h"
#include "translation/formats/inline_run.h"
#include "translation/formats/segmenter.h"

namespace telex::translation {
namespace {

using news::LanguageTag;

news::Content ContentOf(std::string body_html, std::string_view language) {
  news::Content content;
  content.headline = "A headline. With two sentences";
  content.body_html = std::move(body_html);
  content.language = *LanguageTag::Parse(language);
  content.media = {
      {.href = "https://a.example/1.jpg", .alt_text = "A boat. At sea", .syndicated = true}};
  return content;
}

std::vector<std::string> TextsOf(const Segmentation& segmentation) {
  std::vector<std::string> texts;
  for (const Segment& segment : segmentation.segments) texts.push_back(segment.text);
  return texts;
}

void CheckSegments(const Segmentation& segmentation) {
  std::set<std::string> places;
  for (const Segment& segment : segmentation.segments) {
    EXPECT_TRUE(ParseTagged(segment.text).ok()) << segment.text;
    EXPECT_TRUE(places.insert(segment.place).second) << segment.place;
    EXPECT_TRUE(std::all_of(segment.place.begin(), segment.place.end(), [](unsigned char c) {
      return absl::ascii_isalnum(c) || c == '.';
    })) << segment.place;
    EXPECT_LE(segment.text.size(), kSegmentBytesMax + 10 * kSegmentTagsMax);
    EXPECT_LE(segment.tags.size(), kSegmentTagsMax);
  }
  for (const BodyPart& part : segmentation.body.parts) {
    if (part.kind != BodyPart::Kind::kText) continue;
    EXPECT_FALSE(HasWords(part.text)) << "not translated: " << part.text;
  }
}

// Puts another part first, markup with what is in it as one.
void Rotate(std::vector<Piece>& pieces, std::mt19937& random) {
  std::vector<std::size_t> begins;
  int open = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (open == 0) begins.push_back(i);
    if (pieces[i].kind == Piece::Kind::kOpen) ++open;
    if (pieces[i].kind == Piece::Kind::kClose) --open;
  }
  if (begins.empty()) return;
  const auto first = static_cast<std::ptrdiff_t>(begins[random() % begins.size()]);
  std::rotate(pieces.begin(), pieces.begin() + first, pieces.end());
}

// What a careless translator makes of it: other words, blanks at the ends and within, what HTML
// would take for markup.
std::string Careless(std::string_view tagged, std::mt19937& random) {
  static constexpr std::string_view kWords[] = {"слово",   " два  слова ", "a<b>&amp;", "\u2067z",
                                                "\u00A0x", "5 > 4 ",       "\x01u\x7F", "\nv"};
  auto pieces = ParseTagged(tagged).value();
  for (Piece& piece : pieces) {
    if (piece.kind == Piece::Kind::kText) piece.text = kWords[random() % std::size(kWords)];
  }
  Rotate(pieces, random);
  pieces.push_back({.text = "конец."});
  if (random() % 2 == 0) pieces.insert(pieces.begin(), {.text = " Начало"});
  return RenderTagged(pieces);
}

std::string BlocksOf(std::string_view html) {
  std::string blocks;
  for (const std::string_view name : {"<p", "<li", "<td", "<figure", "<h2", "<img", "<pre"}) {
    int count = 0;
    for (std::size_t at = html.find(name); at != html.npos; at = html.find(name, at + 1)) {
      const char next = html[at + name.size()];
      count += next == '>' || next == ' ';
    }
    blocks += fmt::format("{}:{} ", name, count);
  }
  return blocks;
}

void CheckRoundTrip(const news::Content& content, std::mt19937& random) {
  const auto segmentation = SegmentContent(content);
  ASSERT_TRUE(segmentation.ok()) << segmentation.status();
  CheckSegments(*segmentation);
  std::vector<std::string> texts = TextsOf(*segmentation);
  const auto same = Assemble(content, *segmentation, texts, content.language);
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_EQ(same->body_html, content.body_html);
  EXPECT_EQ(*same, content);
  for (std::string& text : texts) text = Careless(text, random);
  for (const std::string_view target : {"ru", "ar", "ja"}) {
    const auto translated = Assemble(content, *segmentation, texts, *LanguageTag::Parse(target));
    ASSERT_TRUE(translated.ok()) << translated.status();
    EXPECT_EQ(ingestion::SanitizeHtml(translated->body_html).value(), translated->body_html)
        << "of " << content.body_html;
    EXPECT_EQ(BlocksOf(translated->body_html), BlocksOf(content.body_html))
        << translated->body_html << "\nof " << content.body_html;
  }
}

constexpr std::string_view kLanguages[] = {"en", "ru", "hy", "es", "de",
                                           "fr", "az", "tr", "ja", "ar"};

// Of the allow-list, and what a person puts there.
constexpr std::string_view kPieces[] = {
    "<p>",
    "</p>",
    "<h2>",
    "</h2>",
    "<ul>",
    "</ul>",
    "<ol start=\"3\">",
    "</ol>",
    "<li>",
    "</li>",
    "<dl>",
    "</dl>",
    "<dt>",
    "<dd>",
    "<blockquote>",
    "</blockquote>",
    "<figure>",
    "</figure>",
    "<figcaption>",
    "</figcaption>",
    "<table>",
    "</table>",
    "<caption>",
    "<tr>",
    "<td>",
    "<th>",
    "</td>",
    "</tr>",
    "<pre>",
    "</pre>",
    "<a href=\"https://a.example/?a=1&amp;b=2\">",
    "</a>",
    "<em>",
    "</em>",
    "<strong dir=\"ltr\">",
    "</strong>",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<sup>",
    "</sup>",
    "<sub>",
    "</sub>",
    "<del>",
    "</del>",
    "<mark>",
    "</mark>",
    "<q>",
    "</q>",
    "<abbr title=\"World &quot;Health&quot; Organization\">",
    "</abbr>",
    "<bdi dir=\"rtl\">",
    "</bdi>",
    "<bdo dir=\"ltr\">",
    "</bdo>",
    "<time datetime=\"2026-11-27\">",
    "</time>",
    "<code>",
    "</code>",
    "<kbd>",
    "</kbd>",
    "<var dir=\"rtl\">",
    "</var>",
    "<ruby>漢<rt>かん</rt>字<rt>じ</rt></ruby>",
    "<span translate=\"no\">",
    "</span>",
    "<em class=notranslate>",
    "<a translate=\"no\" href=\"https://a.example/3\">",
    "<p translate=\"no\">",
    "<ul class=\"notranslate\"><li>One. <b>Two</b>",
    "<ruby translate=\"no\"><b>漢字</b><rt>かんじ</rt></ruby>",
    "<ruby><b>漢字</b><rt>かんじ</rt></ruby>",

    "<br>",
    "<br><br>",
    "<img src=\"https://a.example/1.jpg\" alt=\"A boat. At sea\">",
    "<img src=\"https://a.example/2.jpg\">",
    "<p dir=\"rtl\">",
    " ",
    "  ",
    "\n",
    "&nbsp;",
    "One. ",
    "Two three.",
    " Dr. ",
    "J. R. R. Tolkien",
    "«Да!» ",
    "конец. ",
    "Նա եկավ։ ",
    "文です。",
    "「はい。」",
    "3.5 ",
    "42",
    "…",
    " — ",
    "• ",
    "1. ",
    "\"Yes!\" ",
    "&amp;",
    "&lt;b&gt;",
    "https://a.example/x. ",
    "desk@a.example",
    "[1] ",
    "🙂 ",
    "\u202Bx\u202C",
    "\u2067y",
    "end",
    "? ",
    "! ",
    ": ",
    ", "};

TEST(SegmenterRoundTrip, GivesTheSameBodyForWhateverComes) {
  const auto seed = static_cast<unsigned>(testing::UnitTest::GetInstance()->random_seed());
  for (unsigned round = 0; round < 1'500; ++round) {
    std::mt19937 random(seed * 100'000 + round);
    std::string html;
    for (std::size_t i = random() % 40; i > 0; --i) html += kPieces[random() % std::size(kPieces)];
    const news::Content content = ContentOf(ingestion::SanitizeHtml(html).value(),
                                            kLanguages[random() % std::size(kLanguages)]);
    CheckRoundTrip(content, random);
    if (testing::Test::HasFailure()) {
      FAIL() << "seed " << seed << ", round " << round << ", " << content.language.text() << ": "
             << content.body_html;
    }
  }
}

TEST(SegmenterRoundTrip, GivesTheSamePages) {
  int stories = 0;
  for (const auto& file : std::filesystem::directory_iterator("tests/testdata/pages")) {
    std::ifstream stream(file.path(), std::ios::binary);
    const std::string page{std::istreambuf_iterator<char>(stream), {}};
    const auto document = ingestion::PageTextFormat().Parse(page, {});
    if (!document.ok()) continue;
    for (const ingestion::Draft& draft : document->drafts) {
      const auto language = LanguageTag::Parse(draft.language);
      std::mt19937 random(1);
      CheckRoundTrip(ContentOf(draft.body_html, language ? language->text() : "en"), random);
      ++stories;
    }
    if (testing::Test::HasFailure()) FAIL() << file.path();
  }
  EXPECT_GT(stories, 10);
}

TEST(SegmenterRoundTrip, CutsWhatIsTooLong) {
  std::mt19937 random(1);
  std::string words, letters(50'000, 'a'), bold, nested, sentences;
  for (int i = 0; i < 10'000; ++i) words += "word ";
  for (int i = 0; i < 3'000; ++i) bold += "<b>a</b><i>b</i> ";
  for (int i = 0; i < 5'000; ++i) sentences += "It is so. ";
  for (int i = 0; i < 30; ++i) nested += "<em><b>a ";
  for (const std::string& html :
       {words, letters, bold, nested, "<a href=\"https://a.example/\">" + sentences + "</a>"}) {
    CheckRoundTrip(ContentOf(ingestion::SanitizeHtml("<p>" + html).value(), "en"), random);
    if (testing::Test::HasFailure()) FAIL() << html.substr(0, 40);
  }
}

}  // namespace
}  // namespace telex::translation
