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

TEST(LanguageTag, SaysTheDirectionOfItsScript) {
  const auto right_to_left = [](std::string_view tag) {
    return IsRightToLeft(LanguageTag::Parse(tag).value());
  };
  for (const std::string_view tag : {"ar", "he", "fa", "ur", "az-Arab"})
    EXPECT_TRUE(right_to_left(tag)) << tag;
  for (const std::string_view tag : {"en", "hy", "az", "ar-Latn", "zh-Hant"})
    EXPECT_FALSE(right_to_left(tag)) << tag;
  EXPECT_FALSE(IsRightToLeft(LanguageTag()));
}

}  // namespace
}  // namespace telex::news
