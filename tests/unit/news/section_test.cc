#include "news/section.h"

#include <gtest/gtest.h>

#include "news/source_id.h"

namespace telex::news {
namespace {

TEST(Section, IsASlug) {
  EXPECT_EQ(Section::Parse("south-caucasus")->slug(), "south-caucasus");
  for (const char* text : {"", "World", "all", "-a", "a-", "a--b", "a b", "новости",
                           "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
    EXPECT_FALSE(Section::Parse(text)) << text;
  }
}

TEST(Section, IsMadeOfAPrintedName) {
  EXPECT_EQ(Section::FromPrinted("WORLD")->slug(), "world");
  EXPECT_EQ(Section::FromPrinted(" South  Caucasus ")->slug(), "south-caucasus");
  EXPECT_EQ(Section::FromPrinted("G20 - News")->slug(), "g20-news");
}

TEST(Section, IsNeverMadeByLeavingLettersOut) {
  for (const char* name :
       {"Мир", "All", "", " - ", "DÜNYA", "Économie", "Политика 24", "No Slug!", "Arts & Culture",
        "arts_culture", "A name that is longer than a section may be"}) {
    EXPECT_FALSE(Section::FromPrinted(name)) << name;
  }
}

TEST(SourceId, IsAName) {
  EXPECT_EQ(SourceId::FromName("sources/caliber.az")->text(), "caliber.az");
  EXPECT_EQ(SourceId::Parse("caliber.az")->Name(), "sources/caliber.az");
  for (const char* text : {"", ".a", "-a", "A", "a/b", "a b", "a@1", "a\nb"})
    EXPECT_FALSE(SourceId::Parse(text)) << text;
}

}  // namespace
}  // namespace telex::news
