#include "news/list_number.h"

#include <absl/strings/ascii.h>

#include <utility>

namespace telex::news {
namespace {

constexpr int kRomanMax = 3'999;
constexpr int kLetters = 26;

// a … z, aa … az, ba …
std::string InLetters(int number) {
  std::string letters;
  for (; number > 0; number = (number - 1) / kLetters)
    letters.insert(letters.begin(), static_cast<char>('a' + (number - 1) % kLetters));
  return letters;
}

std::string InRoman(int number) {
  static constexpr std::pair<int, std::string_view> kNumerals[] = {
      {1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"}, {90, "xc"}, {50, "l"},
      {40, "xl"},  {10, "x"},   {9, "ix"},  {5, "v"},    {4, "iv"},  {1, "i"}};
  std::string roman;
  for (const auto& [value, numeral] : kNumerals) {
    for (; number >= value; number -= value) roman += numeral;
  }
  return roman;
}

}  // namespace

std::string ListNumber(int number, std::string_view type) {
  std::string text;
  if (number > 0 && (type == "a" || type == "A")) text = InLetters(number);
  if (number > 0 && number <= kRomanMax && (type == "i" || type == "I")) text = InRoman(number);
  if (text.empty()) return std::to_string(number);
  if (type == "A" || type == "I") absl::AsciiStrToUpper(&text);
  return text;
}

}  // namespace telex::news
