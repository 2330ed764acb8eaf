#include "ingestion/formats/language_guess.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "ingestion/formats/unicode.h"

namespace telex::ingestion {
namespace {

constexpr std::size_t kSampleBytes = 20'000;
constexpr int kLettersMin = 40;
constexpr int kWordsMin = 10;
constexpr double kScriptShareMin = 0.7;
constexpr double kWordShareMin =
    0.05;                         // of all words, those that are frequent words of the language
constexpr double kLeadMin = 1.4;  // over the next best language of the script

struct Frequent {
  std::string_view language;
  UScriptCode script;
  std::string_view words;  // " a b c "
  std::string_view
      letters;  // of this language and none of the others of its script here: each counts as a word
};

constexpr Frequent kFrequent[] = {
    {"en", USCRIPT_LATIN,
     " the of and to in that is was for on with as by at from has have had said were be not it he "
     "they his their which would will an are this but who been after ",
     ""},
    {"az", USCRIPT_LATIN,
     " və bu bir ki ilə üçün olan da də edib olub o deyib isə ən daha kimi görə sonra edən "
     "bildirib "
     "tərəfindən həm onun ",
     "əƏ"},
    {"tr", USCRIPT_LATIN,
     " ve bir bu için ile de da olarak olan çok daha gibi sonra ise ancak kadar en dedi etti oldu "
     "olduğunu göre ",
     ""},
    {"de", USCRIPT_LATIN,
     " der die und das den von ist mit des im dem nicht ein eine auch sich auf für als zu wurde "
     "hat "
     "es nach bei aus werden am sind noch ",
     "ß"},
    {"fr", USCRIPT_LATIN,
     " le la les des et du une que est pour dans qui sur par au plus pas avec il ce sont ont été "
     "aux "
     "cette mais selon ",
     "œ"},
    {"es", USCRIPT_LATIN,
     " el la los las de que y en del se por con una para su al lo como más pero fue ha sus este "
     "según también ",
     "ñ"},
    {"it", USCRIPT_LATIN,
     " il la di che e del della per un una con è non sono nel alla dei gli anche si dal delle ha "
     "questo più come ",
     ""},
    {"ru", USCRIPT_CYRILLIC,
     " и в не на что с по как это из от за его для о также был он было будет после при ранее "
     "она которые сообщил том но их все ",
     "ыэъё"},
    {"uk", USCRIPT_CYRILLIC,
     " і в на що з не та до у за це для як про від його також був він після але які буде під "
     "час або їх й ",
     "іїєґ"},
    {"be", USCRIPT_CYRILLIC,
     " і ў на што з не да у гэта за для як ад яго таксама быў ён пасля але ", "ў"},
    {"bg", USCRIPT_CYRILLIC,
     " и на в да за от се че с е по са не до като при след това който ще беше според ", ""},
    {"sr", USCRIPT_CYRILLIC, " и у је да се на за су од са не који као до што није али ће ",
     "ђћљњџј"},
    {"ar", USCRIPT_ARABIC, " في من على إلى أن عن مع التي الذي هذا كان بعد بين وقد قال هذه ذلك ",
     "ة"},
    {"fa", USCRIPT_ARABIC, " و در به از که این را با است برای آن یک خود تا بر های شد کرد ", "پچگژ"},
};

// Scripts that one language among the world's newsrooms writes.
constexpr std::pair<UScriptCode, std::string_view> kOneLanguage[] = {
    {USCRIPT_ARMENIAN, "hy"}, {USCRIPT_GEORGIAN, "ka"}, {USCRIPT_GREEK, "el"},
    {USCRIPT_HEBREW, "he"},   {USCRIPT_HANGUL, "ko"},
};

struct Sample {
  std::vector<int> letters_of = std::vector<int>(USCRIPT_CODE_LIMIT, 0);
  int letters = 0;
  int words = 0;
  std::array<int, std::size(kFrequent)> hits{};
};

void CountWord(std::string_view word, Sample& sample) {
  ++sample.words;
  if (word.size() > 30) return;
  const std::string spaced = " " + std::string(word) + " ";
  for (std::size_t i = 0; i < std::size(kFrequent); ++i) {
    if (kFrequent[i].words.find(spaced) != std::string_view::npos) ++sample.hits[i];
  }
}

Sample Measure(std::string_view text) {
  Sample sample;
  const std::string lower = LowerCase(text.substr(0, kSampleBytes));
  std::size_t word_start = 0;
  bool in_word = false;
  for (std::size_t at = 0; at < lower.size();) {
    const std::size_t start = at;
    const char32_t c = NextCodePoint(lower, at);
    const auto point = static_cast<UChar32>(c);
    const bool letter = u_isalpha(point);
    const bool inside = letter || (U_GET_GC_MASK(point) & U_GC_M_MASK) != 0;
    if (letter) {
      UErrorCode error = U_ZERO_ERROR;
      const UScriptCode script = uscript_getScript(point, &error);
      if (U_SUCCESS(error) && script >= 0 && script < USCRIPT_CODE_LIMIT)
        ++sample.letters_of[static_cast<std::size_t>(script)];
      ++sample.letters;
      const std::string_view here = std::string_view(lower).substr(start, at - start);
      for (std::size_t i = 0; c >= 0x80 && i < std::size(kFrequent); ++i) {
        if (kFrequent[i].letters.find(here) != std::string_view::npos) ++sample.hits[i];
      }
    }
    if (inside && !in_word) word_start = start;
    if (!inside && in_word)
      CountWord(std::string_view(lower).substr(word_start, start - word_start), sample);
    in_word = inside;
  }
  if (in_word) CountWord(std::string_view(lower).substr(word_start), sample);
  return sample;
}

std::string ByWords(const Sample& sample, UScriptCode script) {
  if (sample.words < kWordsMin) return {};
  int best = 0;
  int second = 0;
  std::string_view language;
  for (std::size_t i = 0; i < std::size(kFrequent); ++i) {
    if (kFrequent[i].script != script) continue;
    if (sample.hits[i] > best) {
      second = best;
      best = sample.hits[i];
      language = kFrequent[i].language;
    } else {
      second = std::max(second, sample.hits[i]);
    }
  }
  if (best < kWordShareMin * sample.words || best < kLeadMin * second || best < 3) return {};
  return std::string(language);
}

}  // namespace

std::string GuessLanguage(std::string_view text) {
  const Sample sample = Measure(text);
  if (sample.letters < kLettersMin) return {};
  const auto share = [&sample](UScriptCode script) {
    return static_cast<double>(sample.letters_of[static_cast<std::size_t>(script)]) /
           sample.letters;
  };
  for (const auto& [script, language] : kOneLanguage) {
    if (share(script) >= kScriptShareMin) return std::string(language);
  }
  const double kana = share(USCRIPT_HIRAGANA) + share(USCRIPT_KATAKANA);
  if (kana + share(USCRIPT_HAN) >= kScriptShareMin) return kana > 0.1 ? "ja" : "zh";
  for (const UScriptCode script : {USCRIPT_LATIN, USCRIPT_CYRILLIC, USCRIPT_ARABIC}) {
    if (share(script) >= kScriptShareMin) return ByWords(sample, script);
  }
  return {};
}

}  // namespace telex::ingestion
