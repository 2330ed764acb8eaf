#include "news/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "news/letters.h"

namespace telex::news {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  for (const WordSpan& word : WordsOf(text)) words.emplace_back(word.Of(text));
  return words;
}

TEST(Words, AreWhatHasLettersOrDigits) {
  EXPECT_THAT(Words("Prices rose by 1,500 — “don’t”, COVID-19."),
              ElementsAre("Prices", "rose", "by", "1,500", "don’t", "COVID", "19"));
  EXPECT_THAT(Words("Գները աճել են։ В Нью-Йорке"),
              ElementsAre("Գները", "աճել", "են", "В", "Нью", "Йорке"));
  EXPECT_THAT(Words(" … "), IsEmpty());
  EXPECT_THAT(Words(""), IsEmpty());
  EXPECT_FALSE(Words("日本語の文章").empty());
  EXPECT_FALSE(Words("a\xff b").empty());
}

TEST(Letters, HaveAScript) {
  EXPECT_EQ(ScriptOf('a'), "Latn");
  EXPECT_EQ(ScriptOf(U'ж'), "Cyrl");
  EXPECT_EQ(ScriptOf(U'ժ'), "Armn");
  EXPECT_EQ(ScriptOf('1'), "");
  EXPECT_EQ(ScriptOf('.'), "");
  EXPECT_TRUE(IsCapital(U'Ժ'));
  EXPECT_FALSE(IsCapital(U'ժ'));
  EXPECT_EQ(DigitOf(U'٣'), 3);
  EXPECT_EQ(DigitOf('x'), -1);
}

TEST(Letters, OfALanguageAreOfItsScripts) {
  EXPECT_THAT(ScriptsOf(*LanguageTag::Parse("ru")), ElementsAre("Cyrl"));
  EXPECT_THAT(ScriptsOf(*LanguageTag::Parse("hy")), ElementsAre("Armn"));
  EXPECT_THAT(ScriptsOf(*LanguageTag::Parse("es-MX")), ElementsAre("Latn"));
  EXPECT_THAT(ScriptsOf(*LanguageTag::Parse("sr-Latn")), ElementsAre("Latn"));
  EXPECT_EQ(ScriptsOf(*LanguageTag::Parse("ja")).size(), 3u);
}

}  // namespace
}  // namespace telex::news
