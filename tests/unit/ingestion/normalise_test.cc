#include "ingestion/domain/normalise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "platform/errors/errors.h"
#include "tests/unit/ingestion/drafts.h"
#include "tests/unit/ingestion/stories.h"

namespace telex::ingestion {
namespace {

using ::testing::AllOf;
using testing::Caliber;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::LanguageOf;
using testing::SectionOf;
using namespace testing;  // the drafts of these tests

TEST(NormaliseTest, AGoodDraftBecomesContent) {
  Draft draft = Good();
  draft.printed_views = 12;
  draft.ednote = "note";
  draft.urgency = 3;
  draft.warnings = {"read leniently"};
  draft.media = {{.href = "https://caliber.az/1.jpg", .media_type = "image/jpeg"}};
  draft.published = Utc(kNow - absl::Hours(1));
  const auto set = Tidy(draft);
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->source, testing::SourceOf());
  EXPECT_EQ(set->source_name, "Caliber.Az");
  EXPECT_EQ(set->key, draft.canonical_url);
  EXPECT_EQ(set->canonical_url, draft.canonical_url);
  EXPECT_EQ(set->content.headline, "A headline");
  EXPECT_EQ(set->content.byline, "A. Reporter");
  EXPECT_EQ(set->content.body_html, "<p>Words.</p>");
  EXPECT_EQ(set->content.section, SectionOf("world"));
  EXPECT_EQ(set->content.language, LanguageOf("en"));
  EXPECT_EQ(set->content.media, draft.media);
  EXPECT_EQ(set->content.terms, (news::UsageTerms{"Use with a hyperlink to the source.",
                                                  "Caliber.Az", draft.canonical_url}));
  EXPECT_EQ(set->firstcreated, kNow - absl::Hours(1));
  EXPECT_EQ(set->printed_views, 12);
  EXPECT_EQ(set->ednote, "note");
  EXPECT_EQ(set->urgency, 3);
  EXPECT_THAT(set->warnings, ElementsAre("read leniently"));
  EXPECT_EQ(set->base, std::nullopt);
  EXPECT_EQ(set->upstream, std::nullopt);
}

struct Spoiled {
  const char* what;
  void (*spoil)(Draft&);
  std::string_view field;
  std::string_view reason;
};

PrintedTime Ahead(absl::Duration ahead) { return Utc(kNow + ahead); }

const Spoiled kSpoiled[] = {
    {"no headline", [](Draft& d) { d.headline.clear(); }, "article.headline",
     errors::kFieldRequired},
    {"a headline that nobody sees", [](Draft& d) { d.headline = "\u200B \u2060\u202E\u2028"; },
     "article.headline", errors::kFieldRequired},
    {"a body that nobody sees", [](Draft& d) { d.body_html = "<p>\u200B</p><p>\u00AD\u3164</p>"; },
     "article.body_html", errors::kFieldRequired},
    {"two lines", [](Draft& d) { d.headline = "a\nb"; }, "article.headline", errors::kFieldInvalid},
    {"headline", [](Draft& d) { d.headline.assign(news::kHeadlineBytesMax + 1, 'x'); },
     "article.headline", errors::kFieldTooLong},
    {"no body", [](Draft& d) { d.body_html.clear(); }, "article.body_html", errors::kFieldRequired},
    {"body", [](Draft& d) { d.body_html.assign(news::kBodyBytesMax + 1, 'x'); },
     "article.body_html", errors::kFieldTooLong},
    {"byline", [](Draft& d) { d.byline.assign(news::kBylineBytesMax + 1, 'x'); }, "article.byline",
     errors::kFieldTooLong},
    {"ednote", [](Draft& d) { d.ednote.assign(news::kNoteBytesMax + 1, 'x'); }, "article.ednote",
     errors::kFieldTooLong},
    {"no key", [](Draft& d) { d.canonical_url.clear(); }, "article.key", errors::kNeedsKey},
    {"control in key", [](Draft& d) { d.guid = "a\x01z"; }, "article.key", errors::kFieldInvalid},
    {"newline in key", [](Draft& d) { d.guid = "a\nz"; }, "article.key", errors::kFieldInvalid},
    {"DEL in key", [](Draft& d) { d.guid = "a\x7fz"; }, "article.key", errors::kFieldInvalid},
    {"key", [](Draft& d) { d.guid.assign(news::kKeyBytesMax + 1, 'x'); }, "article.key",
     errors::kFieldTooLong},
    {"section", [](Draft& d) { d.section = "Մշակույթ"; }, "article.section",
     errors::kUnknownSection},
    {"the feed of all", [](Draft& d) { d.section = "all"; }, "article.section",
     errors::kUnknownSection},
    {"language", [](Draft& d) { d.language = "arm"; }, "article.language",
     errors::kUnknownLanguage},
    {"garbage language", [](Draft& d) { d.language = "not a language"; }, "article.language",
     errors::kUnknownLanguage},
    {"future story", [](Draft& d) { d.published = Ahead(kStoryDateAheadMax + absl::Seconds(1)); },
     "article.firstcreated", errors::kDateInFarFuture},
    {"future embargo", [](Draft& d) { d.embargoed = Ahead(kEmbargoAheadMax + absl::Seconds(1)); },
     "article.embargoed", errors::kDateInFarFuture},
    {"future expiry", [](Draft& d) { d.expires = Ahead(kExpiryAheadMax + absl::Seconds(1)); },
     "article.expires", errors::kDateInFarFuture},
    {"expires first",
     [](Draft& d) {
       d.embargoed = Ahead(absl::Hours(2));
       d.expires = Ahead(absl::Hours(1));
     },
     "article.expires", errors::kFieldInvalid},
    {"expires with it",
     [](Draft& d) {
       d.embargoed = Ahead(absl::Hours(2));
       d.expires = Ahead(absl::Hours(2));
     },
     "article.expires", errors::kFieldInvalid},
    {"url", [](Draft& d) { d.canonical_url = "caliber.az/1"; }, "article.canonical_url",
     errors::kFieldInvalid},
    {"url too long",
     [](Draft& d) { d.canonical_url = "https://a/" + std::string(news::kKeyBytesMax, 'x'); },
     "article.canonical_url", errors::kFieldTooLong},
    {"terms text",
     [](Draft& d) {
       d.terms = news::UsageTerms{.text = std::string(news::kTermsBytesMax + 1, 'x')};
     },
     "article.usage_terms.text", errors::kFieldTooLong},
    {"attribution",
     [](Draft& d) {
       d.terms = news::UsageTerms{.attribution = std::string(news::kBylineBytesMax + 1, 'x')};
     },
     "article.usage_terms.attribution", errors::kFieldTooLong},
    {"terms link", [](Draft& d) { d.terms = news::UsageTerms{.link = "javascript:alert(1)"}; },
     "article.usage_terms.link", errors::kFieldInvalid},
    {"too many media",
     [](Draft& d) { d.media.assign(news::kMediaMax + 1, {.href = "https://a/b"}); },
     "article.media", errors::kFieldTooLong},
    {"media address",
     [](Draft& d) {
       d.media = {{.href = "https://a/b"}, {.href = "ftp://a/b"}};
     },
     "article.media[1].href", errors::kFieldInvalid},
    {"media field",
     [](Draft& d) {
       d.media = {
           {.href = "https://a/b", .alt_text = std::string(news::kMediaFieldBytesMax + 1, 'x')}};
     },
     "article.media[0]", errors::kFieldTooLong},
    {"urgency", [](Draft& d) { d.urgency = 10; }, "article.urgency", errors::kFieldInvalid},
    {"negative urgency", [](Draft& d) { d.urgency = -1; }, "article.urgency",
     errors::kFieldInvalid},
    // What no calendar of a partner can print (google.protobuf.Timestamp and RFC 3339 begin with
    // the year 1).
    {"before all dates",
     [](Draft& d) {
       d.published = PrintedTime{absl::CivilSecond(-5, 1, 1), absl::ZeroDuration()};
     },
     "article.firstcreated", errors::kFieldInvalid},
};

TEST(NormaliseTest, EveryFaultIsRefusedWithItsFieldAndReason) {
  for (const Spoiled& row : kSpoiled) {
    Draft draft = Good();
    row.spoil(draft);
    const auto set = Tidy(draft);
    EXPECT_TRUE(absl::IsInvalidArgument(set.status())) << row.what;
    EXPECT_THAT(FaultsOf(set.status()), Contains(Fault(std::string(row.field), row.reason)))
        << row.what << ": " << set.status();
  }
}

TEST(NormaliseTest, AHeadlineIsOneLineHoweverItWasBroken) {
  Draft draft = Good();
  draft.headline = "\u2028Ֆուտբոլ\u2028հաղթանակ\u2029a\u0085b\rc\u2029";
  draft.byline = "Ann\u2028Lee";
  const auto set = Tidy(draft);
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->content.headline, "Ֆուտբոլ հաղթանակ a b c");
  EXPECT_EQ(set->content.byline, "Ann Lee");
  draft.headline = "\u200Bשלום \u200Fx";  // seen: as its author has it
  draft.byline = "\u200B";
  draft.body_html = "<figure><img src=\"https://a.example/1.jpg\"></figure>";
  const auto kept = Tidy(draft);
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_EQ(kept->content.headline, draft.headline);
  EXPECT_EQ(kept->content.byline, "");
}

TEST(NormaliseTest, TermsThatNobodySeesAreNone) {
  Draft draft = Good();
  draft.terms = news::UsageTerms{.text = "\u200B", .attribution = "\u2060 "};
  const auto set = Tidy(draft);
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->content.terms.text, "Use with a hyperlink to the source.");
  EXPECT_EQ(set->content.terms.attribution, "Caliber.Az");
  Source source = Caliber();
  source.display_name = "\u200B";
  source.usage_terms = "\u00AD\u180E";
  EXPECT_THAT(FaultsOf(CheckSource(source)),
              ElementsAre(Fault("source.display_name", errors::kFieldRequired),
                          Fault("source.usage_terms", errors::kFieldRequired)));
}

TEST(NormaliseTest, AtItsBoundEachFieldIsTaken) {
  Draft draft = Good();
  draft.headline.assign(news::kHeadlineBytesMax, 'x');
  draft.byline.assign(news::kBylineBytesMax, 'x');
  draft.body_html.assign(news::kBodyBytesMax, 'x');
  draft.ednote.assign(news::kNoteBytesMax, 'x');
  draft.guid.assign(news::kKeyBytesMax, 'x');
  draft.media.assign(news::kMediaMax,
                     {.href = "https://a/" + std::string(news::kMediaFieldBytesMax - 10, 'x')});
  draft.terms = news::UsageTerms{.text = std::string(news::kTermsBytesMax, 'x')};
  draft.published = Utc(kNow + kStoryDateAheadMax);
  draft.embargoed = Utc(kNow + kEmbargoAheadMax);
  draft.expires = Utc(kNow + kExpiryAheadMax);
  draft.urgency = 9;
  const auto set = Tidy(draft);
  EXPECT_TRUE(set.ok()) << set.status();
}

TEST(NormaliseTest, HowFarAheadADateMayLieIsSaidAsPeopleSayIt) {
  Draft draft = Good();
  draft.published = Utc(kNow + kStoryDateAheadMax + absl::Seconds(1));
  EXPECT_THAT(Tidy(draft).status().ToString(), ::testing::HasSubstr("more than 24 hours ahead"));
  draft = Good();
  draft.embargoed = Utc(kNow + kEmbargoAheadMax + absl::Seconds(1));
  EXPECT_THAT(Tidy(draft).status().ToString(), ::testing::HasSubstr("more than 5 years ahead"));
}

TEST(NormaliseTest, AllFaultsAreSaidAtOnce) {
  Draft draft;
  draft.language = "zz-nonsense-language";
  draft.section = "ՄՇԱԿՈՒՅԹ";
  draft.urgency = 77;
  draft.expires = Utc(kNow + absl::Hours(24 * 365 * 200));
  const auto set = Tidy(draft);
  std::vector<std::string> fields;
  for (const auto& fault : FaultsOf(set.status())) fields.push_back(fault.field);
  EXPECT_THAT(fields, ::testing::UnorderedElementsAre(
                          "article.headline", "article.body_html", "article.key", "article.section",
                          "article.language", "article.urgency", "article.expires"));
}

// Times

TEST(NormaliseTest, ADateAheadIsTakenWithAWarning) {
  Draft draft = Good();
  draft.published = Utc(kNow + absl::Seconds(59));
  EXPECT_THAT(Tidy(draft)->warnings, IsEmpty());
  draft.published = Utc(kNow + absl::Hours(3) + absl::Seconds(20));
  EXPECT_THAT(Tidy(draft)->warnings,
              ElementsAre(AllOf(HasSubstr("published"), HasSubstr("3h ahead"))));
}

TEST(NormaliseTest, ADateWithoutAZoneIsReadInTheSourcesAndSaysSo) {
  absl::TimeZone baku;
  ASSERT_TRUE(absl::LoadTimeZone("Asia/Baku", &baku));
  Draft draft = Good();
  draft.published = PrintedTime{absl::CivilSecond(2026, 11, 22, 14, 30, 0), std::nullopt};
  const auto set = Tidy(draft, Caliber(), "", baku);
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->firstcreated,
            absl::FromCivil(absl::CivilSecond(2026, 11, 22, 10, 30, 0), absl::UTCTimeZone()));
  EXPECT_THAT(set->warnings, ElementsAre(AllOf(HasSubstr("published"), HasSubstr("Asia/Baku"))));
}

TEST(NormaliseTest, InSummersWhenBakuHadSummerTimeItIsObeyed) {
  absl::TimeZone baku;
  ASSERT_TRUE(absl::LoadTimeZone("Asia/Baku", &baku));
  Draft draft = Good();
  draft.published = PrintedTime{absl::CivilSecond(2015, 7, 1, 12, 0, 0), std::nullopt};
  EXPECT_EQ(Tidy(draft, Caliber(), "", baku)->firstcreated,
            absl::FromCivil(absl::CivilSecond(2015, 7, 1, 7, 0, 0), absl::UTCTimeZone()));
}

TEST(NormaliseTest, AnOffsetInTheDocumentWinsOverTheSourcesZone) {
  absl::TimeZone baku;
  ASSERT_TRUE(absl::LoadTimeZone("Asia/Baku", &baku));
  Draft draft = Good();
  draft.published = PrintedTime{absl::CivilSecond(2026, 11, 22, 5, 0, 0), -absl::Hours(5)};
  draft.embargoed =
      PrintedTime{absl::CivilSecond(2026, 11, 22, 10, 0, 0), absl::Hours(5) + absl::Minutes(30)};
  const auto set = Tidy(draft, Caliber(), "", baku);
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->firstcreated,
            absl::FromCivil(absl::CivilSecond(2026, 11, 22, 10, 0, 0), absl::UTCTimeZone()));
  EXPECT_EQ(set->content.embargoed,
            absl::FromCivil(absl::CivilSecond(2026, 11, 22, 4, 30, 0), absl::UTCTimeZone()));
  EXPECT_THAT(set->warnings, IsEmpty());
}

TEST(NormaliseTest, InstantsAreInMilliseconds) {
  Draft draft = Good();
  draft.embargoed =
      PrintedTime{absl::CivilSecond(2026, 11, 22, 10, 0, 0), -absl::Microseconds(1'234'567)};
  const auto set = Tidy(draft);
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(absl::ToUnixMicros(*set->content.embargoed) % 1000, 0);
  EXPECT_EQ(absl::ToUnixMillis(*set->content.embargoed) % 1000, 234);
}

// Terms

TEST(NormaliseTest, WhatTheDocumentSaysOfItsTermsWinsFieldByField) {
  Draft draft = Good();
  draft.terms =
      news::UsageTerms{.text = "", .attribution = "Agency", .link = "https://agency.example/"};
  Source source = Caliber();
  source.attribution = "Caliber";
  const auto set = Tidy(draft, source);
  EXPECT_EQ(set->content.terms, (news::UsageTerms{"Use with a hyperlink to the source.", "Agency",
                                                  "https://agency.example/"}));
}

TEST(NormaliseTest, TheAttributionIsTheSourcesLineElseItsName) {
  Source source = Caliber();
  source.attribution = "via Caliber";
  EXPECT_EQ(Tidy(Good(), source)->content.terms.attribution, "via Caliber");
  EXPECT_EQ(Tidy(Good())->content.terms.attribution, "Caliber.Az");
}

TEST(NormaliseTest, AViewCountIsNeverNegative) {
  Draft draft = Good();
  draft.printed_views = -5;
  EXPECT_EQ(Tidy(draft)->printed_views, 0);
}

// Sources

TEST(CheckSourceTest, GoodSettingsAreOk) {
  Source source = Caliber();
  source.sections = {SectionOf("world")};
  source.section_aliases = {{"world news", SectionOf("world")}};
  EXPECT_TRUE(CheckSource(source).ok()) << CheckSource(source);
}

TEST(CheckSourceTest, EveryFaultIsNamedAllAtOnce) {
  Source source;
  source.id = testing::SourceOf();
  const auto faults = FaultsOf(CheckSource(source));
  EXPECT_THAT(faults, ::testing::UnorderedElementsAre(
                          Fault("source.display_name", errors::kFieldRequired),
                          Fault("source.home_page", errors::kFieldInvalid),
                          Fault("source.usage_terms", errors::kFieldRequired),
                          Fault("source.default_language", errors::kUnknownLanguage)));
}

TEST(CheckSourceTest, BoundsOfEachField) {
  struct Row {
    std::function<void(Source&)> spoil;
    std::string field;
    std::string_view reason;
  };
  const std::vector<Row> rows = {
      {[](Source& s) { s.display_name.assign(news::kBylineBytesMax + 1, 'x'); },
       "source.display_name", errors::kFieldTooLong},
      {[](Source& s) { s.home_page = "https://a/" + std::string(news::kKeyBytesMax, 'x'); },
       "source.home_page", errors::kFieldTooLong},
      {[](Source& s) { s.usage_terms.assign(news::kTermsBytesMax + 1, 'x'); }, "source.usage_terms",
       errors::kFieldTooLong},
      {[](Source& s) { s.attribution.assign(news::kBylineBytesMax + 1, 'x'); },
       "source.attribution", errors::kFieldTooLong},
      {[](Source& s) {
         s.section_aliases = {{std::string(news::kBylineBytesMax + 1, 'x'), SectionOf("a")}};
       },
       "source.section_aliases", errors::kFieldTooLong},
      {[](Source& s) {
         s.language_aliases = {{std::string(news::kBylineBytesMax + 1, 'x'), LanguageOf("hy")}};
       },
       "source.language_aliases", errors::kFieldTooLong},
      {[](Source& s) {
         for (std::size_t i = 0; i <= kAliasesMax; ++i)
           s.section_aliases.emplace(std::to_string(i), SectionOf("a"));
       },
       "source.section_aliases", errors::kFieldTooLong},
      {[](Source& s) {
         s.sections = {SectionOf("a")};
         s.section_aliases = {{"b", SectionOf("b")}};
       },
       "source.section_aliases", errors::kUnknownSection},
      {[](Source& s) {
         s.section_aliases = {{"мир", SectionOf("world")}, {"МИР", SectionOf("peace")}};
       },
       "source.section_aliases", errors::kFieldInvalid},
      {[](Source& s) {
         s.language_aliases = {{"рус", LanguageOf("ru")}, {"РУС", LanguageOf("uk")}};
       },
       "source.language_aliases", errors::kFieldInvalid},
  };
  for (const Row& row : rows) {
    Source source = Caliber();
    row.spoil(source);
    EXPECT_THAT(FaultsOf(CheckSource(source)), Contains(Fault(row.field, row.reason))) << row.field;
  }
}

}  // namespace
}  // namespace telex::ingestion
