#include "news/plain_text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "news/script_letters.h"
#include "news/utf8.h"

namespace telex::news {
namespace {

// Bodies of Telex are nested less deeply; what is deeper is text without its marks.
constexpr std::size_t kMarksMax = 64;
// Of different expansions of abbreviations that are remembered as told.
constexpr std::size_t kExpansionsMax = 100;
constexpr std::size_t kReferenceBytesMax = 10;

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f'; }

bool IsTextCharacter(std::uint32_t c) {
  return c <= 0x10FFFF && !(c < 0x20 && c != '\t' && c != '\n' && c != '\r') &&
         !(c >= 0x7F && c < 0xA0) && !(c >= 0xD800 && c < 0xE000) && (c & 0xFFFE) != 0xFFFE &&
         !(c >= 0xFDD0 && c <= 0xFDEF);
}

// What a character reference, without & and ;, stands for.
std::optional<char32_t> CharacterOf(std::string_view name) {
  static constexpr std::pair<std::string_view, char32_t> kNamed[] = {
      {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}, {"nbsp", ' '}};
  for (const auto& [known, c] : kNamed) {
    if (name == known) return c;
  }
  if (!name.starts_with('#')) return std::nullopt;
  name.remove_prefix(1);
  const bool hex = name.starts_with('x') || name.starts_with('X');
  if (hex) name.remove_prefix(1);
  std::uint32_t c = 0;
  const auto [end, fault] =
      std::from_chars(name.data(), name.data() + name.size(), c, hex ? 16 : 10);
  if (fault != std::errc() || end != name.data() + name.size() || !IsTextCharacter(c))
    return std::nullopt;
  return c;
}

// Reads a character off the front of HTML, one that a reference stands for included.
char32_t TakeCharacter(std::string_view& html) {
  if (html.front() == '&') {
    const auto end = html.substr(0, kReferenceBytesMax).find(';');
    const auto c =
        end == std::string_view::npos ? std::nullopt : CharacterOf(html.substr(1, end - 1));
    if (c) {
      html.remove_prefix(end + 1);
      return *c;
    }
  }
  return TakeCodePoint(html);
}

// <name ...> or </name>, as sanitised HTML has it.
struct Tag {
  std::string_view text;
  std::string_view name;
  bool closing = false;

  explicit Tag(std::string_view tag) : text(tag) {
    tag.remove_prefix(1);
    closing = tag.starts_with('/');
    if (closing) tag.remove_prefix(1);
    name = tag.substr(0, tag.find_first_of(" />"));
  }

  std::string_view Value(std::string_view attribute_and_equals) const {
    const auto at = text.find(attribute_and_equals);
    if (at == std::string_view::npos) return {};
    const std::string_view rest = text.substr(at + attribute_and_equals.size());
    if (!rest.starts_with('"')) return {};
    const auto end = rest.find('"', 1);
    return end == std::string_view::npos ? std::string_view() : rest.substr(1, end - 1);
  }
};

bool IsOneOf(std::string_view name, std::span<const std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Elements that break no line; what is neither one of these nor known otherwise is a block.
constexpr std::string_view kWithinLine[] = {"a",    "em",   "strong", "b",    "i",    "ins",
                                            "mark", "time", "img",    "code", "samp", "kbd",
                                            "var",  "ruby", "rb",     "wbr",  "span"};
constexpr std::string_view kMarked[] = {"sup",  "sub", "del", "s",  "q",
                                        "abbr", "bdi", "bdo", "rt", "rp"};
constexpr std::string_view kRowGroups[] = {"thead", "tbody", "tfoot"};

class PlainText {
 public:
  PlainText(Lines lines, std::size_t bytes_max) : lines_(lines), bytes_max_(bytes_max) {}

  std::string Run(std::string_view html) {
    while (!html.empty() && text_.size() <= bytes_max_) {
      if (html.front() == '<') {
        const auto end = html.find('>');
        if (end == std::string_view::npos) break;
        Use(Tag(html.substr(0, end + 1)));
        html.remove_prefix(end + 1);
      } else {
        const char32_t c = TakeCharacter(html);
        if (c < 0x80 && IsSpace(static_cast<char>(c))) {
          Space(static_cast<char>(c));
        } else {
          AppendUtf8(c, Begin());
        }
      }
    }
    while (!marks_.empty()) EndMark();
    TrimEnd();
    return std::move(text_);
  }

 private:
  enum class Pending { kNone, kSpace, kComma, kRow, kLine };

  // An open element that leaves marks in the text. They are not written before there is something
  // between them.
  struct Mark {
    std::string_view name;
    std::string open, close;
    std::string expansion;  // of abbr
    std::size_t begin = 0;  // of what stands in it
    bool written = false;
  };

  void Use(const Tag& tag) {
    if (IsOneOf(tag.name, kMarked)) {
      if (!tag.closing) {
        BeginMark(tag);
      } else {
        EndMarks(tag.name);
      }
    } else if (tag.name == "td" || tag.name == "th") {
      Cell(tag.closing);
    } else if (tag.name == "tr") {
      Break(cells_open_ > 0 ? Pending::kComma : Pending::kRow);
      if (cells_open_ == 0) row_begun_ = false;
    } else if (tag.name == "br" && pre_ > 0) {
      Space('\n');
    } else if (!IsOneOf(tag.name, kWithinLine) && !IsOneOf(tag.name, kRowGroups)) {
      if (tag.name == "pre") pre_ = std::max(0, pre_ + (tag.closing ? -1 : 1));
      Break(cells_open_ > 0 ? Pending::kSpace : Pending::kLine);
    }
  }

  void Cell(bool closing) {
    if (closing) {
      cells_open_ = std::max(0, cells_open_ - 1);
      return;
    }
    if (cells_open_ > 0) {  // of a table in a cell
      Break(Pending::kComma);
    } else if (std::exchange(row_begun_, true)) {
      if (pending_ < Pending::kRow) pending_ = Pending::kNone;
      text_ += WritePending() ? "| " : " | ";
    }
    ++cells_open_;
  }

  void Break(Pending pending) { pending_ = std::max(pending_, pending); }

  void Space(char c) {
    if (pre_ > 0 && lines_ == Lines::kKept && cells_open_ == 0) {
      if (c != '\r') Begin() += c;
    } else {
      Break(Pending::kSpace);
    }
  }

  // True when the text ends with a space or a new line, or is empty.
  bool WritePending() {
    const Pending pending = std::exchange(pending_, Pending::kNone);
    const bool one_line = lines_ == Lines::kJoined;
    if (pending >= Pending::kRow && !one_line) TrimEnd();
    const bool spaced = text_.empty() || text_.back() == ' ' || text_.back() == '\n';
    if (spaced || pending == Pending::kNone) return spaced;
    switch (pending) {
      case Pending::kNone:
      case Pending::kSpace:
        text_ += ' ';
        break;
      case Pending::kComma:
        text_ += ", ";
        break;
      case Pending::kRow:
        text_ += one_line ? "; " : "\n";
        break;
      case Pending::kLine:
        text_ += one_line ? ' ' : '\n';
        break;
    }
    return true;
  }

  // Where the next character goes.
  std::string& Begin() {
    if (rp_ > 0) {
      ignored_.clear();
      return ignored_;
    }
    WritePending();
    for (; marks_written_ < marks_.size(); ++marks_written_) {
      Mark& mark = marks_[marks_written_];
      text_ += mark.open;
      mark.begin = text_.size();
      mark.written = true;
    }
    return text_;
  }

  void BeginMark(const Tag& tag) {
    if (marks_.size() >= kMarksMax) return;
    Mark mark{.name = tag.name};
    const std::string_view dir = tag.Value(" dir=");
    if (tag.name == "del" || tag.name == "s") {
      mark.open = "[deleted: ";
      mark.close = "]";
    } else if (tag.name == "q") {
      const auto quotes = std::count_if(marks_.begin(), marks_.end(),
                                        [](const Mark& other) { return other.name == "q"; });
      mark.open = quotes % 2 == 0 ? "“" : "‘";
      mark.close = quotes % 2 == 0 ? "”" : "’";
    } else if (tag.name == "rt") {
      mark.open = "(";
      mark.close = ")";
    } else if (tag.name == "rp") {
      ++rp_;
    } else if (tag.name == "bdi") {
      AppendUtf8(dir == "ltr" ? 0x2066 : dir == "rtl" ? 0x2067 : 0x2068, mark.open);
      AppendUtf8(0x2069, mark.close);
    } else if (tag.name == "bdo") {
      AppendUtf8(dir == "rtl" ? 0x202E : 0x202D, mark.open);
      AppendUtf8(0x202C, mark.close);
    } else if (tag.name == "abbr") {
      for (std::string_view title = tag.Value(" title="); !title.empty();) {
        const char32_t c = TakeCharacter(title);
        AppendUtf8(c < 0x20 ? U' ' : c, mark.expansion);
      }
    }
    marks_.push_back(std::move(mark));
  }

  // Ends the element of that name that was begun last, and all in it.
  void EndMarks(std::string_view name) {
    const bool is_open = std::any_of(marks_.begin(), marks_.end(),
                                     [name](const Mark& mark) { return mark.name == name; });
    while (is_open && EndMark() != name) {
    }
  }

  std::string_view EndMark() {
    const Mark mark = std::move(marks_.back());
    marks_.pop_back();
    marks_written_ = std::min(marks_written_, marks_.size());
    if (mark.name == "rp") --rp_;
    if (!mark.written) return mark.name;
    const std::size_t begin = std::min(mark.begin, text_.size());
    if (mark.name == "sup" || mark.name == "sub") {
      const bool raised = mark.name == "sup";
      const std::string_view plain = std::string_view(text_).substr(begin);
      std::string small = raised ? Superscript(plain) : Subscript(plain);
      if (small.empty()) small.append(raised ? "^(" : "_(").append(plain).append(")");
      text_.replace(begin, std::string::npos, small);
    } else if (mark.name == "abbr" && IsNews(mark.expansion) &&
               std::string_view(text_).substr(begin) != mark.expansion) {
      text_.append(" (").append(mark.expansion).append(")");
    }
    text_ += mark.close;
    return mark.name;
  }

  bool IsNews(const std::string& expansion) {
    if (expansion.empty() || expansions_.size() >= kExpansionsMax ||
        std::find(expansions_.begin(), expansions_.end(), expansion) != expansions_.end())
      return false;
    expansions_.push_back(expansion);
    return true;
  }

  void TrimEnd() {
    while (!text_.empty() && (text_.back() == ' ' || text_.back() == '\n')) text_.pop_back();
  }

  Lines lines_;
  std::size_t bytes_max_;
  std::string text_;
  std::string ignored_;
  Pending pending_ = Pending::kNone;
  std::vector<Mark> marks_;
  std::size_t marks_written_ = 0;
  int rp_ = 0;          // open ones
  int pre_ = 0;         // open ones
  int cells_open_ = 0;  // cells within cells
  bool row_begun_ = false;
  std::vector<std::string> expansions_;
};

}  // namespace

std::string PlainTextOf(std::string_view body_html, Lines lines, std::size_t bytes_max) {
  return PlainText(lines, bytes_max).Run(body_html);
}

}  // namespace telex::news
