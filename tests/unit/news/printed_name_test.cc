#include "news/printed_name.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace telex::news {
namespace {

std::string Romanised(std::string_view name) {
  const auto section = RomanisedSection(name);
  return section ? section->slug() : "";
}

TEST(FoldedName, IsTheSameHoweverANameIsPrinted) {
  struct Row {
    const char* one;
    const char* other;
  };
  for (const Row& row : std::vector<Row>{
           {"Политика", "ПОЛИТИКА"},
           {"Մշակույթ", "ՄՇԱԿՈՒՅԹ"},
           // և has no capital: in capitals it is spelled out, in either orthography.
           {"Բանակ և պաշտպանություն", "ԲԱՆԱԿ ԵՎ ՊԱՇՏՊԱՆՈՒԹՅՈՒՆ"},
           {"Բանակ և պաշտպանություն", "ԲԱՆԱԿ ԵՒ ՊԱՇՏՊԱՆՈՒԹՅՈՒՆ"},
           {"Siyasət", "SİYASƏT"},
           {"Dış haberler", "DIŞ HABERLER"},
           {"Straße", "STRASSE"},
           {"Économie", "E\u0301CONOMIE"},
           {"World news", "  WORLD \u00a0 NEWS "},
           {"Ολυμπιακός", "ΟΛΥΜΠΙΑΚΌΣ"},
           {"arm", "ARM"},
       }) {
    EXPECT_EQ(FoldedName(row.one), FoldedName(row.other)) << row.one << " " << row.other;
  }
  EXPECT_NE(FoldedName("Мир"), FoldedName("Мэр"));
  EXPECT_NE(FoldedName("Dünya"), FoldedName("Dunya"));
  EXPECT_EQ(FoldedName(""), "");
  EXPECT_NE(FoldedName("\xff"), "");
}

TEST(FoldedName, FoldsAsciiAsItDoesBesideOtherLetters) {
  for (int c = 1; c < 0x80; ++c) {
    std::string text = "a";
    text.append(2, static_cast<char>(c)).append("b");
    EXPECT_EQ(FoldedName(text) + "é", FoldedName(text + "é")) << c;
  }
  EXPECT_EQ(FoldedName(" \tTwo  words\n"), "two words");
}

TEST(RomanisedSection, SoundsLikeTheName) {
  EXPECT_EQ(Romanised("Политика"), "politika");
  EXPECT_EQ(Romanised("ПРОИСШЕСТВИЯ"), "proisshestviya");
  EXPECT_EQ(Romanised("Объявления 24"), "obyavleniya-24");
  EXPECT_EQ(Romanised("ՄՇԱԿՈՒՅԹ"), "mshakuyt");
  EXPECT_EQ(Romanised("DÜNYA"), "dunya");
  EXPECT_EQ(Romanised("SİYASƏT"), "siyaset");
  EXPECT_EQ(Romanised("Économie"), "economie");
  EXPECT_EQ(Romanised("Arts & Culture"), "arts-culture");
  EXPECT_EQ(Romanised("No Slug!"), "no-slug");
  EXPECT_EQ(Romanised("ეკონომიკა"), "ekonomika");
}

TEST(RomanisedSection, IsNothingWhereNothingIsLeftOrTheNameIsTaken) {
  EXPECT_EQ(Romanised(""), "");
  EXPECT_EQ(Romanised("!!"), "");
  EXPECT_EQ(Romanised("— / —"), "");
  EXPECT_EQ(Romanised("ALL"), "");
  EXPECT_EQ(Romanised("𓀀 news"), "");
}

TEST(RomanisedSection, OfALongNameIsTheWordsThatFit) {
  EXPECT_EQ(Romanised("Наука и технологии в регионах страны сегодня"),
            "nauka-i-tekhnologii-v-regionakh-strany");
  EXPECT_EQ(Romanised(std::string(60, 'x')), std::string(40, 'x'));
}

TEST(RomanisedSection, MayBeAskedFromManyThreads) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int k = 0; k < 50; ++k) {
        EXPECT_EQ(Romanised("Культура"), "kultura");
        EXPECT_EQ(Romanised("ՀԱՍԱՐԱԿՈՒԹՅՈՒՆ"), "hasarakutyun");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace telex::news
