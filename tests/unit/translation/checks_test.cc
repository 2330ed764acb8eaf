// Good and bad translations of real sentences: the good must raise nothing, the bad exactly what is
// wrong with them.
#include "translation/domain/checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace telex::translation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<Finding> Findings(std::string_view languages, std::string_view source,
                              std::string_view target, const Glossary* glossary = nullptr) {
  const std::size_t arrow = languages.find('>');
  return CheckSegment({.source_language = *news::LanguageTag::Parse(languages.substr(0, arrow)),
                       .target_language = *news::LanguageTag::Parse(languages.substr(arrow + 1)),
                       .source = source,
                       .target = target},
                      glossary);
}

// The reasons, each once, parted by blanks.
std::string Reasons(std::string_view languages, std::string_view source, std::string_view target) {
  std::string reasons;
  for (const Finding& finding : Findings(languages, source, target)) {
    const std::string reason(ReasonOf(finding.check));
    if (reasons.find(reason) == std::string::npos) reasons += (reasons.empty() ? "" : " ") + reason;
  }
  return reasons;
}

struct Said {
  std::string_view languages;
  std::string_view source;
  std::string_view target;
  std::string_view reasons = "";
};

class Sentences : public testing::TestWithParam<Said> {};

TEST_P(Sentences, AreJudged) {
  const Said& pair = GetParam();
  std::string said;
  for (const Finding& finding : Findings(pair.languages, pair.source, pair.target))
    said += finding.message + "\n";
  EXPECT_EQ(Reasons(pair.languages, pair.source, pair.target), pair.reasons) << pair.source << "\n"
                                                                             << pair.target << "\n"
                                                                             << said;
}

constexpr Said kGood[] = {
    // What stands the same on both sides, whatever blanks part it.
    {"en>ru", "The plant made 12 345,67 tonnes.", "Завод выпустил 12 345,67 тонны."},
    {"en>ru", "The plant made 12\u00A0345,67 tonnes.", "Завод выпустил 12\u202F345,67 тонны."},
    {"en>es", "The plant made 12\u2009345,67 tonnes.", "La planta produjo 12 345,67 toneladas."},
    {"en>hy", "It cost 1 234 567 drams.", "Այն արժեցել է 1\u00A0234\u00A0567 դրամ։"},
    // Numbers, as each language groups and parts them.
    {"en>ru", "Exports rose 3.5 percent to $1,500,000 in 2023.",
     "Экспорт вырос на 3,5 процента, до 1 500 000 долларов, в 2023 году."},
    {"en>ru", "The fund holds $1.5 billion, up from 980 million.",
     "В фонде 1,5 млрд долларов, ранее было 980 миллионов."},
    {"en>hy", "Exports rose 3.5 percent to $1,500,000 in 2023.",
     "Արտահանումը 2023 թվականին աճել է 3,5 տոկոսով՝ հասնելով 1 500 000 դոլարի։"},
    {"en>hy", "About 12,400 people crossed the border on Monday.",
     "Երկուշաբթի օրը սահմանը հատել է շուրջ 12 հազար 400 մարդ։"},
    {"en>es", "Exports rose 3.5 percent to $1,500,000 in 2023.",
     "Las exportaciones crecieron un 3,5 por ciento, hasta 1.500.000 dólares, en 2023."},
    {"en>es", "The bank lent $1.5 billion to 2,300 firms.",
     "El banco prestó 1.500 millones de dólares a 2.300 empresas."},
    {"en>es-MX", "The bank lent $1.5 billion to 2,300 firms.",
     "El banco prestó 1,500 millones de dólares a 2,300 empresas."},
    {"en>ru", "Some 10,000 homes lost power.", "Без света остались около 10 тыс. домов."},
    {"en>ru", "The meeting starts at 3 p.m. on Tuesday.", "Встреча начнётся во вторник в 15:00."},
    {"en>ru", "The train leaves at 6:45 pm and arrives at 9:10 pm.",
     "Поезд отправляется в 18.45 и прибывает в 21:10."},
    {"en>ru", "Three people died and 12 were injured.", "Три человека погибли, 12 ранены."},
    {"en>ru", "Five people died in the 21st century's worst flood.",
     "В худшем наводнении XXI века погибли 5 человек."},
    {"en>hy", "It was the worst flood of the 20th century.", "Դա XX դարի ամենաահեղ ջրհեղեղն էր։"},
    {"en>es", "2 of the victims were children.", "Dos de las víctimas eran niños."},
    {"en>ru", "In the 2023-24 season he scored 17 goals.", "В сезоне 2023–2024 он забил 17 голов."},
    {"en>ru", "The 1990s were hard.", "Тяжёлыми были 1990-е годы."},
    {"ru>en", "В бюджете 2,5 трлн рублей, или 1 250,5 на человека.",
     "The budget has 2.5 trillion rubles, or 1,250.5 per person."},
    // Dates.
    {"en>ru", "Parliament will vote on May 5, 2024, a Sunday.",
     "Парламент проголосует в воскресенье, 5 мая 2024 года."},
    {"en>es", "The law may change in March.", "La ley puede cambiar en marzo."},
    {"en>ru", "Voters may march on the capital.", "Избиратели могут пойти на столицу."},
    {"en>hy", "He was born on 24 April 1965 in Gyumri.",
     "Նա ծնվել է 1965 թվականի ապրիլի 24-ին Գյումրիում։"},
    {"en>ru", "Signed on September 12, 2021.", "Подписано 12.09.2021."},
    {"en>es", "The Wednesday session ended late.", "La sesión del miércoles terminó tarde."},
    // Punctuation.
    {"en>hy", "Will the border open?", "Կբացվի՞ արդյոք սահմանը։"},
    {"en>hy", "He said the following:", "Նա ասաց հետևյալը."},
    {"en>hy", "The border is open.", "Սահմանը բաց է:"},
    {"en>es", "Will the border open?", "¿Se abrirá la frontera?"},
    {"en>es", "\"We are ready,\" he said, \"are you?\"", "«Estamos listos», dijo, «¿y ustedes?»."},
    {"en>ru", "\"We are ready,\" the minister said.", "«Мы готовы», — сказал министр."},
    {"en>ru", "He called it “a victory for all.”", "Он назвал это «победой для всех»."},
    {"en>ru", "The airline \"Company Alpha\" closed.", "Закрыта авиакомпания «Компания «Альфа»."},
    {"en>ru", "\"We have no time.", "«У нас нет времени."},
    {"en>ru", "a) the budget (draft)", "а) бюджет (проект)"},
    {"en>ru", "Talks resume at 5 p.m.", "Переговоры возобновятся в 17:00"},
    {"en>ru", "Inflation slows in 2024", "Инфляция замедлилась в 2024 г."},
    {"en>zh", "The border is open.", "边境已开放。"},
    {"en>ar", "Will the border open?", "هل ستفتح الحدود؟"},
    {"en>th", "The border is open.", "ชายแดนเปิดแล้ว"},
    {"en>fr", "What did he say?", "Qu'a-t-il dit ?"},
    {"en>el", "Will the border open?", "Θα ανοίξουν τα σύνορα;"},
    // Names, addresses, one word.
    {"en>es", "Nikol Pashinyan", "Nikol Pashinyan"},
    {"en>es", "Bank of America", "Bank of America"},
    {"en>es", "Internet", "Internet"},
    {"en>es", "Real Madrid 2, Barcelona 1", "Real Madrid 2, Barcelona 1"},
    {"en>ru", "Read more at https://example.org/a_(b)?id=15, or write to news@example.org.",
     "Подробнее: https://example.org/a_(b)?id=15, пишите на news@example.org."},
    {"en>ru", "Apple shows the iPhone 15 Pro Max in Cupertino.",
     "Apple показала iPhone 15 Pro Max в Купертино."},
    {"en>hy", "NATO and the World Bank agreed.", "ՆԱՏՕ-ն և Համաշխարհային բանկը համաձայնել են։"},
    {"en>ru", "Many, many people came.", "Пришло очень-очень много людей."},
    {"en>hy", "Prices fall little by little.", "Գները քիչ քիչ իջնում են։"},
    {"en>fr", "We see each other.", "Nous nous voyons."},
    {"ru>hy", "Он сказал, что это невозможно.", "Նա ասել է, որ դա հնարավոր չէ։"},
    // As news has it.
    {"en>ru",
     "Azerbaijan's GDP grew by 4.1% year-on-year in January–September, the State Statistics "
     "Committee said.",
     "ВВП Азербайджана в январе–сентябре вырос на 4,1% в годовом исчислении, сообщает Госкомстат."},
    {"en>ru", "The 1.2 km-long bridge will cost $3.4m.",
     "Мост длиной 1,2 км обойдётся в 3,4 млн долларов."},
    {"en>ru", "“I don’t know,” said Anna, 34.", "«Не знаю», — сказала 34-летняя Анна."},
    {"en>ru", "He won 6-4, 7-6 (7-5).", "Он победил со счётом 6:4, 7:6 (7:5)."},
    {"en>ru", "Two-thirds of voters, or 66.7 percent, backed it.",
     "Его поддержали две трети избирателей, или 66,7 процента."},
    {"en>ru", "The Boeing 737-800 landed at 09:05.", "Boeing 737-800 приземлился в 9:05."},
    {"en>ru", "Oil fell below $70 a barrel for the first time since December 2021.",
     "Нефть впервые с декабря 2021 года опустилась ниже 70 долларов за баррель."},
    {"en>ru", "What happened? Nobody knows.", "Что произошло? Никто не знает."},
    {"en>ru", "Photo: Reuters/John Smith", "Фото: Reuters/John Smith"},
    {"en>ru", "The No. 1 seed lost.", "Первая ракетка турнира проиграла."},
    {"en>ru", "In the first half of the year, sales rose by a quarter to 1.25 million.",
     "В первом полугодии продажи выросли на четверть, до 1,25 млн."},
    {"en>ru", "U.S. President Joe Biden arrived in Kyiv on Feb. 20.",
     "Президент США Джо Байден прибыл в Киев 20 февраля."},
    {"en>ru", "Mayor Sadiq Khan may run again.", "Мэр Садик Хан может снова выдвинуться."},
    {"en>ru", "Some 2,000,000 people live there, 48.5 percent of them in towns.",
     "Там живут около двух миллионов человек, из них 48,5 процента — в городах."},
    {"en>ru", "The court gave him 15 years (prosecutors had asked for 20).",
     "Суд приговорил его к 15 годам (прокуратура просила 20)."},
    {"en>hy", "Armenia’s parliament adopted the 2025 budget on Thursday.",
     "Հայաստանի խորհրդարանը հինգշաբթի օրն ընդունեց 2025 թվականի բյուջեն։"},
    {"en>hy", "“We want peace,” Nikol Pashinyan said.",
     "«Մենք ուզում ենք խաղաղություն»,- ասաց Նիկոլ Փաշինյանը։"},
    {"en>hy", "The exchange rate was 387.52 drams per dollar.",
     "Փոխարժեքը կազմել է 387.52 դրամ մեկ դոլարի դիմաց։"},
    {"en>hy", "Is it true?", "Ճի՞շտ է։"},
    {"en>hy", "He shouted: \"Run!\"", "Նա գոռաց. «Վազե՜ք»։"},
    {"en>hy", "See the video at https://youtu.be/abc.", "Տեսանյութը՝ https://youtu.be/abc։"},
    {"en>hy", "Part 2: The war", "Մաս 2. Պատերազմը"},
    {"en>hy", "The budget grew 12.3 percent, to 3.2 trillion drams.",
     "Բյուջեն աճել է 12,3 տոկոսով՝ կազմելով 3,2 տրլն դրամ։"},
    {"en>es", "The firm, based in New York, employs 12,000 people and earned €2.3bn.",
     "La empresa, con sede en Nueva York, emplea a 12.000 personas y ganó 2.300 millones de "
     "euros."},
    {"en>es", "Stocks fell 1.5%; the euro was at $1.08.",
     "Las bolsas cayeron un 1,5 %; el euro se situó en 1,08 dólares."},
    {"en>es", "The 19-year-old won bronze in the 4x100m relay.",
     "La joven de 19 años ganó el bronce en el relevo 4x100 m."},
    {"en>es", "No!", "¡No!"},
    {"en>es", "The president said: “This is our land.”",
     "El presidente dijo: «Esta es nuestra tierra»."},
    {"en>es", "COVID-19 cases rise", "Aumentan los casos de COVID-19"},
    {"en>es", "La Liga: Barcelona 3-1 Sevilla", "La Liga: Barcelona 3-1 Sevilla"},
    {"en>es", "Juan Carlos I abdicated in June 2014.", "Juan Carlos I abdicó en junio de 2014."},
    {"en>es", "MADRID, Nov 5 (EFE) - The government approved the law.",
     "MADRID, 5 nov (EFE).- El Gobierno aprobó la ley."},
    {"en>es", "At 7:30 p.m. the team arrived.", "A las 19.30 llegó el equipo."},
    {"en>es", "Over a hundred people, 30 of them children, were rescued.",
     "Más de 100 personas, entre ellas 30 niños, fueron rescatadas."},
    // Markup.
    {"en>ru", "Prices <1>rose</1> by <2><3>ten</3></2> percent<4/>.",
     "Цены на <3><2>десять</2></3> процентов<4/> <1>выросли</1>."},
    {"en>ru", "AT&amp;T &lt;said> so<1/>", "Так &lt;сказала> AT&amp;T<1/>"},
};

constexpr Said kBad[] = {
    {"en>ru", "The plant made 12 345,67 tonnes.", "Завод выпустил 12 345,68 тонны.",
     "NUMBERS_DIFFER"},
    {"en>ru", "The plant made 12\u00A0345,67 tonnes.", "Завод выпустил 12\u202F354,67 тонны.",
     "NUMBERS_DIFFER"},
    {"en>ru", "Prices rose.", "", "TRANSLATION_MISSING"},
    {"en>ru", "Prices <1>rose</1>.", " <1>\u200B</1>", "TRANSLATION_MISSING"},
    {"en>ru", "Prices <1>rose</1>.", "Цены <1>выросли.", "MARKUP_BROKEN"},
    {"en>ru", "Prices <1>rose</1>.", "Цены выросли.", "MARKUP_BROKEN"},
    {"en>ru", "Prices <1>rose</1>.", "Цены <1/>выросли.", "MARKUP_BROKEN"},
    {"en>ru", "Prices <1>rose</1>.", "Цены <1>выросли</1><2/>.", "MARKUP_BROKEN"},
    {"en>ru", "<1>Prices</1> <2>rose</2>.", "<1>Цены <2>выросли</2></1>.", "MARKUP_BROKEN"},
    {"en>ru", "Prices rose & fell.", "Цены выросли.", "MARKUP_BROKEN"},
    // Numbers.
    {"en>ru", "Exports rose 3.5 percent.", "Экспорт вырос на 5,3 процента.", "NUMBERS_DIFFER"},
    {"en>ru", "Some 1,500 people came.", "Пришло около 1,5 человек.", "NUMBERS_DIFFER"},
    {"en>ru", "The fund holds $1.5 billion.", "В фонде 1,5 млн долларов.", "NUMBERS_DIFFER"},
    {"en>es", "The fund holds $1.5 billion.", "El fondo tiene 1,5 billones de dólares.",
     "NUMBERS_DIFFER"},
    {"en>ru", "In 2023 some 45 people died.", "В 2023 году погибли люди.", "NUMBERS_DIFFER"},
    {"en>hy", "The war of 2020 lasted 44 days.", "2020 թվականի պատերազմը տևեց 40 օր։",
     "NUMBERS_DIFFER"},
    {"en>ru", "Eight people were injured, 3 died.", "Ранены восемь человек, погибли 5.",
     "NUMBERS_DIFFER"},
    {"en>ru", "The meeting starts at 3 p.m. on Tuesday.", "Встреча начнётся во вторник в 16:00.",
     "NUMBERS_DIFFER"},
    {"en>ru", "The people were injured.", "Ранены 38 человек.", "NUMBERS_DIFFER"},
    // Dates.
    {"en>ru", "Parliament will vote on May 5, 2024.", "Парламент проголосует 5 марта 2024 года.",
     "DATES_DIFFER"},
    {"en>es", "The session of Wednesday ended late.", "La sesión del martes terminó tarde.",
     "DATES_DIFFER"},
    {"en>hy", "He was born on 24 April 1965.", "Նա ծնվել է 1965 թվականի օգոստոսի 24-ին։",
     "DATES_DIFFER"},
    // Addresses.
    {"en>ru", "See https://example.org/news for more.", "Подробнее: https://example.org/novosti.",
     "ADDRESSES_DIFFER"},
    {"en>ru", "Write to news@example.org today.", "Пишите нам сегодня.", "ADDRESSES_DIFFER"},
    // Punctuation.
    {"en>ru", "Will the border open?", "Граница откроется.", "END_PUNCTUATION"},
    {"en>hy", "The border is open.", "Սահմանը բաց է.", "END_PUNCTUATION"},
    {"en>hy", "Will the border open?", "Սահմանը կբացվի։", "END_PUNCTUATION"},
    {"en>es", "Will the border open?", "Se abrirá la frontera?", "END_PUNCTUATION"},
    {"en>es", "The border is open now.", "La frontera ya está abierta", "END_PUNCTUATION"},
    {"en>ru", "Border opens", "Граница открывается.", "END_PUNCTUATION"},
    {"en>ru", "The budget (a draft) is ready.", "Бюджет (проект готов.", "BRACKETS_UNBALANCED"},
    {"en>ru", "\"We are ready,\" he said.", "«Мы готовы, — сказал он.", "BRACKETS_UNBALANCED"},
    {"en>es", "He called it “a victory.”", "Lo llamó «una victoria.", "BRACKETS_UNBALANCED"},
    {"en>ru", "Prices rose again.", "Цены  снова выросли.", "BLANKS"},
    {"en>ru", "Prices rose, again.", "Цены выросли , снова.", "BLANKS"},
    {"en>ru", "Prices rose again.", "Цены снова выросли. ", "BLANKS"},
    // Words.
    {"en>es", "The government said on Friday that it would raise taxes for the first time.",
     "The government said on Friday that it would raise taxes for the first time.",
     "DATES_DIFFER SAME_AS_SOURCE WRONG_LANGUAGE"},
    {"en>ru", "Prices rose again.", "Цены снова снова выросли.", "WORD_REPEATED"},
    {"en>es", "The minister spoke of peace.", "El ministro habló de de paz.", "WORD_REPEATED"},
    {"en>ru", "The government said that it would raise taxes to pay for the new roads.", "Налоги.",
     "LENGTH_UNLIKELY"},
    {"en>ru", "Prices rose again this week.",
     "Цены снова выросли на этой неделе, и правительство объявило, что собирается принять меры, "
     "которые должны остановить рост.",
     "LENGTH_UNLIKELY"},
    {"en>ru", "Prices rose again.", "Prices rose today.", "WRONG_SCRIPT"},
    {"en>hy", "Prices rose again this week.", "На этой неделе цены снова выросли։", "WRONG_SCRIPT"},
    {"en>ru", "Moscow is cold.", "В Mоскве холодно.", "WRONG_SCRIPT"},
    {"en>es", "The minister of the interior said that he was for it.",
     "The minister del interior said that he was for it.", "WRONG_LANGUAGE"},
    {"ru>uk", "Он сказал, что это из-за погоды, которая была для них как шторм.",
     "Он сказал, что это из-за погоды, которая была для их как шторм.", "WRONG_LANGUAGE"},
};

INSTANTIATE_TEST_SUITE_P(Good, Sentences, testing::ValuesIn(kGood));
INSTANTIATE_TEST_SUITE_P(Bad, Sentences, testing::ValuesIn(kBad));

TEST(Checks, SayWhereItIs) {
  const std::string_view source = "A &amp; <1>B</1> paid 1,500.";
  const std::string_view target = "А &amp; <1>Б</1> заплатили 1 600.";
  const std::vector<Finding> findings = Findings("en>ru", source, target);
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_TRUE(findings[0].in_source);
  EXPECT_EQ(source.substr(findings[0].begin, findings[0].end - findings[0].begin), "1,500");
  EXPECT_EQ(findings[0].message, "the translation lacks 1,500");
  EXPECT_FALSE(findings[1].in_source);
  EXPECT_EQ(target.substr(findings[1].begin, findings[1].end - findings[1].begin), "1 600");
}

TEST(Checks, OfMarkupAndCompletenessAloneAreHard) {
  std::vector<std::string_view> hard;
  std::vector<std::string_view> all;
  for (int i = 0; i <= static_cast<int>(Check::kLanguage); ++i) {
    const Check check = static_cast<Check>(i);
    all.push_back(ReasonOf(check));
    if (SeverityOf(check) == Severity::kHard) hard.push_back(ReasonOf(check));
  }
  EXPECT_THAT(hard, ElementsAre("TRANSLATION_MISSING", "MARKUP_BROKEN"));
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end());
}

TEST(Checks, KnowTheGlossary) {
  const absl::StatusOr<Glossary> glossary =
      Glossary::Make({{.source = "Kyiv", .allowed = {"Киев*"}, .forbidden = {"Кыив*"}}});
  ASSERT_TRUE(glossary.ok());
  EXPECT_THAT(Findings("en>ru", "He is in Kyiv.", "Он в Киеве.", &*glossary), IsEmpty());
  const auto missing =
      Findings("en>ru", "He is in <1>Kyiv</1>.", "Он в <1>столице</1>.", &*glossary);
  ASSERT_EQ(missing.size(), 1u);
  EXPECT_EQ(missing[0].check, Check::kTermMissing);
  EXPECT_TRUE(missing[0].in_source);
  EXPECT_EQ(missing[0].begin, 12u);
  const auto forbidden = Findings("en>ru", "He is in Kyiv.", "Он в Кыиве (Киеве).", &*glossary);
  ASSERT_EQ(forbidden.size(), 1u);
  EXPECT_EQ(forbidden[0].check, Check::kTermForbidden);
}

TEST(Checks, AreBounded) {
  std::string source;
  for (int i = 100; i < 300; ++i) source += std::to_string(i) + " x ";
  EXPECT_EQ(Findings("en>ru", source, "нет").size(), kFindingsMax);
}

}  // namespace
}  // namespace telex::translation
