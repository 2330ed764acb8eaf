#include "news/plain_text.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "news/directions.h"
#include "news/list_number.h"
#include "news/markup_reader.h"
#include "news/punctuation.h"
#include "news/script_letters.h"
#include "news/spanned_cells.h"
#include "news/utf8.h"

namespace telex::news {
namespace {

// Bodies of Telex are nested less deeply; what is deeper is text without its marks.
constexpr std::size_t kMarksMax = 64;
// Of different expansions of abbreviations that are remembered as told.
constexpr std::size_t kExpansionsMax = 100;
// What a cell over several rows may have to be told in each, and all of them together.
constexpr std::size_t kRepeatedCellBytesMax = 200;
constexpr std::size_t kRepeatedBytesMax = 100'000;
// Items beyond are not counted on.
constexpr int kNumberMax = 1'000'000'000;

// Before the items of a list, and in one line between blocks that nothing else keeps apart. No
// script reads it as part of a word, a number or a sentence.
constexpr std::string_view kBullet = "• ";

bool IsSpace(char32_t c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == 0x85 || c == 0x2028 ||
         c == 0x2029;
}

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
        Character(TakeCharacter(html));
      }
    }
    while (!marks_.empty()) EndMark();
    TrimEnd();
    directions_.Close(0, text_);
    return std::move(text_);
  }

 private:
  // What keeps the next text apart from the last, the weaker first. In one line:
  enum class Pending {
    kNone,
    kSpace,
    kBlock,   // a blank behind punctuation, else a bullet
    kTerm,    // a bar
    kRow,     // a semicolon
    kBorder,  // a bullet
  };

  // An open element that leaves marks in the text. They are not written before there is something
  // between them.
  struct Mark {
    std::string_view name;
    std::string open, close;
    char32_t direction = 0;  // that is opened before what stands in it
    std::string expansion;   // of abbr
    std::size_t begin = 0;   // of what stands in it
    std::size_t around = 0;  // how many directions are open around it
    std::size_t base = 0;    // the same, with its own
    bool written = false;
  };

  struct List {
    bool ordered = false;
    std::string_view type;
    int next = 1;
    int step = 1;
  };

  struct Table {
    SpannedCells above;
    bool row_begun = false;
    std::size_t column = 0;   // of the cell that is open, or the next one
    std::size_t covered = 0;  // columns that the last cell of the row covers beside its own
    bool cell_open = false;
    bool cell_seen = false;      // there is something in it
    std::size_t cell_begin = 0;  // of that
    std::size_t cell_columns = 1;
    int cell_rows = 1;
  };

  void Character(char32_t c) {
    if (IsSpace(c)) {
      Space(c);
    } else if (!IsDirection(c)) {
      AppendUtf8(c, Begin());
    } else if (rp_ == 0) {
      std::string& text = OpensDirection(c) ? Begin() : text_;
      directions_.Append(c, DirectionsAround(), text);
    }
  }

  void Use(const Tag& tag) {
    if (IsOneOf(tag.name, kMarked)) {
      if (!tag.closing) {
        BeginMark(tag);
      } else {
        EndMarks(tag.name);
      }
    } else if (tag.name == "br" && pre_ > 0) {
      Space('\n');
    } else if (!IsOneOf(tag.name, kWithinLine)) {
      EndParagraph();
      UseBlock(tag);
    }
  }

  void UseBlock(const Tag& tag) {
    if (tag.name == "td" || tag.name == "th") {
      tag.closing ? CloseCell() : OpenCell(tag);
    } else if (tag.name == "tr") {
      EndRow();
    } else if (IsOneOf(tag.name, kRowGroups)) {
      if (!tables_.empty()) tables_.back().above.Clear();
    } else if (tag.name == "table") {
      tag.closing ? CloseTable() : OpenTable();
    } else if (tag.name == "ul" || tag.name == "ol") {
      tag.closing ? CloseList() : OpenList(tag);
    } else if (tag.name == "li") {
      tag.closing ? item_.clear() : OpenItem(tag);
      Break(tag.closing ? Pending::kBlock : Pending::kBorder);
    } else if (tag.name == "dt") {
      Break(tag.closing ? Pending::kTerm : Pending::kBorder);
    } else {
      if (tag.name == "pre") pre_ = std::max(0, pre_ + (tag.closing ? -1 : 1));
      const bool apart = tag.name == "caption" || tag.name == "dl";
      Break(apart ? Pending::kBorder : Pending::kBlock);
    }
  }

  // --- lists ---

  void OpenList(const Tag& tag) {
    Break(Pending::kBlock);
    if (lists_.size() >= kMarksMax) return;
    List list{.ordered = tag.name == "ol", .type = tag.Value(" type=")};
    const auto start = tag.Number(" start=");
    list.next = start.value_or(1);
    if (start && tag.Has(" reversed=")) list.step = -1;
    lists_.push_back(list);
  }

  void CloseList() {
    if (!lists_.empty()) lists_.pop_back();
    Break(Pending::kBlock);
  }

  // An item that begins with another list has the numbers of both.
  void OpenItem(const Tag& tag) {
    if (item_ == kBullet) item_.clear();
    if (lists_.empty() || !lists_.back().ordered) {
      if (item_.empty()) item_ = kBullet;
      return;
    }
    List& list = lists_.back();
    list.next = tag.Number(" value=").value_or(list.next);
    item_.append(ListNumber(list.next, list.type)).append(". ");
    if (list.next > -kNumberMax && list.next < kNumberMax) list.next += list.step;
  }

  // --- tables ---

  bool InCell() const {
    return tables_.size() > 1 || (tables_.size() == 1 && tables_.back().cell_open);
  }

  // In a cell in which there is nothing yet, and which nothing has to be kept apart from.
  bool InFreshCell() const {
    const auto fresh = [](const Table& table) { return table.cell_open && !table.cell_seen; };
    return (!tables_.empty() && fresh(tables_.back())) ||
           (tables_.size() > 1 && fresh(tables_[tables_.size() - 2]));
  }

  void OpenTable() {
    Break(Pending::kBorder);
    if (tables_.size() < kMarksMax) tables_.emplace_back();
  }

  void CloseTable() {
    EndRow();
    if (!tables_.empty()) tables_.pop_back();
    Break(Pending::kBorder);
  }

  void EndRow() {
    CloseCell();
    if (!tables_.empty() && tables_.back().row_begun) {
      Table& table = tables_.back();
      while (table.column < table.above.end() && text_.size() <= bytes_max_) {
        if (FillCovered()) continue;
        BeginCell();
        ++table.column;
      }
      table.row_begun = false;
      table.column = table.covered = 0;
    }
    Break(tables_.size() > 1 ? Pending::kBorder : Pending::kRow);
  }

  // Of a cell over several columns, all but the first are empty; one over several rows is told in
  // each of them.
  void OpenCell(const Tag& tag) {
    if (tables_.empty()) OpenTable();
    CloseCell();
    Table& table = tables_.back();
    while (FillCovered()) {
    }
    BeginCell();
    table.cell_open = true;
    table.cell_seen = false;
    table.cell_columns = static_cast<std::size_t>(std::max(1, tag.Number(" colspan=").value_or(1)));
    table.cell_rows = tag.Number(" rowspan=").value_or(1);
  }

  // At a column: what a cell of a row above says there. False when none reaches into it.
  bool FillCovered() {
    Table& table = tables_.back();
    const std::string* above = table.above.Take(table.column);
    if (above == nullptr) return false;
    BeginCell();
    if (!above->empty() && repeated_bytes_ + above->size() <= kRepeatedBytesMax) {
      repeated_bytes_ += above->size();
      Begin() += *above;
    }
    ++table.column;
    return true;
  }

  // The bars before it, unless it is the first of its row.
  void BeginCell() {
    Table& table = tables_.back();
    std::size_t bars = 1 + std::exchange(table.covered, 0);
    if (!std::exchange(table.row_begun, true)) return;
    WritePending();
    for (std::size_t outer = 0; outer + 1 < tables_.size(); ++outer) SeeCell(tables_[outer]);
    for (; bars > 0; --bars) text_ += tables_.size() > 1 ? ", " : IsSpaced() ? "| " : " | ";
  }

  void CloseCell() {
    if (tables_.empty() || !tables_.back().cell_open) return;
    Table& table = tables_.back();
    item_.clear();
    std::string text;
    if (table.cell_seen) {
      pending_ = Pending::kNone;
      if (table.cell_rows > 1 && text_.size() - table.cell_begin <= kRepeatedCellBytesMax)
        text = Balanced(std::string_view(text_).substr(table.cell_begin));
    }
    table.above.Add(table.column, table.cell_columns, table.cell_rows - 1, std::move(text));
    table.column += table.cell_columns;
    table.covered = table.cell_columns - 1;
    table.cell_open = false;
  }

  void SeeCell(Table& table) const {
    if (!table.cell_open || std::exchange(table.cell_seen, true)) return;
    table.cell_begin = text_.size();
  }

  // --- what keeps blocks apart ---

  void Break(Pending pending) {
    if (InFreshCell() || pending < pending_) return;
    pending_ = pending;
    pending_in_cell_ = InCell();
  }

  void Space(char32_t c) {
    if (pre_ == 0 || lines_ != Lines::kKept || InCell()) {
      Break(Pending::kSpace);
    } else if (c == '\n' || c >= 0x80) {
      Begin();
      NewLine();
    } else if (c != '\r') {
      AppendUtf8(c, Begin());
    }
  }

  bool IsSpaced() const { return text_.empty() || text_.back() == ' ' || text_.back() == '\n'; }

  void WritePending() {
    const Pending pending = std::exchange(pending_, Pending::kNone);
    if (pending >= Pending::kBlock) TrimEnd();
    if (pending == Pending::kSpace && !IsSpaced()) text_ += ' ';
    if (pending >= Pending::kBlock && !text_.empty()) {
      if (lines_ == Lines::kKept && !pending_in_cell_) {
        NewLine();
      } else {
        text_ += Separator(pending);
      }
    }
    if (!item_.empty() && !IsSpaced()) text_ += ' ';
    text_ += std::exchange(item_, std::string());
  }

  // In one line. The bullet of an item is one already.
  std::string Separator(Pending pending) const {
    if (pending == Pending::kRow) return "; ";
    if (pending == Pending::kTerm) return " | ";
    const bool told = item_ == kBullet || (pending == Pending::kBlock && EndsInPunctuation(text_));
    return " " + std::string(told ? std::string_view() : kBullet);
  }

  // Directions end with the line; those of elements go on in the next.
  void NewLine() {
    directions_.Close(0, text_);
    text_ += '\n';
    for (std::size_t i = 0; i < marks_written_; ++i) OpenDirection(marks_[i]);
  }

  void EndParagraph() { directions_.Close(DirectionsAround(), text_); }

  // --- marks ---

  // Of the directions that are open, those that are not for the text here to close.
  std::size_t DirectionsAround() const {
    return marks_written_ == 0 ? 0 : marks_[marks_written_ - 1].base;
  }

  void OpenDirection(Mark& mark) {
    mark.around = directions_.open();
    if (mark.direction != 0) directions_.Append(mark.direction, mark.around, text_);
    mark.base = directions_.open();
  }

  // Where the next character goes.
  std::string& Begin() {
    if (rp_ > 0) {
      ignored_.clear();
      return ignored_;
    }
    WritePending();
    for (auto table = tables_.rbegin(); table != tables_.rend(); ++table) {
      if (table->cell_open && table->cell_seen) break;
      SeeCell(*table);
    }
    for (; marks_written_ < marks_.size(); ++marks_written_) {
      Mark& mark = marks_[marks_written_];
      text_ += mark.open;
      OpenDirection(mark);
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
      mark.direction = dir == "ltr" ? 0x2066 : dir == "rtl" ? 0x2067 : 0x2068;
    } else if (tag.name == "bdo") {
      mark.direction = dir == "rtl" ? 0x202E : 0x202D;
    } else if (tag.name == "abbr") {
      for (std::string_view title = tag.Value(" title="); !title.empty();) {
        const char32_t c = TakeCharacter(title);
        AppendUtf8(c < 0x20 || IsSpace(c) ? U' ' : c, mark.expansion);
      }
      mark.expansion = Balanced(mark.expansion);
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
    directions_.Close(mark.around, text_);
    const std::size_t begin = mark.begin;
    if (mark.name == "sup" || mark.name == "sub") {
      const bool raised = mark.name == "sup";
      const std::string_view plain = std::string_view(text_).substr(begin);
      std::string small = raised ? Superscript(plain) : Subscript(plain);
      if (small.empty()) small.append(raised ? "^(" : "_(").append(plain).append(")");
      text_.erase(begin).append(small);
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
    if (text_.empty() || !IsSpaced()) return;
    while (!text_.empty() && IsSpaced()) text_.pop_back();
    for (Mark& mark : marks_) mark.begin = std::min(mark.begin, text_.size());
    for (Table& table : tables_) table.cell_begin = std::min(table.cell_begin, text_.size());
  }

  Lines lines_;
  std::size_t bytes_max_;
  std::string text_;
  std::string ignored_;
  Pending pending_ = Pending::kNone;
  bool pending_in_cell_ = false;
  std::string item_;  // its number or bullet, until there is something in it
  Directions directions_;
  std::vector<Mark> marks_;
  std::size_t marks_written_ = 0;
  int rp_ = 0;   // open ones
  int pre_ = 0;  // open ones
  std::vector<List> lists_;
  std::vector<Table> tables_;  // a table within another one's cell stands behind it
  std::size_t repeated_bytes_ = 0;
  std::vector<std::string> expansions_;
};

}  // namespace

std::string PlainTextOf(std::string_view body_html, Lines lines, std::size_t bytes_max) {
  return PlainText(lines, bytes_max).Run(body_html);
}

}  // namespace telex::news
