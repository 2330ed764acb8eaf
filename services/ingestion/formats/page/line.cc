#include "ingestion/formats/page/line.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ingestion/formats/input_format.h"
#include "ingestion/formats/page/facts.h"
#include "ingestion/formats/page/words.h"
#include "platform/errors/errors.h"

namespace telex::ingestion::page {
namespace {

constexpr int kParagraphLetters = 120;  // longer is a paragraph, with a full stop or without
constexpr int kSentenceLetters = 40;    // a sentence of this length is one too
constexpr std::size_t kSplitBytesMax = 240;
constexpr std::size_t kWrapBytesMax = 120;

struct RawLine {
  std::string text;
  bool after_blank = false;
};

// Spaces at both ends go, runs of them become one.
std::string Squeezed(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
    out += c;
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string KeyOf(std::string_view text) {
  if (text.size() > kKeyBytesMax) return {};
  std::string key = LowerCase(text);
  std::replace(key.begin(), key.end(), '_', ' ');
  return key;
}

// `key` without the marks that buttons and labels carry around their words.
std::string_view Bare(std::string_view key) {
  constexpr std::string_view kAround = " :.!>|*#+-[]()";
  const std::size_t first = key.find_first_not_of(kAround);
  if (first == std::string_view::npos) return {};
  return key.substr(first, key.find_last_not_of(kAround) - first + 1);
}

bool IsHashtags(std::string_view text) {
  int tags = 0;
  while (!text.empty()) {
    const std::size_t end = text.find(' ');
    if (text.front() != '#') return false;
    ++tags;
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return tags > 0;
}

bool IsAddress(std::string_view key) {
  if (key.empty() || key.find(' ') != std::string_view::npos) return false;
  return key.starts_with("http://") || key.starts_with("https://") || key.starts_with("www.") ||
         (key.find('@') != std::string_view::npos &&
          FindHost(key.substr(key.find('@') + 1)).has_value());
}

bool IsFurniture(std::string_view text, std::string_view key, const TextShape& shape) {
  if (shape.letters == 0 && text.find_first_of("0123456789") == std::string_view::npos)
    return true;                                             // | … ***
  if (shape.letters == 0 && shape.digits <= 6) return true;  // a counter beside a button
  if (IsPhrase(Phrase::kFurniture, key) || IsPhrase(Phrase::kFurniture, Bare(key))) return true;
  const bool is_short = shape.letters <= 160;
  return IsHashtags(text) || IsAddress(key) ||
         (is_short && (StartsAsFurniture(key) || HasFurniture(key)));
}

bool IsEnd(std::string_view key) {
  if (IsPhrase(Phrase::kEnds, Bare(key))) return true;
  const std::size_t colon = std::min(key.find(':'), key.find("\u055D"));
  if (colon != std::string_view::npos) return IsPhrase(Phrase::kEnds, key.substr(0, colon));
  // "Comments (3)", "Comments 3"
  const std::size_t digit = key.find_first_of("(0123456789");
  return digit != std::string_view::npos && digit > 0 && key.size() - digit <= 8 &&
         IsPhrase(Phrase::kEnds, Bare(key.substr(0, digit)));
}

// "14:25 Somebody said something"
bool IsTicker(std::string_view key) {
  const std::size_t space = key.find(' ');
  return space <= 8 && space + 4 < key.size() && key.find(':') < space &&
         ReadTimeLine(key.substr(0, space)).has_value();
}

// "By Name | 18 April 2025 | 323 views" becomes three lines, when one of the pieces at least states
// such a fact.
void Split(RawLine line, std::vector<Line>& out) {
  static constexpr std::string_view kMarks[] = {"|", "\u2022", "\u00B7"};
  if (line.text.size() <= kSplitBytesMax) {
    for (const std::string_view mark : kMarks) {
      if (line.text.find(mark) == std::string::npos) continue;
      std::vector<Line> pieces;
      bool facts = false;
      std::string_view rest = line.text;
      while (true) {
        const std::size_t end = rest.find(mark);
        std::string piece = Squeezed(rest.substr(0, end));
        if (!piece.empty()) {
          pieces.push_back(ClassifyLine(std::move(piece), line.after_blank && pieces.empty()));
          const LineKind kind = pieces.back().kind;
          facts = facts || kind == LineKind::kDate || kind == LineKind::kViews ||
                  kind == LineKind::kByline;
        }
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + mark.size());
      }
      if (!facts || pieces.size() < 2) continue;
      for (Line& piece : pieces) out.push_back(std::move(piece));
      return;
    }
  }
  out.push_back(ClassifyLine(std::move(line.text), line.after_blank));
}

// Mail and old terminals break paragraphs at a column: a group of lines without a blank between, of
// about one length, where sentences run on from one line to the next. Such a group is one
// paragraph.
bool IsWrapped(const std::vector<RawLine>& lines, std::size_t first, std::size_t end) {
  if (end - first < 2) return false;
  std::size_t longest = 0;
  for (std::size_t i = first; i < end; ++i) longest = std::max(longest, lines[i].text.size());
  if (longest < 50 || longest > kWrapBytesMax) return false;
  bool runs_on = false;
  for (std::size_t i = first; i + 1 < end; ++i) {
    if (lines[i].text.size() * 10 < longest * 7) return false;
    runs_on = runs_on ||
              (!ShapeOf(lines[i].text).ends_sentence && ShapeOf(lines[i + 1].text).starts_small);
  }
  return runs_on;
}

std::vector<RawLine> Unwrapped(std::vector<RawLine> lines) {
  std::vector<RawLine> out;
  out.reserve(lines.size());
  for (std::size_t first = 0; first < lines.size();) {
    std::size_t end = first + 1;
    while (end < lines.size() && !lines[end].after_blank) ++end;
    const bool wrapped = IsWrapped(lines, first, end);
    for (std::size_t i = first; i < end; ++i) {
      if (wrapped && i > first) {
        out.back().text += ' ';
        out.back().text += lines[i].text;
      } else {
        out.push_back(std::move(lines[i]));
      }
    }
    first = end;
  }
  return out;
}

absl::StatusOr<std::vector<RawLine>> CutLines(std::string_view text) {
  std::vector<RawLine> lines;
  bool blank = true;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string line = Squeezed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty()) {
      blank = true;
      continue;
    }
    if (lines.size() == kLinesMax) {
      return errors::FieldError(
          kDocumentField, errors::kNotAnArticle,
          fmt::format("the page has more than {} lines; an article has fewer", kLinesMax));
    }
    lines.push_back({std::move(line), std::exchange(blank, false)});
  }
  return lines;
}

}  // namespace

Line ClassifyLine(std::string text, bool after_blank) {
  Line line;
  line.text = std::move(text);
  line.after_blank = after_blank;
  line.shape = ShapeOf(line.text);
  line.key = KeyOf(line.text);
  const TextShape& shape = line.shape;
  const bool sentence = shape.ends_sentence && shape.words >= 2;
  line.prose = shape.letters >= kParagraphLetters || (sentence && shape.letters >= kSentenceLetters)
                   ? 2
               : sentence ? 1
                          : 0;
  if (line.key.empty()) return line;

  const std::string_view key = line.key;
  const auto is = [&line](LineKind kind) {
    line.kind = kind;
    return line;
  };
  if (HasCookies(key)) return is(LineKind::kCookies);
  if (HasLicence(key)) return is(LineKind::kLicence);
  const bool names_year =
      key.starts_with("copyright ") && shape.digits >= 4 && shape.letters < kParagraphLetters;
  if (HasRights(key) || names_year) return is(LineKind::kRights);
  if (shape.digits > 0) {
    if ((line.date = ReadDateLine(key))) return is(LineKind::kDate);
    if ((line.time = ReadTimeLine(key))) return is(LineKind::kTime);
    if (const auto views = ReadViews(key)) {
      line.views = views->count;
      line.views_rounded = views->rounded;
      return is(LineKind::kViews);
    }
    if (IsTicker(key)) return is(LineKind::kTicker);
  }
  // Furniture first: "Read also: a headline" interrupts a story, "Read also" alone ends it.
  if (IsFurniture(line.text, key, shape)) return is(LineKind::kFurniture);
  if (IsEnd(key)) return is(LineKind::kEnds);
  if (auto byline = ReadByline(line.text, key)) {
    line.value = std::move(byline->name);
    line.bare_byline = byline->bare;
    return is(LineKind::kByline);
  }
  if (auto section = ReadSectionLabel(line.text, key)) {
    line.value = std::move(*section);
    return is(LineKind::kSection);
  }
  return line;
}

absl::StatusOr<Page> ReadPage(std::string_view utf8) {
  CleanText clean = CleanUnicode(utf8);
  absl::StatusOr<std::vector<RawLine>> cut = CutLines(clean.text);
  if (!cut.ok()) return cut.status();
  Page page;
  for (RawLine& raw : Unwrapped(*std::move(cut))) Split(std::move(raw), page.lines);
  if (clean.controls_replaced > 0) {
    page.warnings.push_back(clean.controls_replaced == 1
                                ? std::string("1 control character was replaced by a space")
                                : fmt::format("{} control characters were replaced by spaces",
                                              clean.controls_replaced));
  }
  if (clean.damaged > 0) {
    page.warnings.push_back(
        clean.damaged == 1
            ? std::string("1 character (U+FFFD) was lost before the document came")
            : fmt::format("{} characters (U+FFFD) were lost before the document came",
                          clean.damaged));
  }
  if (clean.marks_dropped > 0) {
    page.warnings.push_back(fmt::format(
        "{} dropped: more than {} on one letter",
        clean.marks_dropped == 1 ? std::string("1 combining mark was")
                                 : fmt::format("{} combining marks were", clean.marks_dropped),
        kMarksMax));
  }
  return page;
}

}  // namespace telex::ingestion::page
