#include "translation/formats/sentences.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "news/utf8.h"

namespace telex::translation {
namespace {

using testing::ElementsAre;

std::u16string Utf16(std::string_view text) {
  std::u16string utf16;
  while (!text.empty()) {
    const char32_t c = news::TakeCodePoint(text);
    if (c > 0xFFFF) {
      utf16 += static_cast<char16_t>(0xD7C0 + (c >> 10));
      utf16 += static_cast<char16_t>(0xDC00 + (c & 0x3FF));
    } else {
      utf16 += static_cast<char16_t>(c);
    }
  }
  return utf16;
}

std::string Utf8(std::u16string_view text) {
  std::string utf8;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char32_t c = text[i];
    if (c >= 0xD800 && c < 0xDC00) c = ((c - 0xD7C0) << 10) + (text[++i] - 0xDC00);
    news::AppendUtf8(c, utf8);
  }
  return utf8;
}

// The sentences of a text whose ends are marked by bars. Blanks at the bars belong to the sentence
// before.
struct Case {
  std::string_view language, marked;
};

std::string Marked(std::string_view language, std::string_view text) {
  const std::u16string utf16 = Utf16(text);
  std::string marked;
  std::size_t begin = 0;
  for (const std::size_t end : SentenceBreaker(language).Ends(utf16)) {
    if (!marked.empty()) marked += '|';
    marked += Utf8(std::u16string_view(utf16).substr(begin, end - begin));
    begin = end;
  }
  return marked;
}

void Check(const std::vector<Case>& cases) {
  for (const auto& [language, marked] : cases) {
    std::string text(marked);
    std::erase(text, '|');
    EXPECT_EQ(Marked(language, text), marked) << language;
  }
}

TEST(Sentences, EndByTheRulesOfUnicode) {
  Check({{"en", "It rains. |It pours! |Does it? |Yes."},
         {"en", "It cost 3.5 million. |That is 1,000.50 more."},
         {"en", "Version 2.0 of Caliber.Az is out. |See Node.js."},
         {"en", "one sentence without an end"},
         {"en", ""},
         {"zz", "First. |Second."},
         {"", "First. |Second."}});
}

TEST(Sentences, KeepQuotesAndBracketsThatCloseBehindTheStop) {
  Check({{"en", "“It is over.” |She left."},
         {"en", "\"It is over.\" |\"Is it?\" |(It was.) |[It is.] |She left."},
         {"en", "“Is it?” she asked. |“No!” he said."},
         {"ru", "«Да!» — сказал он. |«Нет». |Она ушла."},
         {"ru", "Он спросил: «Кто там?» и ушёл. |Потом вернулся."},
         {"de", "„Wirklich?“, fragte sie. |„Ja.“ |»Nein.« |Er ging."},
         {"fr", "« Vraiment ? » demanda-t-elle. |Il partit."},
         {"es", "¿Vienes? |¡Sí! |¿Seguro? |Claro."},
         {"en", "It ended.[1] |Then it began.[2][13] |Now."}});
}

TEST(Sentences, GoOnBehindInitials) {
  Check({{"en", "J. R. R. Tolkien wrote it. |C.S. Lewis read it."},
         {"en", "He met George W. Bush in Washington D.C. on Monday. |Then he left."},
         {"ru", "А. С. Пушкин родился в Москве. |Ю.Н. Иванов тоже."},
         {"ru", "Это сказал Дж. Р. Р. Толкин. |Все знают."},
         {"hy", "Ա. Պետրոսյանը եկավ։ |Հ. Թումանյանը գնաց։"},
         {"ar", "قال د. أحمد هذا. |ثم ذهب؟ |نعم!"},
         {"az", "M. Ə. Rəsulzadə gəldi. |Sonra getdi."}});
}

TEST(Sentences, GoOnBehindAbbreviations) {
  Check({{"en", "Mr. Smith and Dr. Jones met Gov. Hall on St. James St. Peter. |They spoke."},
         {"en", "He paid approx. $3.5 million. |Or No. €5 perhaps. |It was approx. 5 euros."},
         {"en", "On Oct. 12 at 5 p.m. it came. |See No. 5 and Fig. 3 there, e.g. Paris."},
         {"en", "The rule, i.e. Rule 5, in Roe v. Wade. |It fell."},
         {"ru", "Он жил в г. Москва на ул. Ленина, им. Кирова. |Потом уехал."},
         {"ru", "Было это в 2020 г. |Москва ждала. |См. рис. 5 и ст. 12."},
         {"ru", "Хлеб, молоко и т. д. |Затем он ушёл, т. е. Иванов ушёл, и др. |Все."},
         {"ru", "Проф. Иванов и акад. Петров. |И ген. Сидоров."},
         {"uk", "Він жив у м. Київ на вул. Хрещатик. |Потім поїхав."},
         {"es", "El Sr. Pérez y la Dra. Ruiz viven en EE. UU. desde ayer. |Viven en la Av. Mayor."},
         {"es", "Véase la pág. 5 y el art. 3, p. ej. Madrid. |Fin."},
         {"de", "Hr. Dr. Müller, z. B. Anna, d. h. Frau Meier, kam. |Siehe S. 5 und Nr. 7."},
         {"de", "Es kostet ca. 5 Mio. Euro usw. und mehr. |Mehr nicht."},
         {"fr", "M. Dupont et Mme. Durand, cf. Paris, p. ex. Lyon. |Voir p. 5, art. 3."},
         {"az", "Prof. Əliyev və dos. Məmmədov gəldi. |Bax: səh. 5 və s. və bitdi. |Son."},
         {"tr", "Prof. Dr. Yılmaz ve Av. Demir geldi. |Bkz. Tablo ve No. 5 ile. |Son."},
         {"hy", "Պրոֆ. Պետրոսյանը 2020 թ. Երևանում էր։ |Տ. Աբրահամը ք. Գորիսում էր։"}});
}

// ICU's own filter would suppress the end of every word that ends in "r" there.
TEST(Sentences, OfCldrAreAskedForWholeWords) {
  Check({{"de", "Dann kam er. |Im Winter ging er. |Es war der Dipl.-Ing. Meier v. Chr. Geburt."},
         {"ru", "Это было до н. э. Рима. |Потом 5 тыс. Рублей."},
         {"es", "Fueron dos mares. |Los deptos. Norte y Sur."},
         {"fr", "Il vit l'imm. Rouge. |Il partit."}});
}

TEST(Sentences, GoOnBehindOrdinals) {
  Check({{"de", "Am 3. Oktober kam er. |Im 21. Jahrhundert blieb er."},
         {"de", "Es waren 15. |Dann gingen sie im Jahr 2020. |Keiner blieb."},
         {"de", "Der II. Weltkrieg endete. |Es war der 8. Mai."},
         {"tr", "II. Mehmed ve 2. Dünya Savaşı. |21. Yüzyıl başladı."},
         {"en", "There were 15. |Then they left."}});
}

TEST(Sentences, HaveAWord) {
  Check({{"en", "1. First the salt. |2. Then the pepper."},
         {"en", "A. First the salt. |IV. Then the pepper."},
         {"ru", "1. Сначала соль. |А) Потом перец."},
         {"en", "Stop. |Now!"},
         {"en", "It ended. 🙂"},
         {"en", "... And then it began. |… And again."},
         {"en", "… And then it began."}});
}

TEST(Sentences, EndWithAnEllipsisBeforeACapital) {
  Check({{"en", "Wait… |Then go. |Wait... |Then go."},
         {"en", "Wait… then go. |Wait... then go."},
         {"ru", "Он ждал… |Потом ушёл. |Он ждал… и ушёл."},
         {"en", "She said “…and left…” to him. |He knew."}});
}

TEST(Sentences, OfArmenianEndWithItsFullStopOrAColon) {
  Check({{"hy", "Նա եկավ։ |Հետո գնաց։"},
         {"hy", "Նա եկավ: |Հետո գնաց:"},
         {"hy", "Գինը: 5 դրամ։ |Ժամը 10:30 էր։ |Ահա: և վերջ։"},
         {"hy", "Ո՞վ է նա։ |Նա՞ Արամը։ |Այո՛։"},
         {"hy", "Նա ասաց. «Գալիս եմ»։ |Հետո լռեց։"},
         {"en", "He said: Come. |Then: nothing."}});
}

TEST(Sentences, OfScriptsWithoutBlanks) {
  Check({{"ja", "文です。|「はい。」|次の文。|終わり"},
         {"zh", "他说。|“你好。”|再见！|好吗？|好。"},
         {"hi", "वह आया। |वह गया।"}});
}

TEST(Sentences, EndWithParagraphs) {
  EXPECT_EQ(Marked("en", "a\u2029b\u2029c"), "a\u2029|b\u2029|c");
  EXPECT_EQ(Marked("en", "one line\n  the next"), "one line\n|  the next");
}

TEST(Sentences, AreFoundInLinearTime) {
  for (const std::string_view piece :
       {". ", "! ", "!)", "A. ", "1. ", "т. ", "…", "( ", "a.[1]", "Mr. Smith. ", ".5", "'\" "}) {
    std::string text;
    while (text.size() < 400'000) text += piece;
    const std::u16string utf16 = Utf16(text);
    EXPECT_EQ(SentenceBreaker("en").Ends(utf16).back(), utf16.size()) << piece;
  }
}

}  // namespace
}  // namespace telex::translation
