#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingestion/domain/normalise.h"
#include "platform/errors/errors.h"
#include "tests/unit/ingestion/drafts.h"
#include "tests/unit/ingestion/stories.h"

// What names a story and its places: keys, sections, languages.

namespace telex::ingestion {
namespace {

using testing::Caliber;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::LanguageOf;
using testing::SectionOf;
using ::testing::SizeIs;
using namespace testing;  // the drafts of these tests

// Keys

TEST(NormaliseNamesTest, TheKeyIsTheCallersElseTheGuidElseTheCanonicalUrl) {
  Draft draft = Good();
  draft.guid = "guid-1";
  EXPECT_EQ(Tidy(draft, Caliber(), "mine")->key, "mine");
  EXPECT_EQ(Tidy(draft)->key, "guid-1");
  draft.guid.clear();
  EXPECT_EQ(Tidy(draft)->key, draft.canonical_url);
}

TEST(NormaliseNamesTest, WithNoneOfThemItIsRefusedWithAProposal) {
  Draft draft = Good();
  draft.canonical_url.clear();
  draft.published = PrintedTime{absl::CivilSecond(2026, 3, 7, 23, 59, 0), absl::Hours(4)};
  const auto set = Tidy(draft);
  EXPECT_EQ(errors::ReasonOf(set.status()), errors::kNeedsKey);
  const auto details = errors::DetailsOf(set.status());
  ASSERT_TRUE(details);
  EXPECT_EQ(details->metadata.at("proposed_key"), "2026-03-07 A headline");
  // What is proposed is taken, and makes the same article each time.
  const auto again = Tidy(draft, Caliber(), details->metadata.at("proposed_key"));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->key, "2026-03-07 A headline");
  // There, the attribution links to the source's home page.
  EXPECT_EQ(again->content.terms.link, "https://caliber.az/");
}

TEST(NormaliseNamesTest, AProposalIsAFunctionOfTheStoryAlone) {
  Draft draft = Good();
  draft.canonical_url.clear();
  const auto proposed = [&](absl::Time now) {
    const auto set = Normalise({.draft = draft,
                                .source = Caliber(),
                                .zone = absl::UTCTimeZone(),
                                .now = now,
                                .key = "",
                                .field_path = "document."});
    return errors::DetailsOf(set.status())->metadata.at("proposed_key");
  };
  // Without a date: the same page tomorrow is the same article, another story of that headline not.
  const std::string key = proposed(kNow);
  EXPECT_THAT(key, ::testing::MatchesRegex("A headline [0-9a-f]+"));
  EXPECT_EQ(proposed(kNow + absl::Hours(24)), key);
  draft.body_html = "<p>Other words.</p>";
  EXPECT_NE(proposed(kNow), key);
  draft.published = PrintedTime{absl::CivilSecond(2026, 3, 7, 0, 0, 0), std::nullopt};
  EXPECT_EQ(proposed(kNow), "2026-03-07 A headline");
}

TEST(NormaliseNamesTest, NothingIsProposedForAStoryWithoutAHeadline) {
  Draft draft = Good();
  draft.canonical_url.clear();
  for (const char* headline : {"", "\n"}) {
    draft.headline = headline;
    const auto set = Tidy(draft);
    EXPECT_THAT(FaultsOf(set.status()), Contains(Fault("article.key", errors::kNeedsKey)));
    EXPECT_EQ(errors::DetailsOf(set.status())->metadata.count("proposed_key"), 0u);
  }
  // What is proposed can be taken.
  draft.headline = "Two\nlines";
  draft.published = PrintedTime{absl::CivilSecond(2026, 3, 7, 0, 0, 0), std::nullopt};
  EXPECT_EQ(ProposeKey(draft), "2026-03-07 Two lines");
}

TEST(NormaliseNamesTest, AProposalIsBoundedAndOfWholeCharacters) {
  Draft draft = Good();
  for (const bool dated : {false, true}) {
    if (dated) draft.published = PrintedTime{absl::CivilSecond(2026, 3, 7, 0, 0, 0), std::nullopt};
    const std::size_t rest = dated ? 11 : 9;
    for (int shift = 0; shift < 4; ++shift) {
      draft.headline = std::string(static_cast<std::size_t>(shift), 'x');
      for (int i = 0; i < 1'500; ++i) draft.headline += "ա";
      const std::string key = ProposeKey(draft);
      EXPECT_LE(key.size(), kProposedKeyBytesMax);
      EXPECT_GE(key.size(), kProposedKeyBytesMax - 4);
      EXPECT_EQ((key.size() - static_cast<std::size_t>(shift) - rest) % 2,
                0u);  // no half of a two-byte letter
    }
  }
}

// Sections and languages

TEST(NormaliseNamesTest, ASourcesAliasesAreReadWhateverTheirCase) {
  Source source = Caliber();
  source.section_aliases = {{"world news", SectionOf("world")}, {"мир", SectionOf("world")}};
  source.language_aliases = {{"arm", LanguageOf("hy")}};
  source.sections = {SectionOf("world")};
  Draft draft = Good();
  draft.section = "World NEWS";
  draft.language = "ARM";
  const auto set = Tidy(draft, source);
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->content.section, SectionOf("world"));
  EXPECT_EQ(set->content.language, LanguageOf("hy"));
  for (const char* printed : {"мир", "МИР", " Мир "}) {
    draft.section = printed;
    EXPECT_TRUE(Tidy(draft, source).ok()) << printed;
  }
}

TEST(NormaliseNamesTest, ASectionThatACallerGivesIsASlugOrAnAlias) {
  Source source = Caliber();
  source.section_aliases = {{"культура", SectionOf("culture")}};
  for (const char* given :
       {"WORLD", "World", "Économie", "Политика 24", "No Slug!", "DÜNYA", "south caucasus"}) {
    Draft draft = Good();
    draft.section = given;
    const auto faults = FaultsOf(Tidy(draft, source).status());
    ASSERT_THAT(faults, ElementsAre(Fault("article.section", errors::kUnknownSection))) << given;
    EXPECT_THAT(faults[0].description, HasSubstr("культура=culture"));
  }
}

TEST(NormaliseNamesTest, APrintedSectionIsASlugOnlyWhereNothingIsLost) {
  const auto taken = [](const char* printed) {
    Draft draft = Good();
    draft.section = printed;
    return Normalise({.draft = draft,
                      .source = Caliber(),
                      .zone = absl::UTCTimeZone(),
                      .now = kNow,
                      .key = "",
                      .field_path = "document.",
                      .section_is_printed = true});
  };
  EXPECT_EQ(taken("WORLD")->content.section, SectionOf("world"));
  EXPECT_EQ(taken("South  Caucasus")->content.section, SectionOf("south-caucasus"));
  const std::vector<std::pair<const char*, const char*>> refused = {
      {"DÜNYA", "DÜNYA=dunya"},
      {"Économie", "Économie=economie"},
      {"Политика 24", "Политика 24=politika-24"},
      {"No Slug!", "No Slug!=no-slug"}};
  for (const auto& [printed, alias] : refused) {
    const auto set = taken(printed);
    EXPECT_THAT(FaultsOf(set.status()),
                ElementsAre(Fault("document.section", errors::kUnknownSection)));
    const auto metadata = errors::DetailsOf(set.status())->metadata;
    EXPECT_EQ(metadata.at("source"), "sources/caliber.az");
    EXPECT_EQ(metadata.at("section_alias"), alias);
  }
  // Nothing is proposed that would be refused.
  EXPECT_EQ(errors::DetailsOf(taken("!!").status())->metadata.count("section_alias"), 0u);
  Source narrow = Caliber();
  narrow.sections = {SectionOf("world")};
  Draft draft = Good();
  draft.section = "DÜNYA";
  EXPECT_EQ(errors::DetailsOf(Tidy(draft, narrow).status())->metadata.count("section_alias"), 0u);
}

TEST(NormaliseNamesTest, ARefusalStaysInBoundsWhateverTheAliases) {
  Source source = Caliber();
  for (int i = 0; i < 400; ++i)
    source.section_aliases.emplace("раздел " + std::to_string(i), SectionOf("world"));
  Draft draft = Good();
  draft.section = "Նոր";
  const auto faults = FaultsOf(Tidy(draft, source).status());
  ASSERT_THAT(faults, SizeIs(1));
  EXPECT_THAT(faults[0].description, HasSubstr("..."));
  EXPECT_LE(faults[0].description.size(), errors::kDescriptionBytesMax);
}

TEST(NormaliseNamesTest, AnAliasWinsOverTheSlugOfTheSameName) {
  Source source = Caliber();
  source.section_aliases = {{"world", SectionOf("abroad")}};
  EXPECT_EQ(Tidy(Good(), source)->content.section, SectionOf("abroad"));
}

TEST(NormaliseNamesTest, ASectionThatTheSourceMayNotUseIsUnknown) {
  Source source = Caliber();
  source.sections = {SectionOf("culture")};
  EXPECT_THAT(FaultsOf(Tidy(Good(), source).status()),
              ElementsAre(Fault("article.section", errors::kUnknownSection)));
  source.sections.push_back(SectionOf("world"));
  EXPECT_TRUE(Tidy(Good(), source).ok());
}

TEST(NormaliseNamesTest, AStoryWithoutASectionIsNewsAndSaysSo) {
  Draft draft = Good();
  draft.section.clear();
  const auto set = Tidy(draft);
  ASSERT_TRUE(set.ok());
  EXPECT_EQ(set->content.section, SectionOf("news"));
  EXPECT_THAT(set->warnings, ElementsAre(HasSubstr("no section")));
}

TEST(NormaliseNamesTest, AStoryWithoutALanguageIsInTheSources) {
  Draft draft = Good();
  draft.language.clear();
  Source source = Caliber();
  source.default_language = LanguageOf("az");
  EXPECT_EQ(Tidy(draft, source)->content.language, LanguageOf("az"));
}

}  // namespace
}  // namespace telex::ingestion
