#include "translation/domain/checks/number_reader.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "news/letters.h"
#include "news/printed_name.h"
#include "news/utf8.h"
#include "platform/text/ascii.h"

namespace telex::translation::checks {
namespace {

constexpr int kScaleWordsMax = 2;  // "mil millones"
constexpr std::size_t kDigitsOfGroup = 3;
constexpr std::size_t kScaleGapBytesMax = 3;

// How a language writes numbers.
struct NumberStyle {
  bool point_is_decimal = false;
  bool comma_is_decimal = false;
  bool groups_by_blanks = true;
};

NumberStyle StyleOf(const Side& side) {
  static const std::set<std::string_view> kPoint = {"en", "zh", "ja",  "ko", "he", "th", "hi",
                                                    "ur", "bn", "fil", "ga", "cy", "ms", "sw"};
  const std::string_view base = side.base();
  if (kPoint.contains(base)) return {.point_is_decimal = true, .groups_by_blanks = base != "en"};
  // Spain parts by a comma, Mexico by a point; a desk for both reads either.
  if (base == "es") return {.point_is_decimal = true, .comma_is_decimal = true};
  return {.comma_is_decimal = true};
}

enum class Separator { kNone, kPoint, kComma, kBlank, kGroup };

Separator SeparatorOf(char32_t c) {
  switch (c) {
    case '.':
      return Separator::kPoint;
    case ',':
    case U'٫':
      return Separator::kComma;
    case ' ':
      return Separator::kBlank;
    case U'\u00A0':
    case U'\u2007':
    case U'\u2008':
    case U'\u2009':
    case U'\u200A':
    case U'\u202F':
    case U'\u205F':
    case '\'':
    case U'’':
    case U'٬':
      return Separator::kGroup;
    default:
      return Separator::kNone;
  }
}

// Runs of digits, with what stands between them: "1.500,5".
struct Chain {
  std::vector<std::string> groups;
  std::vector<Separator> separators;  // one less
  std::vector<news::WordSpan> places;
};

// Reads a run of digits off the front of `rest`, as ASCII.
std::string TakeDigits(std::string_view& rest) {
  std::string digits;
  while (!rest.empty()) {
    std::string_view next = rest;
    const int digit = news::DigitOf(news::TakeCodePoint(next));
    if (digit < 0) break;
    digits += static_cast<char>('0' + digit);
    rest = next;
  }
  return digits;
}

bool MayGroup(const Chain& chain, std::string_view next) {
  const std::size_t first = chain.groups.front().size();
  return first <= kDigitsOfGroup && next.size() == kDigitsOfGroup;
}

// Reads a chain off the front, which has a digit there. `text` is the whole.
Chain TakeChain(std::string_view text, std::string_view& rest, const NumberStyle& style) {
  Chain chain;
  const auto take = [&](std::string_view& from) {
    const std::size_t begin = text.size() - from.size();
    chain.groups.push_back(TakeDigits(from));
    chain.places.push_back({begin, text.size() - from.size()});
  };
  take(rest);
  while (!rest.empty()) {
    std::string_view after = rest;
    Separator separator = SeparatorOf(news::TakeCodePoint(after));
    std::string_view probe = after;
    const std::string next = TakeDigits(probe);
    if (separator == Separator::kNone || next.empty()) break;
    if (separator == Separator::kBlank || separator == Separator::kGroup) {
      if (!MayGroup(chain, next)) break;
      if (separator == Separator::kBlank && !style.groups_by_blanks) break;
      separator = Separator::kGroup;
    }
    chain.separators.push_back(separator);
    rest = after;
    take(rest);
  }
  return chain;
}

// The groups from `begin` on have three digits each, the first of all at most three.
bool AreGroups(const Chain& chain, std::size_t end) {
  if (chain.groups.front().size() > kDigitsOfGroup) return false;
  for (std::size_t i = 1; i < end; ++i) {
    if (chain.groups[i].size() != kDigitsOfGroup) return false;
  }
  return true;
}

std::string Joined(const Chain& chain, std::size_t end) {
  std::string digits;
  for (std::size_t i = 0; i < end; ++i) digits += chain.groups[i];
  return digits;
}

std::vector<Decimal> ReadOneSeparator(const Chain& chain, const NumberStyle& style) {
  const Decimal whole = Decimal::Of(Joined(chain, 2), "");
  const Decimal parted = Decimal::Of(chain.groups[0], chain.groups[1]);
  const Separator separator = chain.separators.front();
  if (separator == Separator::kGroup) return {whole};
  if (!AreGroups(chain, 2) || chain.groups[0] == "0") return {parted};
  const bool is_point = separator == Separator::kPoint;
  const bool is_decimal = is_point ? style.point_is_decimal : style.comma_is_decimal;
  const bool other_is_decimal = is_point ? style.comma_is_decimal : style.point_is_decimal;
  if (is_decimal && !other_is_decimal) return {parted};
  // Grouping by a point where a comma parts is half forgotten: "1.500" in Russian may be either.
  if (!is_decimal && !is_point) return {whole};
  return {whole, parted};
}

// Empty: no one number (a date, a version, an address).
std::vector<Decimal> ReadChain(const Chain& chain, const NumberStyle& style) {
  const std::size_t count = chain.groups.size();
  if (count == 1) return {Decimal::Of(chain.groups.front(), "")};
  if (count == 2) return ReadOneSeparator(chain, style);
  const auto& separators = chain.separators;
  const bool same = std::all_of(separators.begin(), separators.end() - 1,
                                [&](Separator s) { return s == separators.front(); });
  if (!same) return {};
  if (separators.back() == separators.front()) {
    if (!AreGroups(chain, count)) return {};
    return {Decimal::Of(Joined(chain, count), "")};
  }
  if (!AreGroups(chain, count - 1) || separators.back() == Separator::kGroup) return {};
  return {Decimal::Of(Joined(chain, count - 1), chain.groups.back())};
}

struct ScaleWord {
  std::string_view language;
  std::string_view word;  // folded; ends with a star for any ending
  int exponent;
};

constexpr ScaleWord kScaleWords[] = {
    {"en", "thousand", 3},   {"en", "million*", 6},   {"en", "billion*", 9},
    {"en", "trillion*", 12}, {"en", "mn", 6},         {"en", "mln", 6},
    {"en", "bn", 9},         {"en", "bln", 9},        {"en", "tn", 12},
    {"en", "trn", 12},       {"ru", "тыс", 3},        {"ru", "тысяч*", 3},
    {"ru", "млн", 6},        {"ru", "миллион*", 6},   {"ru", "млрд", 9},
    {"ru", "миллиард*", 9},  {"ru", "трлн", 12},      {"ru", "триллион*", 12},
    {"hy", "հազար*", 3},     {"hy", "հզր", 3},        {"hy", "միլիոն*", 6},
    {"hy", "մլն", 6},        {"hy", "միլիարդ*", 9},   {"hy", "մլրդ", 9},
    {"hy", "տրիլիոն*", 12},  {"hy", "տրլն", 12},      {"es", "mil", 3},
    {"es", "millon*", 6},    {"es", "millón", 6},     {"es", "billon*", 12},
    {"es", "billón", 12},    {"de", "tausend", 3},    {"de", "million*", 6},
    {"de", "mio", 6},        {"de", "milliarde*", 9}, {"de", "mrd", 9},
    {"de", "billion*", 12},  {"fr", "mille", 3},      {"fr", "million*", 6},
    {"fr", "milliard*", 9},  {"fr", "md", 9},
};

// "5m" and "5bn" are one word by Unicode's rules: what follows the digits.
constexpr ScaleWord kSuffixes[] = {{"en", "k", 3},  {"en", "m", 6}, {"en", "mn", 6},
                                   {"en", "bn", 9}, {"en", "b", 9}, {"en", "tn", 12}};

std::optional<int> ExponentOf(std::string_view language, std::string_view folded) {
  for (const ScaleWord& scale : kScaleWords) {
    if (scale.language != language) continue;
    std::string_view word = scale.word;
    const bool any_end = word.ends_with('*');
    if (any_end) word.remove_suffix(1);
    if (any_end ? folded.starts_with(word) : folded == word) return scale.exponent;
  }
  return std::nullopt;
}

// Multiplies by what follows: "1.5 billion", "10 mil millones".
void ApplyScale(const Side& side, Number& number) {
  std::size_t end = number.place.end;
  std::string_view tail = side.text().substr(end);
  const std::size_t letters = std::min(
      tail.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"), tail.size());
  const std::string suffix = text::AsciiLower(tail.substr(0, letters));
  for (const ScaleWord& scale : kSuffixes) {
    if (scale.language != side.base() || scale.word != suffix) continue;
    // Metres, too: either reading.
    number.readings.push_back(number.readings.front().Scaled(scale.exponent));
    return;
  }
  const WordText& words = side.words();
  int exponent = 0;
  for (int i = 0; i < kScaleWordsMax; ++i) {
    const auto next = std::find_if(words.words.begin(), words.words.end(),
                                   [&](const auto& word) { return word.begin >= end; });
    if (next == words.words.end() || next->begin - end > kScaleGapBytesMax) break;
    const auto found =
        ExponentOf(side.base(), words.folded[static_cast<std::size_t>(next - words.words.begin())]);
    if (!found) break;
    exponent += *found;
    end = next->end;
  }
  number.place.end = end;
  for (Decimal& reading : number.readings) reading = reading.Scaled(exponent);
}

// "12 thousand 400" is one number: takes `next` into `number` if it goes on so.
bool TakeRest(std::string_view text, Number& number, const Number& next) {
  static constexpr long kThousand = 1000;
  const std::string_view between =
      text.substr(number.place.end, next.place.begin - number.place.end);
  const long whole = number.readings.front().ToSmallInteger();
  const long rest = next.readings.front().ToSmallInteger();
  const bool is_scaled = number.parts.size() == 1 && number.parts.front().size() <= 3;
  if (!is_scaled || whole < kThousand || whole % kThousand != 0) return false;
  if (rest < 0 || rest >= kThousand || between.find_first_not_of(" .\u00A0") != between.npos)
    return false;
  number.readings = {Decimal::Of(std::to_string(whole + rest), "")};
  number.place.end = next.place.end;
  return true;
}

}  // namespace

Decimal Decimal::Of(std::string_view whole, std::string_view fraction) {
  Decimal decimal{std::string(whole) + std::string(fraction), -static_cast<int>(fraction.size())};
  decimal.digits.erase(0, std::min(decimal.digits.find_first_not_of('0'), decimal.digits.size()));
  while (decimal.digits.ends_with('0')) {
    decimal.digits.pop_back();
    ++decimal.exponent;
  }
  if (decimal.IsZero()) decimal.exponent = 0;
  return decimal;
}

Decimal Decimal::Scaled(int by) const { return IsZero() ? *this : Decimal{digits, exponent + by}; }

long Decimal::ToSmallInteger() const {
  if (IsZero()) return 0;
  if (exponent < 0 || digits.size() + static_cast<std::size_t>(exponent) > 6) return -1;
  long value = 0;
  for (const char digit : digits) value = value * 10 + (digit - '0');
  for (int i = 0; i < exponent; ++i) value *= 10;
  return value;
}

bool KnowsScales(std::string_view base_language) {
  return std::any_of(std::begin(kScaleWords), std::end(kScaleWords),
                     [&](const ScaleWord& scale) { return scale.language == base_language; });
}

std::vector<Number> NumbersIn(const Side& side, bool with_scales, bool grouped_by_blanks) {
  std::vector<Number> numbers;
  NumberStyle style = StyleOf(side);
  style.groups_by_blanks = style.groups_by_blanks || grouped_by_blanks;
  const std::string_view text = side.text();
  for (std::string_view rest = text; !rest.empty();) {
    std::string_view next = rest;
    if (news::DigitOf(news::TakeCodePoint(next)) < 0) {
      rest = next;
      continue;
    }
    const Chain chain = TakeChain(text, rest, style);
    if (side.IsInAddress(chain.places.front().begin)) continue;
    std::vector<Decimal> readings = ReadChain(chain, style);
    if (readings.empty()) {
      for (std::size_t i = 0; i < chain.groups.size(); ++i) {
        numbers.push_back(
            {chain.places[i], {Decimal::Of(chain.groups[i], "")}, {chain.groups[i]}, false});
      }
      continue;
    }
    Number number{{chain.places.front().begin, chain.places.back().end},
                  std::move(readings),
                  chain.groups,
                  chain.groups.size() > 1};
    if (with_scales) ApplyScale(side, number);
    if (!numbers.empty() && TakeRest(text, numbers.back(), number)) continue;
    numbers.push_back(std::move(number));
  }
  return numbers;
}

}  // namespace telex::translation::checks
