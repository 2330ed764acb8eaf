#include <absl/strings/numbers.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <utility>

#include "ingestion/formats/html/attributes.h"
#include "ingestion/formats/html/characters.h"
#include "ingestion/formats/html/tree.h"
#include "ingestion/formats/unicode.h"

namespace telex::ingestion::html {
namespace {

constexpr int kBreaksMax = 2;  // of br one after another

bool IsContainer(std::string_view tag) { return tag == "blockquote"; }
bool IsList(std::string_view tag) { return tag == "ul" || tag == "ol"; }
bool IsHeading(std::string_view tag) { return tag == "h2" || tag == "h3" || tag == "h4"; }
bool IsTablePart(std::string_view tag) {
  return tag == "thead" || tag == "tbody" || tag == "tfoot" || tag == "tr";
}
bool IsCell(std::string_view tag) { return tag == "td" || tag == "th"; }
bool IsTerm(std::string_view tag) { return tag == "dt" || tag == "dd"; }

bool IsWritable(char32_t c) {
  return c >= 0x20 && !(c >= 0x7F && c < 0xA0) && (c & 0xFFFE) != 0xFFFE &&
         !(c >= 0xFDD0 && c <= 0xFDEF);
}

void AppendEscaped(char32_t c, std::string& out) {
  const std::string_view reference = ReferenceFor(c);
  if (reference.empty()) {
    AppendUtf8(c, out);
  } else {
    out += reference;
  }
}

std::string Quoted(std::string_view value) {
  std::string out = "\"";
  for (std::size_t at = 0; at < value.size();) {
    const char32_t c = NextCodePoint(value, at);
    if (c == '"') {
      out += "&quot;";
    } else if (IsSpace(c) && c != kNoBreakSpace) {
      out += ' ';
    } else if (IsWritable(c)) {
      AppendEscaped(c, out);
    }
  }
  return out + '"';
}

// `around`: of what is around it.
std::string StartTag(const Node& node, const Inherited& around = {}) {
  std::string tag("<");
  tag += node.tag;
  for (const auto& [name, value] : node.attributes)
    tag.append(" ").append(name).append("=").append(Quoted(value));
  const Inherited own = InheritedFrom(node);
  if (own.direction.empty() && !around.direction.empty())
    tag.append(" ").append(kDirection).append("=").append(Quoted(around.direction));
  if (own.translate.empty() && !around.translate.empty())
    tag.append(" ").append(kTranslate).append("=").append(Quoted(around.translate));
  if (node.tag == "a") tag += " rel=\"noopener\"";
  return tag + '>';
}

// The element without what is in it.
Node HeadOf(const Node& node) {
  return {.tag = node.tag, .attributes = node.attributes, .block = node.block};
}

std::optional<std::string> AttributeOf(const Node& node, std::string_view name) {
  for (const auto& [known, value] : node.attributes) {
    if (known == name) return value;
  }
  return std::nullopt;
}

// Of one that is checked.
std::optional<int> WholeNumberOf(const std::optional<std::string>& value) {
  int number = 0;
  if (!value || !absl::SimpleAtoi(*value, &number)) return std::nullopt;
  return number;
}

// Start tags, spaces and line breaks are held back until there is something to see behind them: so
// empty elements are never written, nor spaces and breaks at the ends of a block.
class Writer {
 public:
  // A sequence of blocks. Inline content between them stands in paragraphs, unless it is all there
  // is in an element that may hold it itself (`loose`).
  void Flow(const std::vector<Node>& nodes, bool loose, bool in_figure = false) {
    std::vector<Item> items;
    Flatten(nodes, {}, items);
    const bool bare = loose && std::none_of(items.begin(), items.end(), [](const Item& item) {
                        return item.node == nullptr || item.node->block;
                      });
    const auto in_line = [&](std::size_t i) {
      return i < items.size() && items[i].node != nullptr && !items[i].node->block;
    };
    for (std::size_t i = 0; i < items.size();) {
      const Item& item = items[i];
      if (!in_line(i)) {
        if (item.node != nullptr) Block(*item.node, item.around);
        ++i;
        continue;
      }
      std::size_t end = i;
      bool pictures = true;
      for (; in_line(end); ++end)
        pictures = pictures && (items[end].node->tag == "img" || IsBlank(*items[end].node));
      const bool wrapped = !bare && !(in_figure && pictures);
      if (wrapped) Open({.tag = "p"}, item.around);
      at_start_ = true;
      for (; i < end; ++i) Inline(*items[i].node);
      DropPending();
      if (wrapped) CloseTag();
    }
  }

  std::string Take() { return std::move(out_); }

 private:
  struct OpenTag {
    std::string start;
    std::string end;
    bool written = false;
  };

  // Of a sequence of blocks: a node, and what holds for it of what it stood in and is unwrapped.
  // All that stand between two borders have the same.
  struct Item {
    const Node* node = nullptr;  // null: a border between blocks
    Inherited around = {};
  };

  static bool IsBlank(const Node& node) {
    return node.tag.empty() && node.text.find_first_not_of(" \t\r\n\f") == std::string::npos;
  }

  // Unwraps borders and inline elements with blocks in them. List items and captions that stand in
  // no list or figure are unwrapped too.
  static void Flatten(const std::vector<Node>& nodes, const Inherited& around,
                      std::vector<Item>& items) {
    for (const Node& node : nodes) {
      const bool stray = node.tag == "li" || node.tag == "figcaption" || node.tag == "caption" ||
                         IsTerm(node.tag) || IsCell(node.tag) || IsTablePart(node.tag);
      const bool border = node.tag == "div" || stray;
      if (border || (node.block && node.is_inline)) {
        if (border) items.push_back({});
        Flatten(node.children, border ? around.Within(InheritedFrom(node)) : around, items);
        if (border) items.push_back({});
      } else {
        items.push_back({&node, around});
      }
    }
  }

  void Block(const Node& node, const Inherited& around) {
    at_start_ = true;
    if (node.tag == "ol") {
      Open(ListHead(node), around);
    } else {
      Open(node, around);
    }
    if (node.tag == "p" || IsHeading(node.tag)) {
      Phrasing(node.children);
    } else if (node.tag == "pre") {
      in_pre_ = true;
      Phrasing(node.children);
      in_pre_ = false;
    } else if (IsContainer(node.tag)) {
      Flow(node.children, false);
    } else if (IsList(node.tag)) {
      List(node);
    } else if (node.tag == "dl") {
      Terms(node.children);
    } else if (node.tag == "figure") {
      Figure(node.children);
    } else if (node.tag == "table") {
      Caption(node.children);
      Table(node.children);
    }
    DropPending();
    CloseTag();
    at_start_ = true;
  }

  // Inline content only: the borders of blocks become spaces.
  void Phrasing(const std::vector<Node>& nodes) {
    for (const Node& node : nodes) {
      if (node.block && !node.is_inline) {
        const Inherited said = InheritedFrom(node);
        if (pending_space_ == 0) pending_space_ = ' ';
        if (!said.empty()) Open({.tag = said.direction.empty() ? "span" : "bdi"}, said);
        Phrasing(node.children);
        if (!said.empty()) CloseTag();
        if (pending_space_ == 0) pending_space_ = ' ';
      } else {
        Inline(node);
      }
    }
  }

  // Everything in a list stands in an item of it. Items keep the numbers that they have where they
  // come from, where empty ones and what is no item count otherwise.
  void List(const Node& list) {
    const bool ordered = list.tag == "ol";
    const int step = AttributeOf(list, "reversed").has_value() ? -1 : 1;
    int number = WholeNumberOf(FirstNumber(list)).value_or(1);  // of the next item
    int next = number;                                          // what it is without being said
    Items(
        list.children, "li", [](const Node& node) { return node.tag == "li"; },
        [&](const Node& item, bool is_item) {
          const auto value = WholeNumberOf(AttributeOf(item, "value"));
          if (value) number = next = *value;
          Node head = HeadOf(item);
          const bool said = ordered && is_item && number != next && std::abs(number) <= kNumberMax;
          if (said) {
            head.attributes.insert(head.attributes.begin(), {"value", std::to_string(number)});
            next = number;
          }
          const std::size_t before = out_.size();
          Loose(head, item.children);
          if (out_.size() > before) next += step;
          if (is_item) number += step;
        });
  }

  // With the number it starts from, where it counts down: readers of plain text have not seen its
  // end.
  static Node ListHead(const Node& list) {
    Node head = HeadOf(list);
    if (!AttributeOf(list, "reversed") || AttributeOf(list, "start")) return head;
    const auto start = FirstNumber(list);
    if (start) head.attributes.insert(head.attributes.begin() + 1, {"start", *start});
    return head;
  }

  static std::optional<std::string> FirstNumber(const Node& list) {
    auto start = AttributeOf(list, "start");
    if (start || !AttributeOf(list, "reversed")) return start;
    return std::to_string(std::count_if(list.children.begin(), list.children.end(),
                                        [](const Node& node) { return node.tag == "li"; }));
  }

  // Terms and their descriptions, which a page may have put into groups; all else describes.
  void Terms(const std::vector<Node>& nodes) {
    std::vector<Node> ungrouped;
    const auto ungroup = [&](const auto& self, const std::vector<Node>& group,
                             const Inherited& around) -> void {
      for (const Node& node : group) {
        const Inherited own = InheritedFrom(node);
        if (node.tag == "div") {
          self(self, node.children, around.Within(own));
          continue;
        }
        ungrouped.push_back(node);
        if (!IsTerm(node.tag)) continue;
        auto& attributes = ungrouped.back().attributes;
        if (own.direction.empty() && !around.direction.empty())
          attributes.emplace_back(kDirection, around.direction);
        if (own.translate.empty() && !around.translate.empty())
          attributes.emplace_back(kTranslate, around.translate);
      }
    };
    ungroup(ungroup, nodes, {});
    Items(
        ungrouped, "dd", [](const Node& node) { return IsTerm(node.tag); },
        [this](const Node& item, bool) { Loose(item, item.children); });
  }

  // What is no item stands in one of the kind `other`.
  template <typename IsItem, typename Write>
  void Items(const std::vector<Node>& nodes, std::string_view other, const IsItem& is_item,
             const Write& write) {
    for (std::size_t i = 0; i < nodes.size();) {
      if (is_item(nodes[i])) {
        write(nodes[i], true);
        ++i;
      } else if (IsBlank(nodes[i])) {
        ++i;
      } else {
        Node item;
        item.tag = other;
        for (; i < nodes.size() && !is_item(nodes[i]); ++i) item.children.push_back(nodes[i]);
        write(item, false);
      }
    }
  }

  void Figure(const std::vector<Node>& nodes) {
    std::vector<Node> before;
    for (const Node& node : nodes) {
      if (node.tag != "figcaption") {
        before.push_back(node);
        continue;
      }
      Flow(before, false, true);
      before.clear();
      Loose(node, node.children);
    }
    Flow(before, false, true);
  }

  // A table has one caption, which stands first: all there are, block by block.
  void Caption(const std::vector<Node>& nodes) {
    Node all;
    for (const Node& node : nodes) {
      if (node.tag != "caption") continue;
      if (all.tag.empty()) {
        all = node;
      } else {
        all.children.push_back(node);
      }
    }
    if (!all.tag.empty()) Loose(all, all.children);
  }

  void Table(const std::vector<Node>& nodes) {
    for (const Node& node : nodes) {
      if (IsTablePart(node.tag)) {
        Open(node);
        Table(node.children);
        CloseTag();
      } else if (IsCell(node.tag)) {
        Loose(node, node.children, /*even_empty=*/true);
      }
    }
  }

  // An element that holds blocks or inline content.
  void Loose(const Node& head, const std::vector<Node>& content, bool even_empty = false) {
    at_start_ = true;
    Open(head);
    if (even_empty) WriteOpenTags();
    Flow(content, true);
    DropPending();
    CloseTag();
    at_start_ = true;
  }

  void Inline(const Node& node) {
    if (node.tag.empty()) {
      Text(node.text);
    } else if (node.tag == "br") {
      if (in_pre_) {
        if (!at_start_) pending_raw_ += '\n';
      } else {
        ++pending_breaks_;
        pending_space_ = 0;
      }
    } else if (node.tag == "img") {
      BeforeContent();
      out_ += StartTag(node);
    } else if (node.tag == "ruby") {
      Ruby(node);
    } else if (node.tag == "rt" || node.tag == "rb") {  // in no ruby
      Within(node);
    } else {
      Open(node);
      Within(node);
      CloseTag();
    }
  }

  // No element of a line holds blocks, whatever a page has put there.
  void Within(const Node& node) { Phrasing(node.children); }

  // Each base with its reading behind it, in brackets for readers that know no ruby. Bases that
  // stand together, and their readings behind them, are paired in their order.
  void Ruby(const Node& node) {
    std::vector<std::pair<std::vector<Node>, const Node*>> pairs;
    std::size_t read = 0;  // pairs that have their reading, or get none
    bool marked = false;   // the last base is one that rb marks
    bool any_reading = false;
    for (const Node& child : node.children) {
      const bool within_base = read < pairs.size() && !marked;
      if (IsBlank(child) && !within_base) continue;
      if (child.tag == "rt") {
        any_reading = true;
        if (read == pairs.size()) pairs.emplace_back();
        pairs[read++].second = &child;
      } else if (child.tag == "rb") {
        pairs.emplace_back().first.push_back(child);
        marked = true;
      } else {
        if (!within_base) pairs.emplace_back();
        pairs.back().first.push_back(child);
        marked = false;
      }
    }
    if (!any_reading) return Within(node);
    Open(node);
    for (const auto& [base, reading] : pairs) {
      Phrasing(base);
      if (!base.empty() && base.back().block) pending_space_ = 0;  // its end parts nothing
      if (reading == nullptr) continue;
      open_.push_back({"<rp>(</rp><rt>", "</rt><rp>)</rp>", false});
      Within(*reading);
      CloseTag();
    }
    CloseTag();
  }

  void Text(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
      const char32_t c = NextCodePoint(text, at);
      if (IsSpace(c)) {
        Space(c);
      } else if (IsWritable(c)) {
        BeforeContent();
        AppendEscaped(c, out_);
      }
    }
  }

  void Space(char32_t c) {
    if (in_pre_) {
      if (!at_start_ && c != '\r') AppendUtf8(c == '\f' ? U' ' : c, pending_raw_);
    } else if (pending_breaks_ == 0) {
      // One no-break space alone is kept; with others it is just white space.
      pending_space_ = pending_space_ == 0 && c == kNoBreakSpace ? kNoBreakSpace : U' ';
    }
  }

  void BeforeContent() {
    if (!at_start_) {
      for (int i = 0; i < std::min(pending_breaks_, kBreaksMax); ++i) out_ += "<br>";
      if (pending_space_ != 0) AppendUtf8(pending_space_, out_);
      out_ += pending_raw_;
    }
    DropPending();
    WriteOpenTags();
    at_start_ = false;
  }

  void DropPending() {
    pending_space_ = 0;
    pending_breaks_ = 0;
    pending_raw_.clear();
  }

  void Open(const Node& node, const Inherited& around = {}) {
    open_.push_back({StartTag(node, around), "</" + std::string(node.tag) + ">", false});
  }

  void WriteOpenTags() {
    for (; written_ < open_.size(); ++written_) {
      out_ += open_[written_].start;
      open_[written_].written = true;
    }
  }

  void CloseTag() {
    const OpenTag tag = std::move(open_.back());
    open_.pop_back();
    written_ = std::min(written_, open_.size());
    if (tag.written) out_ += tag.end;
  }

  std::string out_;
  std::vector<OpenTag> open_;
  std::size_t written_ = 0;  // how many of open_ are in out_
  bool at_start_ = true;     // nothing is written yet in this block
  bool in_pre_ = false;
  char32_t pending_space_ = 0;
  int pending_breaks_ = 0;
  std::string pending_raw_;  // white space within pre
};

}  // namespace

std::string WriteTree(const std::vector<Node>& nodes) {
  Writer writer;
  writer.Flow(nodes, false);
  return writer.Take();
}

}  // namespace telex::ingestion::html
