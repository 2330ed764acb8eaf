#include "translation/domain/checks/dates.h"

#include <absl/container/flat_hash_set.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "translation/domain/checks/number_reader.h"

namespace telex::translation::checks {
namespace {

constexpr int kMonths = 12;
constexpr int kNames = kMonths + 7;  // and the days of the week, from Monday

// Folded beginnings of words, several between bars. What ends with a point is a whole word; what
// begins with ? is another word as well, and counts beside a number or a preposition alone.
struct CalendarNames {
  std::string_view language;
  std::array<std::string_view, kNames> names;
  std::string_view prepositions;
};

constexpr CalendarNames kCalendars[] = {
    {"en",
     {"january|jan.", "february|feb.", "?march.|?mar.", "april|apr.", "?may.", "june|?jun.",
      "july|?jul.", "august.|aug.", "september|sept.|?sep.", "october|oct.", "november|nov.",
      "december|dec.", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
      "sunday"},
     " in of since until till by from last next this early late mid through and between during "},
    {"ru",
     {"январ|янв.", "феврал|февр.|фев.", "?март", "апрел|апр.",
      "?май.|?мая.|?мае.|?маю.|?маем.|майск", "июн", "июл", "август|авг.", "сентябр|сент.|сен.",
      "октябр|окт.", "ноябр|нояб.|ноя.", "декабр|дек.", "понедельн", "вторник", "?сред", "четверг",
      "пятниц", "суббот", "воскресень"},
     " в с до по на к от прошлого этого начале конце середине "},
    {"es",
     {"enero|ene.", "febrero|feb.", "?marzo.", "abril|abr.", "?mayo.", "junio|jun.", "julio|jul.",
      "agosto|ago.", "septiembre|setiembre|sept.|sep.", "octubre|oct.", "noviembre|nov.",
      "diciembre|dic.", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "?domingo"},
     " en de desde hasta el del este pasado "},
    {"hy",
     {"հունվար|հունվ.", "փետրվար|փետր.", "?մարտ", "ապրիլ|ապր.", "մայիս", "հունիս", "հուլիս",
      "օգոստոս|օգոստ.", "սեպտեմբեր|սեպտ.", "հոկտեմբեր|հոկտ.", "նոյեմբեր|նոյ.", "դեկտեմբեր|դեկտ.",
      "երկուշաբթ", "երեքշաբթ", "չորեքշաբթ", "հինգշաբթ", "ուրբաթ", "?շաբաթ", "?կիրակ"},
     " "},
};

struct Calendar {
  const CalendarNames& names;
  absl::flat_hash_set<std::string_view> beginnings;  // of all names: few words have one

  explicit Calendar(const CalendarNames& of) : names(of) {
    for (std::string_view spellings : names.names) {
      while (!spellings.empty()) {
        if (spellings.starts_with('?')) spellings.remove_prefix(1);
        beginnings.insert(spellings.substr(0, kBeginningBytes));
        spellings.remove_prefix(std::min(spellings.find('|'), spellings.size() - 1) + 1);
      }
    }
  }
  bool MayName(std::string_view word) const {
    return beginnings.contains(word.substr(0, kBeginningBytes));
  }

 private:
  static constexpr std::size_t kBeginningBytes = 3;
};

const Calendar* CalendarOf(std::string_view language) {
  static const std::vector<Calendar> kKnown(std::begin(kCalendars), std::end(kCalendars));
  const auto found = std::ranges::find(
      kKnown, language, [](const Calendar& calendar) { return calendar.names.language; });
  return found == kKnown.end() ? nullptr : &*found;
}

bool IsNumber(const WordText& words, std::size_t at) {
  return at < words.words.size() && !words.folded[at].empty() && words.folded[at][0] >= '0' &&
         words.folded[at][0] <= '9';
}

// Whether the word at `at` tells a date by what stands beside it.
bool IsDated(const WordText& words, std::size_t at, const Calendar& calendar) {
  if (IsNumber(words, at + 1) || (at > 0 && IsNumber(words, at - 1))) return true;
  return at > 0 && calendar.names.prepositions.find(" " + words.folded[at - 1] + " ") !=
                       std::string_view::npos;
}

enum class Certainty { kAny, kSure };

bool IsName(const WordText& words, std::size_t at, std::size_t name, const Calendar& calendar,
            Certainty certainty) {
  const std::string& word = words.folded[at];
  std::string_view spellings = calendar.names.names[name];
  while (!spellings.empty()) {
    std::string_view spelling = spellings.substr(0, spellings.find('|'));
    spellings.remove_prefix(std::min(spelling.size() + 1, spellings.size()));
    const bool ambiguous = spelling.starts_with('?');
    if (ambiguous) spelling.remove_prefix(1);
    const bool whole = spelling.ends_with('.');
    if (whole) spelling.remove_suffix(1);
    if (whole ? word != spelling : !word.starts_with(spelling)) continue;
    if (!ambiguous || certainty == Certainty::kAny || IsDated(words, at, calendar)) return true;
  }
  return false;
}

bool IsNamed(const WordText& words, std::size_t name, const Calendar& calendar) {
  for (std::size_t at = 0; at < words.words.size(); ++at) {
    if (IsName(words, at, name, calendar, Certainty::kAny)) return true;
  }
  return false;
}

// The month as a number, within a date: 05.05.2024, 5/12.
bool HasMonthNumber(const Side& side, int month) {
  static constexpr std::string_view kParting = "./-";
  const std::string_view text = side.text();
  for (const Number& number : NumbersIn(side, false)) {
    const bool is_parted =
        number.is_chain ||
        (number.place.begin > 0 && kParting.find(text[number.place.begin - 1]) != kParting.npos) ||
        (number.place.end < text.size() && kParting.find(text[number.place.end]) != kParting.npos);
    for (const std::string& part : number.parts) {
      if (is_parted && (part == std::to_string(month) || part == fmt::format("{:02}", month)))
        return true;
    }
  }
  return false;
}

}  // namespace

bool NamesMonth(const Side& side) {
  const Calendar* const calendar = CalendarOf(side.base());
  if (calendar == nullptr) return false;
  for (std::size_t at = 0; at < side.words().words.size(); ++at) {
    if (!calendar->MayName(side.words().folded[at])) continue;
    for (std::size_t month = 0; month < kMonths; ++month) {
      if (IsName(side.words(), at, month, *calendar, Certainty::kSure)) return true;
    }
  }
  return false;
}

void CheckDates(const SegmentView& view, Findings& findings) {
  const Calendar* const source = CalendarOf(view.source.base());
  const Calendar* const target = CalendarOf(view.target.base());
  if (source == nullptr || target == nullptr) return;
  const WordText& words = view.source.words();
  for (std::size_t at = 0; at < words.words.size(); ++at) {
    if (!source->MayName(words.folded[at])) continue;
    for (std::size_t name = 0; name < kNames; ++name) {
      if (!IsName(words, at, name, *source, Certainty::kSure)) continue;
      if (IsNamed(view.target.words(), name, *target)) continue;
      const int month = static_cast<int>(name) + 1;
      if (month <= kMonths && HasMonthNumber(view.target, month)) continue;
      findings.push_back(view.source.LackingOf(Check::kDates, words.words[at]));
    }
  }
}

}  // namespace telex::translation::checks
