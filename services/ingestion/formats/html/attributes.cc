#include "ingestion/formats/html/attributes.h"

#include <absl/strings/ascii.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "platform/text/ascii.h"

namespace telex::ingestion::html {
namespace {

// No date or duration of HTML is longer.
constexpr std::size_t kDateTimeBytesMax = 40;

bool IsAsciiSpaceOrControl(unsigned char c) { return c <= 0x20 || c == 0x7F; }

bool IsHostByte(unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
         c == '-' || c == '_' || c == ':' || c == '[' || c == ']' || c >= 0x80;
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && IsAsciiSpaceOrControl(static_cast<unsigned char>(text.front())))
    text.remove_prefix(1);
  while (!text.empty() && IsAsciiSpaceOrControl(static_cast<unsigned char>(text.back())))
    text.remove_suffix(1);
  return text;
}

std::optional<std::string> OneOf(std::string_view value,
                                 std::initializer_list<std::string_view> known) {
  std::string lower = text::AsciiLower(Trimmed(value));
  if (std::find(known.begin(), known.end(), lower) == known.end()) return std::nullopt;
  return lower;
}

std::optional<int> WholeNumber(std::string_view value) {
  value = Trimmed(value);
  int number = 0;
  const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (fault != std::errc() || end != value.data() + value.size()) return std::nullopt;
  return number;
}

std::optional<std::string> Span(std::string_view value) {
  const auto cells = WholeNumber(value);
  if (!cells || *cells < 2) return std::nullopt;
  return fmt::format("{}", std::min(*cells, kSpanMax));
}

std::optional<std::string> Number(std::string_view value) {
  const auto number = WholeNumber(value);
  if (!number || *number < -kNumberMax || *number > kNumberMax) return std::nullopt;
  return fmt::format("{}", *number);
}

// Its case says what it is.
std::optional<std::string> ListType(std::string_view value) {
  value = Trimmed(value);
  if (value != "a" && value != "A" && value != "i" && value != "I") return std::nullopt;
  return std::string(value);
}

// Reads the parts of dates and times off the front of a text.
class DateTimeReader {
 public:
  explicit DateTimeReader(std::string_view text) : rest_(text) {}

  bool AtEnd() const { return rest_.empty(); }
  bool Skip(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // `digits` digits that make a number of `least` to `most`.
  bool Digits(std::size_t digits, int least, int most) {
    if (rest_.size() < digits ||
        !std::all_of(rest_.begin(), rest_.begin() + digits, absl::ascii_isdigit))
      return false;
    int number = 0;
    std::from_chars(rest_.data(), rest_.data() + digits, number);
    rest_.remove_prefix(digits);
    return number >= least && number <= most;
  }
  // 2026, 2026-11, 2026-11-22, 2026-W47.
  bool Date() {
    if (!Digits(4, 1, 9999)) return false;
    if (!Skip('-')) return true;
    if (Skip('W')) return Digits(2, 1, 53);
    return Digits(2, 1, 12) && (!Skip('-') || Digits(2, 1, 31));
  }
  // 11-22: a day of every year.
  bool YearlessDate() { return Digits(2, 1, 12) && Skip('-') && Digits(2, 1, 31); }
  // 14:05, 14:05:59, 14:05:59.123.
  bool Time() {
    if (!Digits(2, 0, 23) || !Skip(':') || !Digits(2, 0, 59)) return false;
    if (!Skip(':')) return true;
    if (!Digits(2, 0, 59)) return false;
    if (!Skip('.')) return true;
    std::size_t digits = 0;
    while (digits < rest_.size() && absl::ascii_isdigit(rest_[digits])) ++digits;
    rest_.remove_prefix(digits);
    return digits >= 1 && digits <= 3;
  }
  // Z, +04:00, -0330.
  bool Zone() {
    if (Skip('Z')) return true;
    if (!Skip('+') && !Skip('-')) return false;
    if (!Digits(2, 0, 23)) return false;
    Skip(':');
    return Digits(2, 0, 59);
  }

 private:
  std::string_view rest_;
};

// P4DT12H, PT1.5S.
bool IsDuration(std::string_view text) {
  if (text.size() < 3 || text.front() != 'P' || absl::ascii_isdigit(text.back())) return false;
  return std::all_of(text.begin() + 1, text.end(),
                     [](char c) {
                       return absl::ascii_isdigit(c) || c == '.' || c == 'D' || c == 'T' ||
                              c == 'H' || c == 'M' || c == 'S';
                     }) &&
         std::any_of(text.begin(), text.end(), absl::ascii_isdigit);
}

bool IsDateTime(std::string_view text) {
  const auto whole = [text](auto read) {
    DateTimeReader reader(text);
    return read(reader) && reader.AtEnd();
  };
  return whole([](DateTimeReader& r) { return r.Date(); }) ||
         whole([](DateTimeReader& r) { return r.YearlessDate(); }) ||
         whole([](DateTimeReader& r) { return r.Time(); }) ||
         whole([](DateTimeReader& r) { return r.Zone(); }) || whole([](DateTimeReader& r) {
           return r.Date() && (r.Skip('T') || r.Skip(' ')) && r.Time() && (r.AtEnd() || r.Zone());
         }) ||
         IsDuration(text);
}

std::optional<std::string> DateTime(std::string_view value) {
  value = Trimmed(value);
  if (value.size() > kDateTimeBytesMax || !IsDateTime(value)) return std::nullopt;
  return std::string(value);
}

}  // namespace

std::optional<std::string> CheckedValue(Value kind, std::string_view value) {
  switch (kind) {
    case Value::kAddress:
      return SafeAddress(value);
    case Value::kText:
      if (value.size() > kAttributeBytesMax || Trimmed(value).empty()) return std::nullopt;
      return std::string(value);
    case Value::kDirection:
      return OneOf(value, {"ltr", "rtl", "auto"});
    case Value::kOverride:
      return OneOf(value, {"ltr", "rtl"});
    case Value::kDateTime:
      return DateTime(value);
    case Value::kSpan:
      return Span(value);
    case Value::kNumber:
      return Number(value);
    case Value::kScope:
      return OneOf(value, {"row", "col", "rowgroup", "colgroup"});
    case Value::kFlag:
      return std::string();
    case Value::kUntranslated:
      return OneOf(value, {"no"});
    case Value::kListType:
      return ListType(value);
  }
  return std::nullopt;
}

std::optional<std::string> SafeAddress(std::string_view address) {
  // Browsers trim the ends and leave out tabs and line ends anywhere (WHATWG URL, "basic URL
  // parser").
  address = Trimmed(address);
  std::string clean;
  for (const char c : address) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == '\t' || byte == '\n' || byte == '\r') continue;
    if (byte < 0x20 || byte == 0x7F) return std::nullopt;
    if (byte == ' ' || byte == '"' || byte == '<' || byte == '>' || byte == '`' || byte == '\'' ||
        byte == '\\') {
      clean += fmt::format("%{:02X}", byte);
    } else {
      clean += c;
    }
  }
  const std::size_t colon = clean.find("://");
  if (colon == std::string::npos) return std::nullopt;
  std::string scheme = clean.substr(0, colon);
  for (char& c : scheme) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (scheme != "http" && scheme != "https") return std::nullopt;
  const std::string_view rest = std::string_view(clean).substr(colon + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.empty() || authority.front() == ':') return std::nullopt;
  for (const char c : authority) {
    if (!IsHostByte(static_cast<unsigned char>(c))) return std::nullopt;
  }
  std::string safe = scheme + "://" + std::string(rest);
  if (safe.size() > kAttributeBytesMax) return std::nullopt;
  return safe;
}

}  // namespace telex::ingestion::html
