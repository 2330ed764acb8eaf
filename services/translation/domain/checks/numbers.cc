#include "translation/domain/checks/numbers.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "translation/domain/checks/dates.h"
#include "translation/domain/checks/number_reader.h"
#include "translation/domain/checks/word_list.h"

namespace telex::translation::checks {
namespace {

constexpr long kWrittenOutMax = 12;  // newsrooms write smaller numbers as words
constexpr long kRomanMax = 39;       // centuries, kings, congresses
constexpr std::size_t kRomanLettersMax = 6;

struct NumberWords {
  std::string_view language;
  WordList words;
};

// Enough of them to know that a number is written out. Null: not known.
const WordList* NumberWordsOf(std::string_view language) {
  static const NumberWords kKnown[] = {
      {"en", WordList("one two three four five six seven eight nine ten eleven twelve thirteen "
                      "fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty "
                      "fifty sixty seventy eighty ninety hundred hundreds thousand thousands "
                      "million millions billion billions trillion dozen dozens half quarter third "
                      "first second twice once double noon midnight")},
      {"ru",
       WordList("один одна одно два две три четыре пять шесть семь восемь девять десять "
                "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто "
                "сто двести триста тысяча тысячи тысяч миллион миллиона миллионов двух трех "
                "четырех пяти десяти двадцати ста половина первый второй третий полдень")},
      {"es", WordList("uno una dos tres cuatro cinco seis siete ocho nueve diez once doce trece "
                      "catorce quince veinte treinta cuarenta cincuenta sesenta setenta ochenta "
                      "noventa cien ciento mil millón millones docena medio media primer primero "
                      "primera segundo mediodía")},
      {"hy", WordList("մեկ երկու երեք չորս հինգ վեց յոթ ութ ինը տասը քսան երեսուն քառասուն հիսուն "
                      "վաթսուն յոթանասուն ութսուն իննսուն հարյուր հազար միլիոն առաջին երկրորդ "
                      "երրորդ կես")}};
  const auto* const found = std::ranges::find(kKnown, language, &NumberWords::language);
  return found == std::end(kKnown) ? nullptr : &found->words;
}

bool HasNumberWord(const Side& side) {
  const WordList* const known = NumberWordsOf(side.base());
  if (known == nullptr) return true;  // perhaps
  return std::ranges::any_of(side.words().folded,
                             [&](const std::string& word) { return known->Contains(word); });
}

// The value of a Roman numeral; 0 for what is none.
long RomanValue(std::string_view word) {
  long value = 0;
  long before = 0;
  if (word.size() > kRomanLettersMax) return 0;
  for (auto letter = word.rbegin(); letter != word.rend(); ++letter) {
    static constexpr std::string_view kLetters = "IVX";
    static constexpr std::array<long, 3> kValues = {1, 5, 10};
    const std::size_t at = kLetters.find(*letter);
    if (at == kLetters.npos) return 0;
    const long own = kValues[at];
    value += own < before ? -own : own;
    before = own;
  }
  return value;
}

bool HasRoman(const Side& side, long value) {
  if (value < 1 || value > kRomanMax) return false;
  const auto& words = side.words().words;
  return std::any_of(words.begin(), words.end(), [&](const news::WordSpan& word) {
    return RomanValue(word.Of(side.text())) == value;
  });
}

// Behind the number: "p.m.", "pm".
bool IsAfternoon(const Side& side, const Number& number) {
  std::string_view tail = side.text().substr(number.place.end);
  // "3:30 p.m.": the minutes belong to it.
  if (tail.size() > 2 && tail.front() == ':') tail.remove_prefix(3);
  while (tail.starts_with(' ') || tail.starts_with("\u00A0"))
    tail.remove_prefix(tail.front() == ' ' ? 1 : 2);
  return tail.starts_with("p.m") || tail.starts_with("pm") || tail.starts_with("PM");
}

bool AreAlike(const Number& a, const Number& b) {
  return std::any_of(a.readings.begin(), a.readings.end(), [&](const Decimal& reading) {
    return std::find(b.readings.begin(), b.readings.end(), reading) != b.readings.end();
  });
}

// Takes pairs for which `fits` out of both lists.
template <typename Fits>
void TakePairs(std::vector<Number>& sources, std::vector<Number>& targets, Fits fits) {
  std::erase_if(sources, [&](const Number& source) {
    const auto found = std::find_if(targets.begin(), targets.end(),
                                    [&](const Number& target) { return fits(source, target); });
    if (found == targets.end()) return false;
    targets.erase(found);
    return true;
  });
}

// "15.30" against 15 and 30: takes a chain out of `chains` whose parts are all in `singles`.
void TakeParts(std::vector<Number>& chains, std::vector<Number>& singles) {
  std::erase_if(chains, [&](const Number& chain) {
    if (!chain.is_chain) return false;
    std::vector<Number> left = singles;
    for (const std::string& part : chain.parts) {
      const Decimal value = Decimal::Of(part, "");
      const auto found = std::find_if(left.begin(), left.end(), [&](const Number& single) {
        return !single.is_chain && std::find(single.readings.begin(), single.readings.end(),
                                             value) != single.readings.end();
      });
      if (found == left.end()) return false;
      left.erase(found);
    }
    singles = std::move(left);
    return true;
  });
}

// "2023–24" and "2023–2024", "’90s" and "1990-е".
bool IsShortYearOf(const Number& source, const Number& target) {
  if (source.is_chain || target.is_chain) return false;
  const std::string& a = source.parts.front();
  const std::string& b = target.parts.front();
  return (a.size() == 2 && b.size() == 4 && b.ends_with(a)) ||
         (b.size() == 2 && a.size() == 4 && a.ends_with(b));
}

// "two", "a hundred", "three million".
bool MayBeWord(const Number& number) {
  return std::any_of(number.readings.begin(), number.readings.end(), [](const Decimal& value) {
    const long small = value.ToSmallInteger();
    const bool is_round = value.digits.size() == 1 && value.exponent >= 2;
    return (small >= 0 && small <= kWrittenOutMax) || is_round;
  });
}

bool IsMonthNumber(const Number& number) {
  const long value = number.readings.front().ToSmallInteger();
  return value >= 1 && value <= 12;
}

void ReportNumbers(const Side& side, const std::vector<Number>& numbers, Findings& findings) {
  for (const Number& number : numbers)
    findings.push_back(side.LackingOf(Check::kNumbers, number.place));
}

Findings NumbersThatDiffer(const SegmentView& view, bool grouped_by_blanks) {
  const bool with_scales = KnowsScales(view.source.base()) && KnowsScales(view.target.base());
  std::vector<Number> sources = NumbersIn(view.source, with_scales, grouped_by_blanks);
  std::vector<Number> targets = NumbersIn(view.target, with_scales, grouped_by_blanks);
  TakePairs(sources, targets, AreAlike);
  for (Number& source : sources) {
    const long hour = source.readings.front().ToSmallInteger();
    if (hour >= 1 && hour < 12 && IsAfternoon(view.source, source))
      source.readings.push_back(Decimal::Of(std::to_string(hour + 12), ""));
  }
  TakePairs(sources, targets, AreAlike);
  TakeParts(targets, sources);
  TakeParts(sources, targets);
  TakePairs(sources, targets, IsShortYearOf);
  std::erase_if(sources, [&](const Number& number) {
    return HasRoman(view.target, number.readings.front().ToSmallInteger());
  });
  std::erase_if(targets, [&](const Number& number) {
    const Decimal& value = number.readings.front();
    return value.IsZero() || HasRoman(view.source, value.ToSmallInteger());
  });
  // What is a word on one side may be a number on the other, unless both have a number of their
  // own.
  if (targets.empty()) std::erase_if(sources, MayBeWord);
  if (!targets.empty() && sources.empty()) {
    if (HasNumberWord(view.source)) targets.clear();
    if (NamesMonth(view.source)) std::erase_if(targets, IsMonthNumber);
  }
  Findings findings;
  ReportNumbers(view.source, sources, findings);
  ReportNumbers(view.target, targets, findings);
  return findings;
}

}  // namespace

void CheckNumbers(const SegmentView& view, Findings& findings) {
  Findings found = NumbersThatDiffer(view, /*grouped_by_blanks=*/false);
  // "12 345,67" in English: no number of its own, and one where the other side has it, too.
  if (!found.empty()) {
    Findings grouped = NumbersThatDiffer(view, /*grouped_by_blanks=*/true);
    if (grouped.size() < found.size()) found = std::move(grouped);
  }
  findings.insert(findings.end(), std::make_move_iterator(found.begin()),
                  std::make_move_iterator(found.end()));
}

}  // namespace telex::translation::checks
