#include "news/article_id.h"

#include <gtest/gtest.h>

namespace telex::news {
namespace {

TEST(ArticleId, IsTheSameForTheSameSourceAndKey) {
  EXPECT_EQ(ArticleId::Of("caliber.az", "2025-04-18/kremlin"),
            ArticleId::Of("caliber.az", "2025-04-18/kremlin"));
  EXPECT_NE(ArticleId::Of("caliber.az", "1"), ArticleId::Of("caliber.az", "2"));
  EXPECT_NE(ArticleId::Of("a", "1"), ArticleId::Of("b", "1"));
}

TEST(ArticleId, IsBoundForEver) {
  // A change here would rename every article there is.
  EXPECT_EQ(ArticleId::Of("caliber.az", "k").ToString(), "8ca9986a-9095-5a7f-a47d-de83df4bcc68");
}

TEST(ArticleId, IsAVersionFiveUuid) {
  const std::string text = ArticleId::Of("a", "b").ToString();
  ASSERT_EQ(text.size(), 36u);
  EXPECT_EQ(text[14], '5');
}

TEST(ArticleId, ReadsWhatItWrote) {
  const ArticleId id = ArticleId::Of("a", "b");
  EXPECT_EQ(ArticleId::Parse(id.ToString()), id);
  EXPECT_EQ(ArticleId::FromBytes(id.bytes()), id);
}

TEST(ArticleId, ReadsEachDigitInBothCasesAndWritesLowerCase) {
  constexpr char kLower[] = "01234567-89ab-cdef-fedc-ba9876543210";
  const auto id = ArticleId::Parse(kLower);
  ASSERT_TRUE(id);
  EXPECT_EQ(id->ToString(), kLower);
  EXPECT_EQ(id->bytes(), std::string_view("\x01\x23\x45\x67\x89\xab\xcd\xef"
                                          "\xfe\xdc\xba\x98\x76\x54\x32\x10",
                                          16));
  EXPECT_EQ(ArticleId::Parse("01234567-89AB-CDEF-FEDC-BA9876543210"), id);
}

TEST(ArticleId, RefusesWhatIsNoUuid) {
  for (const char* text :
       {"", "x", "7d7efb4b-f4a8-57ef-be8b-3c3a0ce5e11", "7d7efb4bbf4a8-57ef-be8b-3c3a0ce5e11b",
        "7d7efb4b-f4a8-57ef-be8b-3c3a0ce5e11g", "{d7efb4b-f4a8-57ef-be8b-3c3a0ce5e11}",
        "7d7efb4b-f4a8-57ef-be8b-3c3a0ce5e11b1", "7d7efb4b-f4a8-57ef-be8b-3c3a-ce5e11b0",
        ("7d7efb4b-f4a8-57ef-be8b-3c3a0ce5\xe1"
         "1b")}) {
    EXPECT_FALSE(ArticleId::Parse(text)) << text;
  }
  EXPECT_FALSE(ArticleId::FromBytes("short"));
}

}  // namespace
}  // namespace telex::news
