#include "translation/domain/glossary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace telex::translation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Strings = std::vector<std::string>;

Glossary Made(std::vector<Term> terms) {
  absl::StatusOr<Glossary> glossary = Glossary::Make(std::move(terms));
  EXPECT_TRUE(glossary.ok()) << glossary.status();
  return glossary.ok() ? *std::move(glossary) : Glossary();
}

Strings SourcesIn(const Glossary& glossary, std::string_view text) {
  Strings sources;
  for (const TermMatch& match : glossary.FindIn(text)) {
    sources.push_back(match.term->source + "=" + std::string(match.place.Of(text)));
  }
  return sources;
}

TEST(Glossary, FindsWholeWords) {
  const Glossary glossary = Made({{.source = "art", .allowed = {"искусств*"}},
                                  {.source = "Nagorno-Karabakh", .allowed = {"Карабах*"}},
                                  {.source = "drone*", .allowed = {"дрон*"}}});
  EXPECT_THAT(SourcesIn(glossary, "The start of Art, the party's part."), ElementsAre("art=Art"));
  EXPECT_THAT(SourcesIn(glossary, "Art’s and art's drones, a Drone"),
              ElementsAre("art=Art’s", "art=art's", "drone*=drones", "drone*=Drone"));
  EXPECT_THAT(SourcesIn(glossary, "in Nagorno-Karabakh; in Nagorno Karabakh"),
              ElementsAre("Nagorno-Karabakh=Nagorno-Karabakh"));
}

TEST(Glossary, TakesTheLongestTermFirst) {
  const Glossary glossary = Made({{.source = "York", .allowed = {"Йорк*"}},
                                  {.source = "New York", .allowed = {"Нью-Йорк*"}},
                                  {.source = "New York Times", .allowed = {"New York Times"}},
                                  {.source = "Times", .allowed = {"Таймс"}}});
  EXPECT_THAT(SourcesIn(glossary, "York, New York, the New\u00A0York  Times, New. York Times"),
              ElementsAre("York=York", "New York=New York", "New York Times=New\u00A0York  Times",
                          "York=York", "Times=Times"));
}

TEST(Glossary, KeepsCaseWhereItMatters) {
  const Glossary glossary =
      Made({{.source = "US", .allowed = {"США"}, .case_sensitive = true},
            {.source = "Turkey", .allowed = {"Турци*"}, .case_sensitive = true},
            {.source = "turkey", .allowed = {"индейк*"}, .case_sensitive = true},
            {.source = "NATO", .allowed = {"НАТО"}}});
  EXPECT_THAT(SourcesIn(glossary, "The US told us of Turkey and a turkey, Nato said"),
              ElementsAre("US=US", "Turkey=Turkey", "turkey=turkey", "NATO=Nato"));
}

TEST(Glossary, FindsArmenianAndRussianInTheirForms) {
  const Glossary glossary = Made({{.source = "Моск* област*", .allowed = {"Moscow Oblast"}},
                                  {.source = "Երևան*", .allowed = {"Yerevan"}}});
  EXPECT_THAT(SourcesIn(glossary, "В МОСКВЕ, в Московской области."),
              ElementsAre("Моск* област*=Московской области"));
  // և, եւ and եվ are one.
  EXPECT_THAT(SourcesIn(glossary, "Երեւանում, ԵՐԵՎԱՆ"),
              ElementsAre("Երևան*=Երեւանում", "Երևան*=ԵՐԵՎԱՆ"));
}

TEST(Glossary, ChecksTargets) {
  const Glossary glossary =
      Made({{.source = "New York", .allowed = {"Нью-Йорк*"}},
            {.source = "York", .allowed = {"Йорк*"}, .forbidden = {"Ёрк*"}},
            {.source = "Kyiv", .allowed = {"Киев*"}, .forbidden = {"Кыив*", "Кийов"}},
            {.source = "Pope", .forbidden = {"поп"}}});
  EXPECT_THAT(glossary.Check("A Pope in Kyiv and New York", "Папа в Киеве и в Нью-Йорке"),
              IsEmpty());
  const std::vector<TermFault> missing = glossary.Check("Kyiv, Kyiv", "столица");
  ASSERT_EQ(missing.size(), 1u);
  EXPECT_EQ(missing[0].term->source, "Kyiv");
  EXPECT_EQ(missing[0].place, (news::WordSpan{0, 4}));
  EXPECT_EQ(missing[0].forbidden, "");
  const std::string target = "Поп в Киеве, по-старому Кыиве";
  const std::vector<TermFault> forbidden = glossary.Check("The Pope in Kyiv", target);
  ASSERT_EQ(forbidden.size(), 2u);
  EXPECT_EQ(forbidden[0].forbidden, "поп");
  EXPECT_EQ(forbidden[0].place.Of(target), "Поп");
  EXPECT_EQ(forbidden[1].place.Of(target), "Кыиве");
}

TEST(Glossary, AllowsWithinATargetWhatAnotherTermForbids) {
  const Glossary glossary = Made({{.source = "New York", .allowed = {"Нью-Йорк*"}},
                                  {.source = "York", .forbidden = {"Йорк*"}}});
  EXPECT_THAT(glossary.Check("From York to New York", "Из города в Нью-Йорк"), IsEmpty());
  EXPECT_EQ(glossary.Check("From York to New York", "Из Йорка на запад").size(), 2u);
}

TEST(Glossary, ThatContradictsItselfIsRefusedWithBothLines) {
  const struct {
    std::vector<Term> terms;
    std::string_view why;
  } kCases[] = {
      {{{.source = "Kyiv", .allowed = {"Киев"}, .line = 3},
        {.source = "KYIV", .allowed = {"Кыив"}, .line = 7}},
       "lines 3 and 7: both say how 'KYIV'"},
      {{{.source = "New  York", .allowed = {"a"}}, {.source = "new york", .allowed = {"a"}}},
       "lines 1 and 2"},
      {{{.source = "Kyiv", .allowed = {"Киев"}, .forbidden = {"киев"}}}, "line 1: 'Kyiv'"},
      {{{.source = "Kyiv", .allowed = {"Киев"}, .line = 2},
        {.source = "capital", .allowed = {"столица"}, .forbidden = {"Киев"}, .line = 5}},
       "lines 2 and 5: the only translation of 'Kyiv'"},
      {{{.source = "...", .allowed = {"a"}}}, "line 1: a term has a word"},
      {{{.source = "a", .allowed = {"?"}}}, "line 1: a target has a word"},
      {{{.source = "a"}}, "line 1: 'a' has no targets"},
      {{{.source = std::string(kTermBytesMax + 1, 'a'), .allowed = {"a"}}}, "at most 200 bytes"},
  };
  for (const auto& [terms, why] : kCases) {
    const absl::StatusOr<Glossary> glossary = Glossary::Make(terms);
    ASSERT_FALSE(glossary.ok()) << why;
    EXPECT_THAT(std::string(glossary.status().message()), HasSubstr(std::string(why)));
    EXPECT_THAT(std::string(glossary.status().message()), HasSubstr("terms"));
  }
}

TEST(Glossary, OutdatesOnlyWhatHasAChangedTerm) {
  const Term york{.source = "York", .allowed = {"Йорк*"}};
  const Term new_york{.source = "New York", .allowed = {"Нью-Йорк*"}};
  const Term kyiv{.source = "Kyiv", .allowed = {"Киев*"}};
  const Term other_york{.source = "York", .allowed = {"Ёрк*"}};
  const Glossary before = Made({york, new_york, kyiv});
  const Glossary after = Made({kyiv, other_york, new_york});
  EXPECT_THAT(ChangedTerms(before, after), ElementsAre("York"));
  EXPECT_THAT(ChangedTerms(before, before), IsEmpty());
  EXPECT_TRUE(DiffersFor(before, after, "The Duke of York"));
  EXPECT_FALSE(DiffersFor(before, after, "From Kyiv to New York"));
  EXPECT_FALSE(DiffersFor(before, after, "Nothing of it"));
  const Glossary less = Made({york, kyiv});
  EXPECT_THAT(ChangedTerms(before, less), ElementsAre("New York"));
  EXPECT_TRUE(DiffersFor(before, less, "in New York"));  // now it has York
  EXPECT_FALSE(DiffersFor(before, less, "in York"));
  EXPECT_THAT(ChangedTerms(Glossary(), less), ElementsAre("Kyiv", "York"));
}

TEST(TermPattern, StandsWithWhatIsBetweenItsWords) {
  const auto pattern = TermPattern::Of("AT&T", true);
  ASSERT_TRUE(pattern.has_value());
  EXPECT_TRUE(pattern->FindIn(WordText("at AT&T today")).has_value());
  EXPECT_FALSE(pattern->FindIn(WordText("at AT T today")).has_value());
  EXPECT_FALSE(pattern->FindIn(WordText("at&t")).has_value());
  EXPECT_FALSE(TermPattern::Of(" – ", false).has_value());
}

}  // namespace
}  // namespace telex::translation
