#include "translation/domain/checks/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "news/letters.h"
#include "news/printed_name.h"
#include "news/utf8.h"

namespace telex::translation::checks {
namespace {

// Lengths in letters of an alphabet; a character of Chinese, Japanese or Korean says more.
constexpr double kLettersOfIdeograph = 2.5;
constexpr char32_t kFirstDense = 0x1100;  // Hangul's first block
constexpr double kShort = 15;
constexpr double kShareMin = 0.35;
constexpr double kShareMax = 2.6;
constexpr double kLettersMore = 12;     // beyond kShareMax
constexpr double kLettersOfShort = 60;  // what less than kShort may become

constexpr std::size_t kNameWordsMax = 5;
constexpr std::size_t kConnectorLettersMax = 3;  // "of", "and", "de la"

double LengthOf(std::string_view text) {
  static const std::set<std::string_view> kDense = {"Hani", "Hira", "Kana", "Hang"};
  double length = 0;
  while (!text.empty()) {
    const char32_t c = news::TakeCodePoint(text);
    const bool is_dense = c >= kFirstDense && kDense.contains(news::ScriptOf(c));
    length += is_dense ? kLettersOfIdeograph : 1;
  }
  return length;
}

char32_t FirstOf(std::string_view word) { return news::TakeCodePoint(word); }

std::size_t LettersOf(std::string_view word) {
  std::size_t letters = 0;
  for (; !word.empty(); ++letters) news::TakeCodePoint(word);
  return letters;
}

// Whether a text may be the same in any language.
bool IsOfNames(const Side& side) {
  std::size_t words = 0;
  std::size_t names = 0;
  for (const news::WordSpan& span : side.words().words) {
    const std::string_view word = span.Of(side.text());
    const char32_t first = FirstOf(word);
    if (side.IsInAddress(span.begin) || !news::IsLetter(first)) continue;
    ++words;
    if (news::IsCapital(first) || news::IsCapital(word.size() > 1 ? FirstOf(word.substr(1)) : 0)) {
      ++names;  // "iPhone", too
    } else if (LettersOf(word) > kConnectorLettersMax) {
      return words == 1 && side.words().words.size() == 1;
    }
  }
  return words <= 1 || (names > 0 && words <= kNameWordsMax);
}

// Words that a language may have twice in a row.
bool MayRepeat(std::string_view language, std::string_view folded) {
  static const std::set<std::string_view> kAny = {"zh", "ja", "ko", "th", "lo", "km",
                                                  "my", "vi", "id", "ms", "tl", "fil"};
  static const std::set<std::string_view> kWords = {
      "en had", "en that",  "fr nous",  "fr vous", "de die",   "de der",  "de das", "de sie",
      "nl die", "hy կամաց", "hy քիչ",   "hy հատ",  "hy մեկ",   "hy օր",   "hy տեղ", "hy մեծ",
      "hy շատ", "hy հազար", "ru очень", "es muy",  "it piano", "tr yavaş"};
  return kAny.contains(language) || kWords.contains(fmt::format("{} {}", language, folded));
}

// The second of two; empty when there is none.
news::WordSpan RepeatedIn(const Side& side) {
  const WordText& words = side.words();
  for (std::size_t i = 1; i < words.words.size(); ++i) {
    const news::WordSpan& span = words.words[i];
    if (words.folded[i] != words.folded[i - 1]) continue;
    if (!news::IsLetter(FirstOf(span.Of(side.text())))) continue;
    const std::size_t before = words.words[i - 1].end;
    const std::string_view gap = side.text().substr(before, span.begin - before);
    if (gap.empty() || gap.find_first_not_of(" \n\t") != std::string_view::npos) continue;
    if (!MayRepeat(side.base(), words.folded[i])) return span;
  }
  return {};
}

}  // namespace

void CheckLength(const SegmentView& view, Findings& findings) {
  const double source = LengthOf(view.source.text());
  const double target = LengthOf(view.target.text());
  const bool fits =
      source < kShort ? target <= kLettersOfShort
                      : target >= source * kShareMin && target <= source * kShareMax + kLettersMore;
  if (fits) return;
  findings.push_back(view.target.FindingAt(
      Check::kLength, {0, view.target.text().size()},
      fmt::format("{:.0f} letters for {:.0f}: is all of it there, and no more?", target, source)));
}

void CheckSameAsSource(const SegmentView& view, Findings& findings) {
  if (view.source.base() == view.target.base()) return;
  if (view.source.words().folded != view.target.words().folded || IsOfNames(view.source)) return;
  if (news::FoldedName(view.source.text()) != news::FoldedName(view.target.text())) return;
  findings.push_back(view.target.FindingAt(Check::kSameAsSource, {0, view.target.text().size()},
                                           "this is the source"));
}

void CheckRepeatedWords(const SegmentView& view, Findings& findings) {
  const news::WordSpan place = RepeatedIn(view.target);
  if (place.end == 0 || RepeatedIn(view.source).end != 0) return;
  findings.push_back(view.target.FindingAt(
      Check::kRepeatedWord, place, fmt::format("'{}' stands twice", place.Of(view.target.text()))));
}

}  // namespace telex::translation::checks
