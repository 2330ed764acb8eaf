#include <algorithm>
#include <cstddef>
#include <utility>

#include "ingestion/formats/html/characters.h"
#include "ingestion/formats/html/tree.h"
#include "ingestion/formats/unicode.h"

namespace telex::ingestion::html {
namespace {

constexpr int kBreaksMax = 2;  // of br one after another

bool IsContainer(std::string_view tag) { return tag == "blockquote"; }
bool IsList(std::string_view tag) { return tag == "ul" || tag == "ol"; }
bool IsHeading(std::string_view tag) { return tag == "h2" || tag == "h3" || tag == "h4"; }
bool IsTablePart(std::string_view tag) { return tag == "thead" || tag == "tbody" || tag == "tr"; }

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

// Start tags, spaces and line breaks are held back until there is something to see behind them: so
// empty elements are never written, nor spaces and breaks at the ends of a block.
class Writer {
 public:
  // A sequence of blocks. Inline content between them stands in paragraphs, unless it is all there
  // is in an element that may hold it itself (`loose`).
  void Flow(const std::vector<Node>& nodes, bool loose, bool in_figure = false) {
    std::vector<const Node*> items;
    Flatten(nodes, items);
    const bool bare = loose && std::none_of(items.begin(), items.end(), [](const Node* item) {
                        return item == nullptr || item->block;
                      });
    for (std::size_t i = 0; i < items.size();) {
      if (items[i] == nullptr) {
        ++i;
      } else if (items[i]->block) {
        Block(*items[i++]);
      } else {
        std::size_t end = i;
        bool pictures = true;
        while (end < items.size() && items[end] != nullptr && !items[end]->block) {
          pictures = pictures && (items[end]->tag == "img" || IsBlank(*items[end]));
          ++end;
        }
        const bool wrapped = !bare && !(in_figure && pictures);
        if (wrapped) Open("p");
        at_start_ = true;
        for (; i < end; ++i) Inline(*items[i]);
        DropPending();
        if (wrapped) CloseTag();
      }
    }
  }

  std::string Take() { return std::move(out_); }

 private:
  struct OpenTag {
    std::string start;
    std::string_view name;
    bool written = false;
  };

  static bool IsBlank(const Node& node) {
    return node.tag.empty() && node.text.find_first_not_of(" \t\r\n\f") == std::string::npos;
  }

  // Unwraps borders and inline elements with blocks in them; a null item is a border between
  // blocks. List items and captions that stand in no list or figure are unwrapped too.
  static void Flatten(const std::vector<Node>& nodes, std::vector<const Node*>& items) {
    for (const Node& node : nodes) {
      const bool stray = node.tag == "li" || node.tag == "figcaption" || node.tag == "td" ||
                         node.tag == "th" || IsTablePart(node.tag);
      const bool border = node.tag == "div" || stray;
      if (border || (node.block && IsInline(node.tag))) {
        if (border) items.push_back(nullptr);
        Flatten(node.children, items);
        if (border) items.push_back(nullptr);
      } else {
        items.push_back(&node);
      }
    }
  }

  static bool IsInline(std::string_view tag) {
    return tag == "em" || tag == "strong" || tag == "b" || tag == "i" || tag == "code" ||
           tag == "a";
  }

  void Block(const Node& node) {
    at_start_ = true;
    Open(node.tag);
    if (node.tag == "p" || IsHeading(node.tag)) {
      Phrasing(node.children);
    } else if (node.tag == "pre") {
      in_pre_ = true;
      Phrasing(node.children);
      in_pre_ = false;
    } else if (IsContainer(node.tag)) {
      Flow(node.children, false);
    } else if (IsList(node.tag)) {
      List(node.children);
    } else if (node.tag == "figure") {
      Figure(node.children);
    } else if (node.tag == "table") {
      Table(node.children);
    }
    DropPending();
    CloseTag();
    at_start_ = true;
  }

  // Inline content only: the borders of blocks become spaces.
  void Phrasing(const std::vector<Node>& nodes) {
    for (const Node& node : nodes) {
      if (node.block && !IsInline(node.tag)) {
        if (pending_space_ == 0) pending_space_ = ' ';
        Phrasing(node.children);
        if (pending_space_ == 0) pending_space_ = ' ';
      } else {
        Inline(node);
      }
    }
  }

  // Everything in a list stands in an item of it.
  void List(const std::vector<Node>& nodes) {
    for (std::size_t i = 0; i < nodes.size();) {
      if (nodes[i].tag == "li") {
        Loose("li", nodes[i].children);
        ++i;
      } else if (IsBlank(nodes[i])) {
        ++i;
      } else {
        std::vector<Node> others;
        for (; i < nodes.size() && nodes[i].tag != "li"; ++i) others.push_back(nodes[i]);
        Loose("li", others);
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
      Loose("figcaption", node.children);
    }
    Flow(before, false, true);
  }

  void Table(const std::vector<Node>& nodes) {
    for (const Node& node : nodes) {
      if (IsTablePart(node.tag)) {
        Open(node.tag);
        Table(node.children);
        CloseTag();
      } else if (node.tag == "td" || node.tag == "th") {
        Loose(node.tag, node.children, /*even_empty=*/true);
      }
    }
  }

  void Loose(std::string_view tag, const std::vector<Node>& nodes, bool even_empty = false) {
    at_start_ = true;
    Open(tag);
    if (even_empty) WriteOpenTags();
    Flow(nodes, true);
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
      out_.append("<img src=").append(Quoted(node.address));
      if (!node.alt.empty()) out_.append(" alt=").append(Quoted(node.alt));
      out_ += '>';
    } else {
      if (node.tag == "a") {
        Open(node.tag, "<a href=" + Quoted(node.address) + " rel=\"noopener\">");
      } else {
        Open(node.tag);
      }
      node.block ? Phrasing(node.children) : InlineAll(node.children);
      CloseTag();
    }
  }

  void InlineAll(const std::vector<Node>& nodes) {
    for (const Node& node : nodes) Inline(node);
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

  void Open(std::string_view name, std::string start = {}) {
    if (start.empty()) start.append("<").append(name).append(">");
    open_.push_back({std::move(start), name, false});
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
    if (tag.written) out_.append("</").append(tag.name).append(">");
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
