#include "news/wire/translation_log.h"

#include <gtest/gtest.h>

namespace telex::news {
namespace {

constexpr std::string_view kKey =
    "articles/0f8fad5b-d9cb-569f-a165-70867728950e@3/translations/pt-BR@17";

TEST(TranslationKey, IsReadAsItIsWritten) {
  const auto key = ParseTranslationKey(kKey);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->version.number, 3);
  EXPECT_EQ(key->language.text(), "pt-BR");
  EXPECT_EQ(key->revision, 17);
  EXPECT_EQ(KeyOf(*key), kKey);
}

TEST(TranslationKey, WhatIsSpelledOtherwiseIsNone) {
  for (const std::string_view key :
       {"", "articles/0f8fad5b-d9cb-569f-a165-70867728950e@3",
        "articles/0f8fad5b-d9cb-569f-a165-70867728950e/translations/ru@1",
        "articles/0f8fad5b-d9cb-569f-a165-70867728950e@3/translations/ru",
        "articles/0f8fad5b-d9cb-569f-a165-70867728950e@3/translations/ru@",
        "articles/0f8fad5b-d9cb-569f-a165-70867728950e@3/translations/ru@01",
        "articles/0f8fad5b-d9cb-569f-a165-70867728950e@3/translations/RU@1",
        "articles/0F8FAD5B-d9cb-569f-a165-70867728950e@3/translations/ru@1"}) {
    EXPECT_FALSE(ParseTranslationKey(key)) << key;
  }
}

}  // namespace
}  // namespace telex::news
