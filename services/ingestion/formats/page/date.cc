#include "ingestion/formats/page/date.h"

#include <unicode/uchar.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ingestion/formats/page/words.h"
#include "ingestion/formats/unicode.h"

namespace telex::ingestion::page {
namespace {

constexpr std::size_t kDateBytesMax = 160;
constexpr int kYearMin = 1900;
// A year that cannot be (2205 for 2025) is still a date, which is refused by its name later on;
// taken for text, it would head the story's body.
constexpr int kYearMax = 9999;

struct Token {
  enum class Kind { kNumber, kWord, kMark } kind;
  std::string_view text;
  int value = 0;  // of a number of at most 4 digits, else -1
  bool after_space = false;
};

bool IsWordPoint(char32_t c) {
  const auto point = static_cast<UChar32>(c);
  return u_isalpha(point) || (U_GET_GC_MASK(point) & U_GC_M_MASK) != 0 || c == 0x2019;
}

std::vector<Token> Tokens(std::string_view key) {
  std::vector<Token> tokens;
  bool space = true;
  for (std::size_t at = 0; at < key.size();) {
    const std::size_t start = at;
    const char32_t c = NextCodePoint(key, at);
    if (c == ' ') {
      space = true;
      continue;
    }
    Token token{Token::Kind::kMark, {}, 0, std::exchange(space, false)};
    std::size_t end = at;
    if (c >= '0' && c <= '9') {
      token.kind = Token::Kind::kNumber;
      while (end < key.size() && key[end] >= '0' && key[end] <= '9') ++end;
      token.value = end - start > 4 ? -1 : 0;
      for (std::size_t i = start; i < end && token.value >= 0; ++i)
        token.value = token.value * 10 + (key[i] - '0');
    } else if (IsWordPoint(c)) {
      token.kind = Token::Kind::kWord;
      for (std::size_t next = end; next < key.size() && IsWordPoint(NextCodePoint(key, next));)
        end = next;
    }
    token.text = key.substr(start, end - start);
    at = end;
    tokens.push_back(token);
  }
  return tokens;
}

// Minutes east of UTC of zone names that mean one thing only.
std::optional<int> ZoneMinutes(std::string_view word) {
  static constexpr std::pair<std::string_view, int> kZones[] = {
      {"z", 0},      {"utc", 0},    {"gmt", 0},   {"msk", 180},  {"мск", 180},
      {"cet", 60},   {"cest", 120}, {"eet", 120}, {"eest", 180}, {"est", -300},
      {"edt", -240}, {"pst", -480}, {"pdt", -420}};
  for (const auto& [name, minutes] : kZones) {
    if (word == name) return minutes;
  }
  return std::nullopt;
}

// Reads the tokens of one line from left to right; every token must find its place.
class Reader {
 public:
  explicit Reader(std::string_view key) : tokens_(Tokens(key)) {}

  bool Read() {
    while (at_ < tokens_.size()) {
      const bool read = ReadTime() || ReadOffset() || ReadNumericDate() || ReadWord() ||
                        ReadNumber() || ReadMark();
      if (!read) return false;
    }
    return true;
  }

  bool HasDate() const { return day_ > 0 && month_ > 0 && year_ > 0; }
  bool HasAnyDatePart() const { return day_ > 0 || month_ > 0 || year_ > 0; }
  const std::optional<ClockTime>& time() const { return time_; }

  std::optional<DateLine> Date() const {
    if (!HasDate()) return std::nullopt;
    const ClockTime clock = time_.value_or(ClockTime{});
    const absl::CivilSecond civil(year_, month_, day_, clock.hour, clock.minute, clock.second);
    if (civil.day() != day_ || civil.month() != month_) return std::nullopt;  // 31 April
    DateLine line;
    line.time.civil = civil;
    if (offset_minutes_.has_value() && time_.has_value())
      line.time.utc_offset = absl::Minutes(*offset_minutes_);
    line.has_time = time_.has_value();
    line.ambiguous = ambiguous_;
    return line;
  }

 private:
  const Token* Peek(std::size_t ahead) const {
    return at_ + ahead < tokens_.size() ? &tokens_[at_ + ahead] : nullptr;
  }
  bool IsNumber(std::size_t ahead) const {
    const Token* token = Peek(ahead);
    return token != nullptr && token->kind == Token::Kind::kNumber && token->value >= 0;
  }
  bool IsText(std::size_t ahead, std::string_view text) const {
    const Token* token = Peek(ahead);
    return token != nullptr && token->text == text;
  }
  int Value(std::size_t ahead) const { return tokens_[at_ + ahead].value; }
  std::size_t Digits(std::size_t ahead) const { return tokens_[at_ + ahead].text.size(); }

  // "14:25", "14:25:07", "14:25:07.123", then perhaps am or pm.
  bool ReadTime() {
    if (time_.has_value() || !IsNumber(0) || !IsText(1, ":") || !IsNumber(2) || Digits(2) != 2 ||
        Digits(0) > 2) {
      return false;
    }
    const std::size_t start = at_;
    ClockTime clock{Value(0), Value(2), 0};
    at_ += 3;
    if (IsText(0, ":") && IsNumber(1) && Digits(1) == 2) {
      clock.second = Value(1);
      at_ += 2;
      if (IsText(0, ".") && Peek(1) != nullptr && Peek(1)->kind == Token::Kind::kNumber &&
          !Peek(1)->after_space)
        at_ += 2;
    }
    const bool am = IsText(0, "am") || (IsText(0, "a") && IsText(1, ".") && IsText(2, "m"));
    const bool pm = IsText(0, "pm") || (IsText(0, "p") && IsText(1, ".") && IsText(2, "m"));
    if (am || pm) {
      at_ += Peek(0)->text.size() == 2 ? 1 : 3;
      if (clock.hour < 1 || clock.hour > 12) clock.hour = 24;  // none such
      if (clock.hour <= 12) clock.hour = clock.hour % 12 + (pm ? 12 : 0);
    }
    if (clock.hour > 23 || clock.minute > 59 || clock.second > 59) {
      at_ = start;  // what returns false has read nothing
      return false;
    }
    time_ = clock;
    return true;
  }

  // "+04:00", "+0400", and "+4" behind GMT or UTC.
  bool ReadOffset() {
    const bool plus = IsText(0, "+");
    if (!time_.has_value() || signed_offset_ || !(plus || IsText(0, "-") || IsText(0, "\u2212")))
      return false;
    if (!IsNumber(1) || Peek(1)->after_space) return false;
    int minutes = 0;
    std::size_t used = 2;
    if (Digits(1) == 4) {
      minutes = Value(1) / 100 * 60 + Value(1) % 100;
    } else if (Digits(1) <= 2 && IsText(2, ":") && IsNumber(3) && Digits(3) == 2) {
      minutes = Value(1) * 60 + Value(3);
      used = 4;
    } else if (Digits(1) <= 2 && offset_minutes_.has_value()) {
      minutes = Value(1) * 60;
    } else {
      return false;
    }
    if (minutes > 15 * 60) return false;
    offset_minutes_ = plus ? minutes : -minutes;
    signed_offset_ = true;
    at_ += used;
    return true;
  }

  // Three numbers with the same mark between: 2025-04-18, 18.04.2025, 18/04/25.
  bool ReadNumericDate() {
    if (HasAnyDatePart() || !IsNumber(0) || !IsNumber(2) || !IsNumber(4)) return false;
    const std::string_view mark = tokens_[at_ + 1].text;
    if ((mark != "-" && mark != "." && mark != "/") || !IsText(3, mark)) return false;
    if (Digits(0) == 4) {
      Set(Value(0), Value(2), Value(4));
    } else if (Digits(0) <= 2 && Digits(2) <= 2 && (Digits(4) == 4 || Digits(4) == 2)) {
      const int year = Digits(4) == 4 ? Value(4) : 2000 + Value(4);
      const bool month_first = mark == "/" && Value(2) > 12 && Value(0) <= 12;
      ambiguous_ = mark == "/" && Value(0) <= 12 && Value(2) <= 12 && Value(0) != Value(2);
      if (month_first) {
        Set(year, Value(0), Value(2));
      } else {
        Set(year, Value(2), Value(0));
      }
    } else {
      return false;
    }
    if (!HasDate()) return false;
    at_ += 5;
    return true;
  }

  void Set(int year, int month, int day) {
    if (year < kYearMin || year > kYearMax || month < 1 || month > 12 || day < 1 || day > 31)
      return;
    year_ = year;
    month_ = month;
    day_ = day;
  }

  bool ReadWord() {
    if (tokens_[at_].kind != Token::Kind::kWord) return false;
    const std::string_view word = tokens_[at_].text;
    if (month_ == 0) {
      if (const auto month = MonthOf(word)) {
        month_ = *month;
        ++at_;
        return true;
      }
    }
    if (const auto zone = ZoneMinutes(word);
        zone.has_value() && time_.has_value() && !offset_minutes_.has_value()) {
      offset_minutes_ = zone;
      ++at_;
      return true;
    }
    // "2025-04-18T14:25": the letter between date and time.
    const bool separator = word == "t" && HasDate() && IsNumber(1);
    if (!separator && !IsPhrase(Phrase::kDateNoise, word)) return false;
    ++at_;
    return true;
  }

  bool ReadNumber() {
    if (!IsNumber(0)) return false;
    if (Digits(0) == 4 && year_ == 0 && Value(0) >= kYearMin && Value(0) <= kYearMax) {
      year_ = Value(0);
    } else if (Digits(0) <= 2 && day_ == 0 && Value(0) >= 1 && Value(0) <= 31) {
      day_ = Value(0);
    } else {
      return false;
    }
    ++at_;
    return true;
  }

  bool ReadMark() {
    static constexpr std::string_view kMarks[] = {
        ",",      ".",      "|",      "/",      "-",      "(",      ")",      ":",
        "\u2013", "\u2014", "\u2022", "\u00b7", "\u2024", "\u055d", "\u055a", "'"};
    for (const std::string_view mark : kMarks) {
      if (tokens_[at_].text == mark) {
        ++at_;
        return true;
      }
    }
    return false;
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int year_ = 0, month_ = 0, day_ = 0;
  std::optional<ClockTime> time_;
  std::optional<int> offset_minutes_;
  bool signed_offset_ = false;
  bool ambiguous_ = false;
};

// Takes a label such as "Published on:" off the front. The longest one counts.
bool TakeLabel(Phrase kind, std::string_view& key) {
  std::size_t longest = 0;
  for (std::size_t end = key.find_first_of(" :"); end < 60;
       end = key.find_first_of(" :", end + 1)) {
    if (IsPhrase(kind, key.substr(0, end))) longest = end;
  }
  key.remove_prefix(longest);
  return longest > 0;
}

}  // namespace

std::optional<DateLine> ReadDateLine(std::string_view key) {
  if (key.size() > kDateBytesMax) return std::nullopt;
  const bool is_update = TakeLabel(Phrase::kUpdated, key);
  if (!is_update) TakeLabel(Phrase::kPublished, key);
  Reader reader(key);
  if (!reader.Read()) return std::nullopt;
  std::optional<DateLine> line = reader.Date();
  if (line.has_value()) line->is_update = is_update;
  return line;
}

std::optional<ClockTime> ReadTimeLine(std::string_view key) {
  if (key.size() > kDateBytesMax) return std::nullopt;
  Reader reader(key);
  if (!reader.Read() || reader.HasAnyDatePart()) return std::nullopt;
  return reader.time();
}

}  // namespace telex::ingestion::page
