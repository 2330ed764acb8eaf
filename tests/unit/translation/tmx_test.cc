#include "translation/formats/tmx.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/translation/job_file_support.h"

namespace telex::translation {
namespace {

using testing::HasSubstr;

LanguagePair EnglishRussian() {
  return {*news::LanguageTag::Parse("en"), *news::LanguageTag::Parse("ru")};
}

std::string File(std::string_view units) {
  return fmt::format(
      "<?xml version=\"1.0\"?><!DOCTYPE tmx SYSTEM \"tmx14.dtd\"><tmx version=\"1.4\"><header "
      "srclang=\"en\"/><body>{}</body></tmx>",
      units);
}
std::string Unit(std::string_view source, std::string_view target) {
  return fmt::format(
      "<tu><tuv xml:lang=\"en\"><seg>{}</seg></tuv><tuv xml:lang=\"ru\"><seg>{}</seg></tuv></tu>",
      source, target);
}

// The first unit: "source|target", or what is wrong.
std::string First(const std::string& file) {
  const auto read = ReadTmx(file, EnglishRussian());
  if (!read.ok()) return Violation(read.status());
  if (read->units.empty()) return fmt::format("none, {} others", read->others);
  return read->units[0].source + "|" + read->units[0].target;
}

TEST(Tmx, ComesBackAsItWent) {
  const news::ArticleId article = news::ArticleId::Of("a", "b");
  const std::vector<MemoryEntry> entries = {
      {EnglishRussian(),
       "AT&amp;T <1>rose <2/></1>",
       "<2/> <1>А&lt;Б</1>",
       MemoryRank::kPerson,
       {1'700'000'000'000, 1, 2},
       article},
      {EnglishRussian(), "b", "б", MemoryRank::kMachine, {1'700'000'001'000, 1, 2}, article},
      {{EnglishRussian().target, EnglishRussian().source},
       "в",
       "c",
       MemoryRank::kMachine,
       {},
       article},
  };
  const std::string file = WriteTmx(EnglishRussian(), entries);
  const auto read = ReadTmx(file, EnglishRussian());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->others, 0u);
  ASSERT_EQ(read->units.size(), 2u);
  EXPECT_EQ(read->units[0], (TmxUnit{entries[0].source, entries[0].target, MemoryRank::kPerson,
                                     article, absl::FromUnixSeconds(1'700'000'000)}));
  EXPECT_EQ(read->units[1].rank, MemoryRank::kMachine);
}

// As tmx14.dtd has it: what is required, and in which order.
TEST(Tmx, IsBuiltAsItsDtdSays) {
  const std::string file = WriteTmx(
      EnglishRussian(),
      {{MemoryEntry{
          EnglishRussian(), "<1>a</1><2/>", "<1>b</1><2/>", MemoryRank::kPerson, {}, {}}}});
  pugi::xml_document document;
  ASSERT_TRUE(document.load_string(file.c_str()));
  const pugi::xml_node root = document.child("tmx");
  EXPECT_STREQ(root.attribute("version").value(), "1.4");
  for (const char* required : {"creationtool", "creationtoolversion", "segtype", "o-tmf",
                               "adminlang", "srclang", "datatype"}) {
    EXPECT_TRUE(root.child("header").attribute(required)) << required;
  }
  std::string order;
  for (const pugi::xml_node& child : root.child("body").child("tu").children())
    order += std::string(child.name()) + " ";
  EXPECT_EQ(order, "prop prop tuv tuv ");
  EXPECT_THAT(file, HasSubstr("<bpt i=\"1\" x=\"1\">&lt;1&gt;</bpt>a<ept i=\"1\">&lt;/1&gt;</ept>"
                              "<ph x=\"2\">&lt;2/&gt;</ph>"));
}

TEST(Tmx, OfOtherToolsIsRead) {
  EXPECT_EQ(First(File(Unit("a <bpt i='7' x='3'>{b}</bpt>b<ept i='7'>{/b}</ept><ph x='9'>{br}</ph>",
                            "<ph x='9'/><hi>z</hi><bpt i='1' x='3'/>y<ept i='1'/><ut>q</ut>"))),
            "a <1>b</1><2/>|<2/>z<1>y</1>");
  EXPECT_EQ(First(File(Unit("<ph>{a}</ph>a<it pos='begin'>{b}</it>", "<ph/>b<it pos='begin'/>"))),
            "<1/>a<2/>|<1/>b<2/>");
  EXPECT_EQ(First(File("<tu><tuv lang='FR'><seg>a</seg></tuv><tuv lang='EN-us'><seg>b</seg></tuv>"
                       "<tuv xml:lang='ru-RU'><seg>c</seg></tuv></tu>")),
            "b|c");
  EXPECT_EQ(First(File("<tu><tuv xml:lang='en-GB'><seg>a</seg></tuv><tuv xml:lang='en'><seg>b</seg>"
                       "</tuv><tuv xml:lang='ru'><seg>c</seg></tuv></tu>")),
            "b|c");
  EXPECT_EQ(First(File(Unit("a", " "))), "none, 1 others");
  EXPECT_EQ(First(File("<tu><tuv xml:lang='eng'><seg>a</seg></tuv></tu>")), "none, 1 others");
  EXPECT_EQ(First(File("")), "none, 0 others");
}

TEST(Tmx, ThatIsBrokenIsRefusedWithItsField) {
  const struct {
    std::string file;
    std::string_view why;
  } kCases[] = {
      {"<xliff/>", "file: no TMX"},
      {"<tmx/>", "file: no TMX"},
      {Edited(File(""), "\"tmx14.dtd\"", "\"tmx14.dtd\" [<!ENTITY a 'b'>]"),
       "file: line 1: a DOCTYPE with an internal subset"},
      {Edited(File(""), "tmx14.dtd", "http://evil.example/x.dtd"), "names another file"},
      {File(Unit("a&b;", "c")), "an entity"},
      {File(Unit("a", "b") + Unit("<bpt i='1'/>", "b")), "tu[2]: "},
      {File(Unit("<ept i='1'/>", "b")), "closes what is not open"},
      {File(Unit("<bpt i='1'/>a", "b")), "is not closed"},
      {File(Unit("<bpt i='1'/><bpt i='1'/>a<ept i='1'/>", "b")), "i is missing or twice"},
      {File(Unit("<bpt/>a<ept/>", "b")), "i is missing or twice"},
      {File(Unit("a", "<ph/>b")), "the source has no such code"},
      {File(Unit("<ph x='1'/><ph x='1'/>", "b")), "tag 1 comes twice"},
      {File(Unit("<ph>a<sub>b</sub></ph>", "b")), "a <sub> is not read"},
      {File(Unit("<b/>", "b")), "no inline code"},
      {Edited(File(Unit("a", "b")), "<tu>", "<tu><prop type='x-telex-rank'>x</prop>"),
       "tu[1]: no rank"},
      {Edited(File(Unit("a", "b")), "<tu>", "<tu><prop type='x-telex-article'>x</prop>"),
       "tu[1]: no id"},
      {File(Unit(std::string(kMemoryTextBytesMax + 1, 'a'), "b")), "tu[1]: a text has at most"},
  };
  for (const auto& [file, why] : kCases) EXPECT_THAT(First(file), HasSubstr(std::string(why)));
}

}  // namespace
}  // namespace telex::translation
