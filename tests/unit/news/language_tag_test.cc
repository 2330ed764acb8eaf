#include "news/language_tag.h"

#include <gtest/gtest.h>

namespace telex::news {
namespace {

TEST(LanguageTag, IsWrittenCanonically) {
  EXPECT_EQ(LanguageTag::Parse("EN")->text(), "en");
  EXPECT_EQ(LanguageTag::Parse("pt-br")->text(), "pt-BR");
  EXPECT_EQ(LanguageTag::Parse("zh-hant")->text(), "zh-Hant");
  EXPECT_EQ(LanguageTag::Parse("hy")->text(), "hy");
}

TEST(LanguageTag, RefusesWhatIsNoLanguage) {
  for (const char* text : {"", "e", "english", "en_US", "zz", "en-", "1", "en us", "und"}) {
    EXPECT_FALSE(LanguageTag::Parse(text)) << text;
  }
}

}  // namespace
}  // namespace telex::news
