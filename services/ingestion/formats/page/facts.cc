#include "ingestion/formats/page/facts.h"

#include <absl/strings/ascii.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <vector>

#include "ingestion/formats/page/words.h"
#include "ingestion/formats/unicode.h"

namespace telex::ingestion::page {
namespace {

constexpr std::int64_t kViewsMax = 1'000'000'000'000;
constexpr std::size_t kNameBytesMax = 160;

std::string_view Trim(std::string_view text, std::string_view what = " ") {
  const std::size_t first = text.find_first_not_of(what);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(what) - first + 1);
}

// Armenian labels end with ՝ (U+055D) where others have a colon.
constexpr std::string_view kArmenianColon = "\u055D";

// The end of a label such as "Author:", and where what it labels begins.
struct Label {
  std::string_view name;
  std::size_t value_at = 0;
};
std::optional<Label> ReadLabel(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::size_t armenian = text.find(kArmenianColon);
  const std::size_t end = std::min(colon, armenian);
  if (end > 80) return std::nullopt;
  return Label{Trim(text.substr(0, end)), end + (end == colon ? 1 : kArmenianColon.size())};
}

// A number as people print it: "323", "1 234", "1,234", "1.2k". Moves past it.
std::optional<Views> TakeCount(std::string_view& text) {
  std::int64_t count = 0;
  std::size_t at = 0;
  const auto digits = [&](std::size_t from) {
    std::size_t end = from;
    while (end < text.size() && absl::ascii_isdigit(text[end])) ++end;
    return end - from;
  };
  const std::size_t first = digits(0);
  if (first == 0 || first > 13) return std::nullopt;
  const auto take = [&](std::size_t length) {
    for (const std::size_t end = at + length; at < end; ++at) count = count * 10 + (text[at] - '0');
  };
  take(first);
  // Groups of three behind one mark.
  while (first <= 3 && count < kViewsMax && at + 1 < text.size()) {
    const char mark = text[at];
    if ((mark != ' ' && mark != ',' && mark != '.' && mark != '\'') || digits(at + 1) != 3) break;
    ++at;
    take(3);
  }
  Views views{count, false};
  std::int64_t tenths = 0;
  std::size_t fraction = 0;
  if (at + 1 < text.size() && (text[at] == '.' || text[at] == ',') && digits(at + 1) == 1) {
    tenths = text[at + 1] - '0';
    fraction = 2;
  }
  static constexpr std::pair<std::string_view, std::int64_t> kScales[] = {
      {"k", 1'000},       {"m", 1'000'000}, {"тыс", 1'000},
      {"млн", 1'000'000}, {"к", 1'000},     {"հազ", 1'000}};
  std::string_view rest = text.substr(at + fraction);
  const std::string_view unit = Trim(rest);
  for (const auto& [name, scale] : kScales) {
    const bool ends =
        unit.size() == name.size() ||
        (unit.size() > name.size() && (unit[name.size()] == ' ' || unit[name.size()] == '.'));
    if (!unit.starts_with(name) || !ends) continue;
    views.count = std::min(count, kViewsMax / scale) * scale + tenths * (scale / 10);
    views.rounded = true;
    rest = unit.substr(name.size());
    text = rest;
    return views;
  }
  if (fraction > 0 || count > kViewsMax) return std::nullopt;
  text = rest;
  return views;
}

}  // namespace

std::optional<Views> ReadViews(std::string_view key) {
  if (key.size() > 80) return std::nullopt;
  const std::size_t digit = key.find_first_of("0123456789");
  if (digit == std::string_view::npos) return std::nullopt;
  std::string_view before = Trim(key.substr(0, digit), " :-(");
  if (before.ends_with(kArmenianColon)) before.remove_suffix(kArmenianColon.size());
  std::string_view rest = key.substr(digit);
  const std::optional<Views> views = TakeCount(rest);
  if (!views.has_value()) return std::nullopt;
  const std::string_view behind = Trim(rest, " .)");
  const bool labelled = IsPhrase(Phrase::kViews, before) &&
                        (behind.empty() || IsPhrase(Phrase::kViews, behind) || behind == "раз" ||
                         behind == "times" || behind == "անգամ" || behind == "dəfə");
  const bool counted = before.empty() && IsPhrase(Phrase::kViews, behind);
  if (!labelled && !counted) return std::nullopt;
  return views;
}

bool LooksLikeName(std::string_view text) {
  if (text.size() > kNameBytesMax) return false;
  const TextShape shape = ShapeOf(text);
  return shape.words >= 2 && shape.words <= 4 && shape.capital_words == shape.words &&
         shape.digits == 0 && !shape.all_caps && !shape.ends_sentence &&
         text.find_first_of(":;,!?|/\"()&@") == std::string_view::npos;
}

std::optional<Byline> ReadByline(std::string_view text, std::string_view key) {
  if (key.empty() || key.size() > kNameBytesMax + 80) return std::nullopt;
  if (const auto label = ReadLabel(text)) {
    const std::string lower = LowerCase(label->name);
    const std::string_view name = Trim(text.substr(label->value_at));
    if (IsPhrase(Phrase::kByline, lower) && !name.empty() && name.size() <= kNameBytesMax &&
        ShapeOf(name).words <= 14 && ShapeOf(name).letters >= 2) {
      return Byline{std::string(name), false};
    }
  }
  // "By Name and Other Name in Yerevan": capitals throughout, apart from small words between.
  // Lower-casing may change the length of letters that the bare words do not have, so the offset
  // holds in both.
  const std::size_t word = BareBylineLength(key);
  if (word == 0 || word >= text.size() || text[word] != ' ') return std::nullopt;
  const std::string_view name = Trim(text.substr(word));
  const TextShape shape = ShapeOf(name);
  if (name.size() > kNameBytesMax || shape.words < 1 || shape.words > 14 || shape.digits > 0 ||
      shape.starts_small || shape.last == '?' || shape.last == '!') {
    return std::nullopt;
  }
  int small = 0;
  for (std::string_view rest = name; !rest.empty();) {
    const std::size_t end = rest.find(' ');
    const std::string_view part = Trim(rest.substr(0, end), ",.&");
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (!part.empty() && ShapeOf(part).starts_small) {
      static constexpr std::string_view kSmall[] = {
          "and", "in", "for", "de",  "van", "von", "der", "la", "le", "du", "da", "bin", "al", "и",
          "և",   "և",  "ու",  "und", "et",  "y",   "və",  "ve", "та", "at", "di", "del", "the"};
      if (std::find(std::begin(kSmall), std::end(kSmall), part) == std::end(kSmall) || ++small > 4)
        return std::nullopt;
      if (part == "the") return std::nullopt;  // "By the numbers"
    }
  }
  return Byline{std::string(Trim(name, " ,")), true};
}

std::optional<std::string> ReadSectionLabel(std::string_view text, std::string_view key) {
  if (key.empty() || key.size() > 200) return std::nullopt;
  if (const auto label = ReadLabel(text)) {
    const std::string_view value = Trim(text.substr(label->value_at));
    const TextShape shape = ShapeOf(value);
    if (IsPhrase(Phrase::kSectionLabel, LowerCase(label->name)) && shape.letters > 0 &&
        shape.words <= 5) {
      return std::string(value);
    }
  }
  // A breadcrumb: steps between marks, the first of them the front page or a section.
  static constexpr std::string_view kMarks[] = {">", "/", "\u00BB", "\u203A", "\u2192", "\\"};
  for (const std::string_view mark : kMarks) {
    const std::size_t first = text.find(mark);
    if (first == std::string_view::npos) continue;
    const std::string_view start = Trim(text.substr(0, first));
    const std::string lower = LowerCase(start);
    // "World > Europe": a breadcrumb without the front page. A slash alone may mean "or".
    if (IsPhrase(Phrase::kSection, lower) && mark != "/" && mark != "\\") return std::string(start);
    if (!IsPhrase(Phrase::kHome, lower)) continue;
    const std::string_view rest = text.substr(first + mark.size());
    const std::string_view step = Trim(rest.substr(0, rest.find(mark)));
    const TextShape shape = ShapeOf(step);
    if (shape.letters > 0 && shape.words <= 5) return std::string(step);
  }
  return std::nullopt;
}

std::optional<std::string> FindHost(std::string_view text) {
  const auto host_byte = [](char c) {
    return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.';
  };
  for (std::size_t at = 0; at < text.size();) {
    if (!host_byte(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && host_byte(text[end])) ++end;
    const std::string_view host = Trim(text.substr(at, end - at), ".-");
    const bool address = at > 0 && text[at - 1] == '@';
    at = end;
    const std::size_t dot = host.rfind('.');
    if (address || dot == std::string_view::npos || host.size() > 253 ||
        host.find("..") != std::string_view::npos)
      continue;
    const std::string_view top = host.substr(dot + 1);
    const bool letters = std::all_of(top.begin(), top.end(),
                                     [](char c) { return !absl::ascii_isdigit(c) && c != '-'; });
    // "U.S." is none; "news.St" is none either, for no top-level domain is written so.
    const bool mixed = top.size() > 1 && top[0] >= 'A' && top[0] <= 'Z' && top[1] >= 'A' &&
                       top[1] <= 'Z' && host != LowerCase(host) && dot < 3;
    if (letters && !mixed && top.size() >= 2 && top.size() <= 24 && dot >= 2)
      return std::string(host);
  }
  return std::nullopt;
}

std::string RightsHolder(std::string_view text) {
  std::string_view rest = text;
  for (const std::string_view mark :
       {std::string_view("\u00A9"), std::string_view("(c)"), std::string_view("(C)")}) {
    if (const std::size_t at = rest.find(mark); at != std::string_view::npos) {
      const std::string_view before = Trim(rest.substr(0, at));
      rest = rest.substr(at + mark.size());
      // "Caliber.az © 2025": the holder stands before.
      if (ShapeOf(before).letters > 1 && LowerCase(before) != "copyright")
        return std::string(Trim(before, " ,.-"));
      break;
    }
  }
  rest = Trim(rest, " ,.0123456789-");
  for (const std::string_view dash : {std::string_view("\u2013"), std::string_view("\u2014")}) {
    if (rest.starts_with(dash)) rest = Trim(rest.substr(dash.size()), " ,.0123456789-");
  }
  // Up to the end of the first sentence, where a dot within a host name ends none.
  for (const std::string_view stop :
       {std::string_view(". "), std::string_view(" | "), std::string_view(", ")}) {
    rest = rest.substr(0, rest.find(stop));
  }
  rest = Trim(rest, " ,.");
  const TextShape shape = ShapeOf(rest);
  if (shape.letters < 2 || shape.words > 6 || HasRights(LowerCase(rest))) return {};
  return std::string(rest);
}

}  // namespace telex::ingestion::page
