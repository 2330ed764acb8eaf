#include <absl/time/civil_time.h>
#include <absl/time/time.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "ingestion/formats/html_sanitizer.h"
#include "ingestion/formats/page_text.h"
#include "platform/errors/errors.h"

namespace telex::ingestion {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

// Tests run in the checkout.
constexpr std::string_view kPages = "tests/testdata/pages/";

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

absl::StatusOr<ParsedDocument> Parse(std::string_view text) {
  return PageTextFormat().Parse(text, {});
}

std::size_t Count(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos;
       at = text.find(what, at + what.size()))
    ++count;
  return count;
}

struct Expected {
  std::string file;
  std::string headline, section, byline, language;
  std::int64_t views = 0;
  std::size_t paragraphs = 0;
  std::string first, last;  // words of the body
  std::string display_name, home_page;
};

std::vector<Expected> AllExpected() {
  return {
      {"en-full-furniture.txt",
       "Harbour council approves \"quiet engine\" rule despite ferry owners' protest", "HARBOUR",
       "Jonas Petter Aalto", "en", 1204, 3, "The harbour council of Port Ellery voted",
       "three ships at a time.", "Northern-Courier.example",
       "https://www.northern-courier.example/"},
      {"en-byline-on-top.txt", "Shipyard wins order for six river barges", "Business",
       "Anna-Lena Moreau and Piet van Dorn", "en", 0, 5, "The shipyard on the Ellery river",
       "before work begins.", "", ""},
      {"en-bare.txt", "Lighthouse keeper retires after forty years", "", "", "en", 0, 2,
       "Edda Holm switched off", "A crew will visit twice a year.", "", ""},
      {"en-no-blank-lines.txt", "Talks on the river treaty resume after two years", "WORLD", "",
       "en", 87, 4, "Delegations of both upper valleys", "A second round has been set for May.", "",
       ""},
      {"en-hard-wrapped.txt", "Glass bridge over the gorge opens to walkers", "", "", "en", 0, 2,
       "The glass bridge over the Karsund gorge", "free of charge to all visitors.", "", ""},
      {"en-chronicle.txt", "The week the river rose: a chronicle", "WORLD", "Marta Oyelaran", "en",
       0, 4, "The Ellery rose by two metres", "began to fall by the hour.", "", ""},
      {"en-dirty-characters.txt", "Café owners of Port Ellery ask for later hours", "WORLD",
       "René Okafor", "en", 1050, 3, "The café owners of Port Ellery", "schools’ spring break.", "",
       ""},
      {"en-quotes-and-steps.txt", "How to read a tide table", "World", "Lena Brandvold", "en", 2300,
       4, "Tide tables look harder", "We only write it down.", "", ""},
      {"ru-courier.txt", "Совет долины отложил голосование по водному договору", "Политика",
       "Ирина Соболева", "ru", 1234, 3, "Совет верхней долины отложил",
       "получит нижняя долина летом.", "Вестник долины", "https://vestnik-doliny.example/"},
      {"ru-numeric-date.txt", "Верфь получила заказ на шесть барж", "ЭКОНОМИКА", "Анна Каренская",
       "ru", 56, 2, "Верфь на реке Эллери", "в марте 2027 года.", "", ""},
      {"hy-page.txt", "Հովտի թանգարանը նոր ցուցասրահ է բացել", "ՄՇԱԿՈՒՅԹ", "Նարե Վարդումյանց", "hy",
       412, 3, "Հովտի պատմության թանգարանը", "Մուտքը դպրոցականների համար անվճար է։",
       "hovit-lur.example", "https://hovit-lur.example/"},
      {"az-page.txt", "Vadi şurası su müqaviləsi üzrə səsverməni təxirə saldı", "DÜNYA",
       "Leyla Dağlı", "az", 95, 2, "Yuxarı vadinin şurası", "razılığa gəlməyiblər.", "", ""},
      {"de-page.txt", "Stadtrat stimmt für leise Fähren im Hafenbecken", "Politik", "Jonas Aalto",
       "de", 0, 2, "Der Stadtrat von Port Ellery", "vor Gericht ziehen.", "", ""},
  };
}

class Pages : public testing::TestWithParam<Expected> {};

TEST_P(Pages, IsToldApart) {
  const Expected& expected = GetParam();
  const auto document = Parse(ReadFile(std::string(kPages) + expected.file));
  ASSERT_TRUE(document.ok()) << document.status();
  ASSERT_EQ(document->drafts.size(), 1u);
  const Draft& draft = document->drafts[0];
  EXPECT_EQ(draft.headline, expected.headline);
  EXPECT_EQ(draft.section, expected.section);
  EXPECT_EQ(draft.byline, expected.byline);
  EXPECT_EQ(draft.language, expected.language);
  EXPECT_EQ(draft.printed_views, expected.views);
  EXPECT_EQ(Count(draft.body_html, "<p>"), expected.paragraphs) << draft.body_html;
  EXPECT_THAT(TextOf(draft.body_html), AllOf(StartsWith(expected.first), EndsWith(expected.last)));
  EXPECT_EQ(document->publisher.display_name, expected.display_name);
  EXPECT_EQ(document->publisher.home_page, expected.home_page);
  ASSERT_TRUE(draft.published.has_value());
  EXPECT_EQ(absl::CivilMonth(draft.published->civil), absl::CivilMonth(2025, 4));
}

TEST_P(Pages, HasNoFurnitureInItsBody) {
  const auto document = Parse(ReadFile(std::string(kPages) + GetParam().file));
  ASSERT_TRUE(document.ok());
  const std::string body = document->drafts[0].body_html;
  for (const std::string_view furniture : {"Search",
                                           "Views",
                                           "Share",
                                           "copy link",
                                           "print",
                                           "loading",
                                           "Menu",
                                           "hyperlink",
                                           "Advertisement",
                                           "Photo:",
                                           "Read also",
                                           "Related",
                                           "A+",
                                           "Поиск",
                                           "Просмотр",
                                           "Поделиться",
                                           "Печать",
                                           "Читайте также",
                                           "Подписывайтесь",
                                           "Автор:",
                                           "Подготовила",
                                           "Теги",
                                           "гиперссылк",
                                           "Որոնում",
                                           "Կիսվել",
                                           "Դիտումներ",
                                           "Հեղինակ",
                                           "հղումը պարտադիր",
                                           "Axtarış",
                                           "Baxış",
                                           "Paylaş",
                                           "Müəllif",
                                           "Suche",
                                           "Von Jonas",
                                           "©",
                                           "min read"}) {
    EXPECT_THAT(body, Not(HasSubstr(std::string(furniture))));
  }
  EXPECT_THAT(body, Not(HasSubstr(document->drafts[0].headline)));
}

TEST_P(Pages, BodyIsCanonical) {
  const auto document = Parse(ReadFile(std::string(kPages) + GetParam().file));
  ASSERT_TRUE(document.ok());
  const auto clean = SanitizeHtml(document->drafts[0].body_html);
  ASSERT_TRUE(clean.ok());
  EXPECT_EQ(*clean, document->drafts[0].body_html);
}

// The same page with other line ends, with a byte order mark, and with furniture twice as long
// reads the same.
TEST_P(Pages, ReadsTheSameHoweverItWasCopied) {
  const std::string page = ReadFile(std::string(kPages) + GetParam().file);
  const auto as_it_is = Parse(page);
  ASSERT_TRUE(as_it_is.ok());
  std::string crlf = "\xEF\xBB\xBF";
  for (const char c : page) {
    if (c == '\r') continue;
    if (c == '\n') crlf += '\r';
    crlf += c;
  }
  const std::string framed =
      "Facebook\nTelegram\nNight theme\n\n" + page + "\nPrivacy policy\nContact us\nLoad more\n";
  for (const std::string& variant : {crlf, framed}) {
    const auto other = Parse(variant);
    ASSERT_TRUE(other.ok()) << other.status();
    EXPECT_EQ(other->drafts[0].headline, as_it_is->drafts[0].headline);
    EXPECT_EQ(other->drafts[0].body_html, as_it_is->drafts[0].body_html);
    EXPECT_EQ(other->drafts[0].section, as_it_is->drafts[0].section);
    EXPECT_EQ(other->drafts[0].byline, as_it_is->drafts[0].byline);
    EXPECT_EQ(other->drafts[0].printed_views, as_it_is->drafts[0].printed_views);
  }
}

std::string NameOf(const testing::TestParamInfo<Expected>& info) {
  std::string name = info.param.file.substr(0, info.param.file.find('.'));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(Own, Pages, testing::ValuesIn(AllExpected()), NameOf);

struct Refused {
  std::string file, why;
};
class RefusedPages : public testing::TestWithParam<Refused> {};

TEST_P(RefusedPages, SaysWhatItIs) {
  const auto document = Parse(ReadFile(std::string(kPages) + GetParam().file));
  ASSERT_FALSE(document.ok());
  EXPECT_EQ(errors::ReasonOf(document.status()), errors::kNotAnArticle);
  const auto details = errors::DetailsOf(document.status());
  ASSERT_EQ(details->fields.size(), 1u);
  EXPECT_EQ(details->fields[0].field, "document");
  EXPECT_THAT(details->fields[0].description, HasSubstr(GetParam().why));
}

std::string RefusedNameOf(const testing::TestParamInfo<Refused>& refused) {
  std::string name = refused.param.file.substr(7, refused.param.file.find('.') - 7);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(Own, RefusedPages,
                         testing::Values(Refused{"refuse-list-page.txt", "list of stories"},
                                         Refused{"refuse-list-with-teasers.txt", "list of stories"},
                                         Refused{"refuse-login.txt", "login page"},
                                         Refused{"refuse-error.txt", "error page"},
                                         Refused{"refuse-cookie-wall.txt", "cookie notice"},
                                         Refused{"refuse-no-headline.txt", "no headline"},
                                         Refused{"refuse-no-body.txt", "no body"}),
                         RefusedNameOf);

TEST(PageText, SaysThatAHeadlineIsTooLongRatherThanMissing) {
  const std::string text =
      "The council of Port Ellery has decided that all ferries in the inner basin have to run on "
      "current by the spring of 2027, its chair said.\n\nThe owners expect costs of forty million "
      "crowns and will go to court, their union said on Friday.";
  std::string headline = "Council";
  while (headline.size() < 7'600) headline += " approves the rule";
  const auto why = [](const std::string& page) {
    return std::string(PageTextFormat().Parse(page, {}).status().message());
  };
  EXPECT_THAT(why("WORLD\n\n" + headline + "\n\n" + text), HasSubstr("headline is too long"));
  EXPECT_THAT(why(headline + "\n\n18 April 2025 14:25\n\n" + text),
              HasSubstr("at most 250 letters"));
  EXPECT_THAT(why("WORLD\n\n" + text), HasSubstr("no headline"));
}

TEST(PageText, TellsTermsFromALineOfRights) {
  const auto publisher = [](const std::string& line) {
    const auto document = PageTextFormat().Parse(
        "Council approves quiet engine rule\n\n18 April 2025 14:25\n\nThe council of Port Ellery "
        "has decided that all ferries in the inner basin have to run on current, its chair "
        "said.\n\n" +
            line + "\n",
        {.url = "https://courier.example/a"});
    EXPECT_TRUE(document.ok()) << document.status();
    return document.ok() ? document->publisher : PrintedPublisher();
  };
  EXPECT_TRUE(publisher("© 2025. All rights reserved.").only_reserves_rights);
  EXPECT_FALSE(publisher("Use of materials is permitted only with a hyperlink to courier.example")
                   .only_reserves_rights);
  EXPECT_FALSE(publisher("").only_reserves_rights);
}

TEST(PageText, KeepsTheStructureOfTheBody) {
  const auto document = Parse(ReadFile(std::string(kPages) + "en-byline-on-top.txt"));
  ASSERT_TRUE(document.ok());
  EXPECT_THAT(document->drafts[0].body_html,
              AllOf(HasSubstr("<h2>What the order is worth</h2>"),
                    HasSubstr("<h2>Is the steel still missing?</h2>"),
                    HasSubstr("<ul><li>Six barges of 110 metres each</li><li>Four hundred jobs for "
                              "three years</li>")));
  const auto steps = Parse(ReadFile(std::string(kPages) + "en-quotes-and-steps.txt"));
  ASSERT_TRUE(steps.ok());
  EXPECT_THAT(steps->drafts[0].body_html,
              AllOf(HasSubstr("<ol><li>Find the port and the day.</li>"),
                    HasSubstr("<blockquote><p>Water keeps its own clock.</p><p>We only write it "
                              "down.</p></blockquote>")));
}

TEST(PageText, TellsTheTimesApart) {
  const auto steps = Parse(ReadFile(std::string(kPages) + "en-quotes-and-steps.txt"));
  ASSERT_TRUE(steps.ok());
  EXPECT_EQ(steps->drafts[0].published->civil, absl::CivilSecond(2025, 4, 18, 14, 25));
  EXPECT_FALSE(steps->drafts[0].published->utc_offset.has_value());
  EXPECT_EQ(steps->drafts[0].updated->civil, absl::CivilSecond(2025, 4, 19, 8, 0));
  EXPECT_THAT(steps->drafts[0].warnings, Contains(HasSubstr("rounded")));
  const auto bare = Parse(ReadFile(std::string(kPages) + "en-bare.txt"));
  ASSERT_TRUE(bare.ok());
  EXPECT_EQ(bare->drafts[0].published->civil, absl::CivilSecond(2025, 4, 18, 9, 5));
  EXPECT_EQ(bare->drafts[0].published->utc_offset, absl::Hours(4));
  EXPECT_THAT(bare->drafts[0].warnings, IsEmpty());
  const auto numeric = Parse(ReadFile(std::string(kPages) + "ru-numeric-date.txt"));
  ASSERT_TRUE(numeric.ok());
  EXPECT_EQ(numeric->drafts[0].published->civil, absl::CivilSecond(2025, 4, 18, 14, 25));
}

TEST(PageText, SaysWhatItReadLeniently) {
  const std::string body =
      "\n\nThe harbour council voted on Thursday to ask ferries to run on electric engines.\n";
  const auto undated = Parse("Council approves quiet engine rule" + body);
  ASSERT_TRUE(undated.ok()) << undated.status();
  EXPECT_FALSE(undated->drafts[0].published.has_value());
  EXPECT_THAT(undated->drafts[0].warnings, Contains(HasSubstr("no date")));
  const auto day = Parse("Council approves quiet engine rule\n\n3/4/2025" + body);
  ASSERT_TRUE(day.ok());
  EXPECT_EQ(day->drafts[0].published->civil, absl::CivilSecond(2025, 4, 3));
  EXPECT_THAT(day->drafts[0].warnings,
              AllOf(Contains(HasSubstr("no time")), Contains(HasSubstr("month/day"))));
  const auto controls = Parse(ReadFile(std::string(kPages) + "en-dirty-characters.txt"));
  ASSERT_TRUE(controls.ok());
  EXPECT_THAT(controls->drafts[0].warnings, Contains(HasSubstr("control character")));
  const auto labelled =
      PageTextFormat().Parse("Council approves quiet engine rule\n\n2025-04-18 10:00" + body,
                             {.url = "https://courier.example/a", .charset = "windows-1251"});
  ASSERT_TRUE(labelled.ok());
  EXPECT_THAT(labelled->drafts[0].warnings, Contains(HasSubstr("windows-1251")));
  EXPECT_EQ(labelled->drafts[0].canonical_url, "https://courier.example/a");
  EXPECT_EQ(labelled->publisher.home_page, "https://courier.example/");
}

// Words of furniture within the running text are no furniture.
TEST(PageText, KeepsParagraphsThatSpeakOfFurniture) {
  const auto document = Parse(
      "Court rules on reprinting of tide tables\n\n18 April 2025 14:25\n\n"
      "The court of Karsund ruled on Friday on who may print the tables of the tides in the "
      "valley.\n\n"
      "The reprinting of the tables is free to everyone who names the harbour office, the judges "
      "found.\n\n"
      "The office had asked for a fee from every newspaper that took the figures over from its own "
      "pages.\n");
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(Count(document->drafts[0].body_html, "<p>"), 3u);
}

TEST(PageText, LeavesTheLanguageOpenWhenUnsure) {
  const auto document = Parse(
      "Lorem ipsum dolor sit amet\n\n2025-04-18 10:00\n\n"
      "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt "
      "ut labore magna.\n");
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(document->drafts[0].language, "");
}

TEST(PageText, RefusesWhatIsNoText) {
  const auto empty = Parse(" \r\n\xC2\xA0\n");
  EXPECT_EQ(errors::ReasonOf(empty.status()), errors::kNotAnArticle);
  EXPECT_THAT(std::string(empty.status().message()), HasSubstr("empty"));

  const auto broken = Parse("Headline \xCD\xE0 here");
  EXPECT_EQ(errors::ReasonOf(broken.status()), errors::kNotUtf8);
  EXPECT_EQ(errors::DetailsOf(broken.status())->metadata.at("byte_offset"), "9");
  EXPECT_THAT(std::string(broken.status().message()), HasSubstr("byte 9"));

  const auto large = Parse(std::string(kDocumentBytesMax + 1, 'a'));
  EXPECT_EQ(errors::ReasonOf(large.status()), errors::kDocumentTooLarge);

  std::string lines;
  for (int i = 0; i < 30'000; ++i) lines += "a line\n";
  EXPECT_EQ(errors::ReasonOf(Parse(lines).status()), errors::kNotAnArticle);
}

// Bytes and shuffled lines of real pages: never a crash, and every answer is either a refusal or a
// story with a body.
TEST(PageText, SurvivesWhateverComes) {
  std::mt19937 random(20250418);
  std::vector<std::string> lines;
  for (const Expected& expected : AllExpected()) {
    const std::string page = ReadFile(std::string(kPages) + expected.file);
    for (std::size_t at = 0; at < page.size();) {
      const std::size_t end = std::min(page.find('\n', at), page.size());
      lines.push_back(page.substr(at, end - at));
      at = end + 1;
    }
  }
  for (int round = 0; round < 2'000; ++round) {
    std::string text;
    if (round % 2 == 0) {
      const std::size_t size = random() % 300;
      for (std::size_t i = 0; i < size; ++i)
        text += static_cast<char>(random() % (round % 4 == 0 ? 128 : 256));
    } else {
      for (std::size_t i = random() % 60; i > 0; --i) text += lines[random() % lines.size()] + "\n";
    }
    const auto document = Parse(text);
    if (document.ok()) {
      EXPECT_THAT(document->drafts[0].headline, Not(IsEmpty()));
      EXPECT_THAT(document->drafts[0].body_html, Not(IsEmpty()));
      const auto clean = SanitizeHtml(document->drafts[0].body_html);
      ASSERT_TRUE(clean.ok());
      ASSERT_EQ(*clean, document->drafts[0].body_html) << text;
    } else {
      EXPECT_THAT(errors::ReasonOf(document.status()), Not(IsEmpty()));
    }
  }
}

// The largest documents of awkward shapes end within the test's time limit: nothing is quadratic.
TEST(PageText, TakesAwkwardDocumentsInItsStride) {
  const std::string head = "A headline of some words\n\n18 April 2025 14:25\n\n";
  const auto filled = [&head](std::string_view piece) {
    std::string text = head;
    while (text.size() + piece.size() <= kDocumentBytesMax) text += piece;
    return text;
  };
  constexpr const char* kSentence =
      "A sentence of the story that is long enough to be one, as it were, and then some more of it "
      "so that there are not too many lines in all of this document, which is as long as may be.\n";
  for (const std::string_view piece : {"word ", "a", "\xCC\x81\xCC\xA3", "© 2025 | ", "> ", ". ",
                                       "\xD5\x9D", " | by A B", kSentence}) {
    (void)Parse(filled(piece));
  }
}

// The page of the first publisher, which lies beside the checkout where there is one.
TEST(PageText, ReadsTheFirstPublishersPage) {
  const std::string path = "../shared/data/source-page.txt";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here";
  const auto document = Parse(ReadFile(path));
  ASSERT_TRUE(document.ok()) << document.status();
  const Draft& draft = document->drafts[0];
  EXPECT_EQ(draft.headline,
            "Kremlin notes \"progress\" in Ukraine talks despite US threat to withdraw");
  EXPECT_EQ(draft.section, "WORLD");
  EXPECT_EQ(draft.byline, "Aghakazim Guliyev");
  EXPECT_EQ(draft.language, "en");
  EXPECT_EQ(draft.printed_views, 323);
  ASSERT_TRUE(draft.published.has_value());
  EXPECT_EQ(draft.published->civil, absl::CivilSecond(2025, 4, 18, 14, 25));
  EXPECT_FALSE(draft.published->utc_offset.has_value());
  EXPECT_THAT(draft.warnings, IsEmpty());
  EXPECT_EQ(Count(draft.body_html, "<p>"), 13u);
  EXPECT_EQ(Count(draft.body_html, "<"), 26u);  // paragraphs and nothing else
  const std::string text = TextOf(draft.body_html);
  EXPECT_THAT(text, StartsWith("Kremlin spokesperson Dmitry Peskov said on April 18 that"));
  EXPECT_THAT(text, EndsWith("continued to suggest Kyiv bore some responsibility."));
  EXPECT_EQ(document->publisher.home_page, "https://caliber.az/");
  EXPECT_EQ(document->publisher.display_name, "Caliber.Az");
  EXPECT_EQ(document->publisher.usage_terms,
            "Any use of materials is allowed only if there is a hyperlink to Caliber.az");
  for (const char* furniture :
       {"Guliyev", "Views", "share", "Share", "copy link", "loading", "A+", "twitter", "WORLD",
        "hyperlink", "ads", "Ссылка", "most important"}) {
    // "ads" is looked for as a line of its own: words may end so.
    const std::string what = std::string_view(furniture) == "ads" ? ">ads<" : furniture;
    EXPECT_THAT(draft.body_html, Not(HasSubstr(what)));
  }
}

}  // namespace
}  // namespace telex::ingestion
