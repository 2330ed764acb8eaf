#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingestion/formats/language_guess.h"
#include "ingestion/formats/page/date.h"
#include "ingestion/formats/page/facts.h"
#include "ingestion/formats/page/line.h"
#include "ingestion/formats/registry.h"
#include "ingestion/formats/unicode.h"
#include "platform/errors/errors.h"

namespace telex::ingestion {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

TEST(Registry, FindsFormatsByMediaType) {
  for (const char* type : {"text/plain", "TEXT/Plain", "text/plain; charset=utf-8",
                           " text/plain ;charset=\"UTF-8\""}) {
    EXPECT_TRUE(FormatOf(type).ok()) << type;
  }
  EXPECT_EQ(ReadContentType("text/plain; format=flowed; Charset=\"Windows-1251\"").charset,
            "windows-1251");
  const auto unknown = FormatOf("application/pdf; x=y");
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(errors::ReasonOf(unknown.status()), errors::kUnsupportedMediaType);
  EXPECT_THAT(std::string(unknown.status().message()), HasSubstr("text/plain"));
  for (const char* type : {"", ";", "text", "text/plainx", "; charset=utf-8"})
    EXPECT_FALSE(FormatOf(type).ok()) << type;
}

TEST(Dates, AreReadInManyWays) {
  const absl::CivilSecond expected(2025, 4, 18, 14, 25);
  for (const char* line : {"18 April 2025 14:25",
                           "April 18, 2025 2:25 PM",
                           "18 Apr. 2025, 14:25",
                           "Friday, April 18th, 2025 at 2:25 p.m.",
                           "14:25, 18 April 2025",
                           "2025-04-18 14:25",
                           "2025-04-18T14:25:00",
                           "18.04.2025 14:25",
                           "18.04.2025 - 14:25",
                           "18/04/2025 14:25",
                           "04/18/2025 2:25 pm",
                           "18 апреля 2025, 14:25",
                           "18 апреля 2025 г., 14:25",
                           "14:25 18.04.2025",
                           "Опубликовано: 18 апреля 2025 г. в 14:25",
                           "18 Ապրիլ 2025 14:25",
                           "18 ապրիլի, 2025թ. 14:25",
                           "Ապրիլ 18, 2025 14:25",
                           "18 aprel 2025, 14:25",
                           "18 Nisan 2025 14:25",
                           "18. April 2025, 14:25 Uhr",
                           "Publié le 18 avril 2025 à 14:25",
                           "18 de abril de 2025 14:25",
                           "Published on: 18 April 2025 – 14:25",
                           "18 квітня 2025, 14:25"}) {
    const auto date = page::ReadDateLine(LowerCase(line));
    ASSERT_TRUE(date.has_value()) << line;
    EXPECT_EQ(date->time.civil, expected) << line;
    EXPECT_TRUE(date->has_time) << line;
    EXPECT_FALSE(date->is_update) << line;
    EXPECT_FALSE(date->ambiguous) << line;
    EXPECT_FALSE(date->time.utc_offset.has_value()) << line;
  }
}

TEST(Dates, KeepTheOffsetThatIsPrinted) {
  const auto offset = [](const char* line) {
    return page::ReadDateLine(LowerCase(line))->time.utc_offset;
  };
  EXPECT_THAT(offset("2025-04-18T14:25:00Z"), Optional(absl::ZeroDuration()));
  EXPECT_THAT(offset("2025-04-18T14:25:00.123+04:00"), Optional(absl::Hours(4)));
  EXPECT_THAT(offset("18 April 2025 14:25 GMT+4"), Optional(absl::Hours(4)));
  EXPECT_THAT(offset("18 April 2025 14:25 (UTC+05:30)"), Optional(absl::Minutes(330)));
  EXPECT_THAT(offset("18 апреля 2025, 14:25 МСК"), Optional(absl::Hours(3)));
  EXPECT_THAT(offset("18 April 2025 14:25 -0300"), Optional(-absl::Hours(3)));
}

TEST(Dates, AreNotSeenWhereThereAreNone) {
  for (const char* line :
       {"Since 18 April 2025", "April 18", "18 April", "31 April 2025", "30.02.2025", "99/99/2025",
        "2025", "14:25", "18 April 2025 25:00", "18 April 2025 and 19 April 2025", "May",
        "In April 2025 the river rose", "1/2", "18 April 20255", "00.00.0000",
        "18 April 2025 0:25 PM", "0:25 pm", "25:61", "18 April 2025 13:00 am"}) {
    EXPECT_FALSE(page::ReadDateLine(LowerCase(line)).has_value()) << line;
  }
  EXPECT_TRUE(page::ReadDateLine("18 april 2205 14:25").has_value());  // refused later on
  EXPECT_TRUE(page::ReadDateLine("updated: 18 april 2025")->is_update);
  EXPECT_TRUE(page::ReadDateLine("03/04/2025")->ambiguous);
  EXPECT_EQ(page::ReadTimeLine("2:25 pm")->hour, 14);
  EXPECT_FALSE(page::ReadTimeLine("14:25 somebody spoke").has_value());
}

TEST(Views, AreCountedAsPrinted) {
  const auto views = [](const char* line) {
    const auto read = page::ReadViews(LowerCase(line));
    return read.has_value() ? read->count : -1;
  };
  EXPECT_EQ(views("Views: 323"), 323);
  EXPECT_EQ(views("323 views"), 323);
  EXPECT_EQ(views("1,234,567 views"), 1'234'567);
  EXPECT_EQ(views("Просмотров: 1 234"), 1234);
  EXPECT_EQ(views("1 234 просмотра"), 1234);
  EXPECT_EQ(views("Դիտումներ՝ 412"), 412);
  EXPECT_EQ(views("Դիտվել է 412 անգամ"), 412);
  EXPECT_EQ(views("Baxış sayı: 95"), 95);
  EXPECT_EQ(views("1.2K views"), 1200);
  EXPECT_EQ(views("Views: 3M"), 3'000'000);
  EXPECT_EQ(views("Views: 99999999999999999999"), -1);
  EXPECT_EQ(views("Views from the bridge: 3 of them"), -1);
  EXPECT_EQ(views("323"), -1);
}

TEST(Bylines, AreNames) {
  const auto name = [](const char* line) {
    const auto read = page::ReadByline(line, LowerCase(line));
    return read.has_value() ? read->name : std::string("-");
  };
  EXPECT_EQ(name("By Aghakazim Guliyev"), "Aghakazim Guliyev");
  EXPECT_EQ(name("BY ANNA MOREAU"), "ANNA MOREAU");
  EXPECT_EQ(name("By Anna Moreau and Piet van Dorn in Karsund"),
            "Anna Moreau and Piet van Dorn in Karsund");
  EXPECT_EQ(name("Author: Anna Moreau"), "Anna Moreau");
  EXPECT_EQ(name("Автор: Ирина Соболева"), "Ирина Соболева");
  EXPECT_EQ(name("Подготовила Анна Каренская"), "Анна Каренская");
  EXPECT_EQ(name("Հեղինակ՝ Նարե Վարդումյանց"), "Նարե Վարդումյանց");
  EXPECT_EQ(name("By the numbers"), "-");
  EXPECT_EQ(name("By all means go"), "-");
  EXPECT_EQ(name("By 2030 Port Ellery"), "-");
  EXPECT_EQ(name("By"), "-");
  EXPECT_EQ(name("Author:"), "-");
}

TEST(Publishers, AreNamedByTheirLines) {
  EXPECT_EQ(page::FindHost("a hyperlink to Caliber.az"), "Caliber.az");
  EXPECT_EQ(page::FindHost("see https://www.courier.example/terms."), "www.courier.example");
  EXPECT_EQ(page::FindHost("write to desk@courier.example"), std::nullopt);
  EXPECT_EQ(page::FindHost("the U.S. and v1.2.3"), std::nullopt);
  EXPECT_EQ(page::RightsHolder("© 2025 The Courier. All rights reserved"), "The Courier");
  EXPECT_EQ(page::RightsHolder("Caliber.az © 2025. ."), "Caliber.az");
  EXPECT_EQ(page::RightsHolder("All rights reserved"), "");
}

TEST(Languages, AreToldOrLeftOpen) {
  EXPECT_EQ(GuessLanguage("The council of the valley said on Friday that it had not seen the text "
                          "of the treaty and "
                          "that it would not vote on it."),
            "en");
  EXPECT_EQ(
      GuessLanguage(
          "Совет долины не готов подписать документ, который он увидел только вчера, и отложил "
          "голосование по нему до мая, сообщил председатель."),
      "ru");
  EXPECT_EQ(
      GuessLanguage(
          "Рада долини не готова підписати документ, який вона побачила лише вчора, і відклала "
          "голосування щодо нього до травня."),
      "uk");
  EXPECT_EQ(GuessLanguage("Հովտի պատմության թանգարանը ուրբաթ օրը բացել է նոր ցուցասրահ։"), "hy");
  EXPECT_EQ(GuessLanguage("Ok"), "");
  EXPECT_EQ(
      GuessLanguage(
          "Karsund Ellery Port Gull Rock Moreau Lindqvist Aalto Holm Brandvold Lind Okafor Dorn"),
      "");
}

TEST(CleanText, HasOneKindOfEverything) {
  const CleanText clean = CleanUnicode(
      "\xEF\xBB\xBF"
      "a\r\nb\rc\xE2\x80\xA8"
      "d\xC2\xA0"
      "e\xC2\xAD"
      "f\xE2\x80\x8B"
      "e\xCC\x81\x01");
  EXPECT_EQ(clean.text, "a\nb\nc\nd ef\xC3\xA9 ");
  EXPECT_EQ(clean.controls_replaced, 1u);
  std::string marks = "a";
  for (int i = 0; i < 100; ++i) marks += "\xCC\x81";
  EXPECT_EQ(CleanUnicode(marks).marks_dropped, 70u);
  // A joiner means something in Persian, and nothing in English.
  EXPECT_EQ(CleanUnicode("a\xE2\x80\x8C"
                         "b")
                .text,
            "ab");
  EXPECT_EQ(CleanUnicode("\xD9\x85\xE2\x80\x8C\xDB\x8C").text, "\xD9\x85\xE2\x80\x8C\xDB\x8C");
}

TEST(Utf8, IsCheckedToTheByte) {
  EXPECT_EQ(FirstInvalidUtf8("plain and caf\xC3\xA9"), std::nullopt);
  EXPECT_THAT(FirstInvalidUtf8("ab\xFF"), Optional(2u));
  EXPECT_THAT(FirstInvalidUtf8("ab\xC3"), Optional(2u));
  EXPECT_THAT(FirstInvalidUtf8("\xED\xA0\x80"), Optional(0u));  // a surrogate
  EXPECT_THAT(FirstInvalidUtf8("\xC0\x80"), Optional(0u));      // overlong
}

}  // namespace
}  // namespace telex::ingestion
