#include "ingestion/formats/html/tame.h"

#include <absl/strings/ascii.h>

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <utility>
#include <vector>

#include "ingestion/formats/html/policy.h"
#include "ingestion/formats/html/style.h"
#include "ingestion/formats/html/tag.h"

namespace telex::ingestion::html {
namespace {

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Of elements that are not written, how many are open to be closed in their turn.
constexpr int kUnwrittenMax = 100;

struct OpenElement {
  std::string_view name;   // as it is written, which lives as long as the program; or empty
  std::string stands_for;  // an element that is unwrapped, whose end tag ends this one
};

bool IsIn(std::string_view name, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

class Tamer {
 public:
  Tamer(std::string_view in, int tags_max, int depth_max, Dropped* dropped)
      : in_(in), tags_max_(tags_max), depth_max_(depth_max), report_(dropped) {
    out_.reserve(in.size() + in.size() / 8);
  }

  std::optional<std::string> Run() {
    while (at_ < in_.size()) {
      const std::size_t next = std::min(in_.find('<', at_), in_.size());
      Text(in_.substr(at_, next - at_));
      at_ = next;
      if (at_ == in_.size()) break;
      if (!Markup()) return std::nullopt;
    }
    while (!open_.empty()) Close();
    return std::move(out_);
  }

 private:
  // Text is copied: character references are the parser's to read. NUL and the like have no place
  // in HTML.
  void Text(std::string_view text) {
    if (!dropped_.empty()) return;
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte >= 0x20 || c == '\t' || c == '\n' || c == '\r' || c == '\f') out_ += c;
    }
  }

  // At a '<'. False when there are too many tags.
  bool Markup() {
    const char next = Peek(1);
    if (next == '!') {
      SkipComment();
    } else if (next == '?' || (next == '/' && !IsLetter(Peek(2)) && Peek(2) != '\0')) {
      SkipTo('>');
    } else if (IsLetter(next) || next == '/') {
      if (++tags_ > tags_max_) return false;
      if (const auto tag = ReadTag(in_, at_)) Use(*tag);
    } else {
      if (dropped_.empty()) out_ += "&lt;";
      ++at_;
    }
    return true;
  }

  char Peek(std::size_t ahead) const { return at_ + ahead < in_.size() ? in_[at_ + ahead] : '\0'; }

  void SkipTo(char end) {
    const std::size_t found = in_.find(end, at_);
    at_ = found == std::string_view::npos ? in_.size() : found + 1;
  }

  // A comment, a doctype or a CDATA section. An open end takes all that follows with it, as in
  // browsers.
  void SkipComment() {
    if (!in_.substr(at_).starts_with("<!--")) return SkipTo('>');
    if (Peek(4) == '>' || (Peek(4) == '-' && Peek(5) == '>')) return SkipTo('>');
    const std::size_t end = in_.find("-->", at_ + 4);
    at_ = end == std::string_view::npos ? in_.size() : end + 3;
  }

  void Use(const Tag& tag) {
    const Element element = ElementOf(tag.name);
    if (!dropped_.empty()) return UseWithinDropped(tag, element);
    if (element.reported && !tag.closing) Report(tag, element);
    const Style style = StyleOf(tag, element);
    switch (element.treatment) {
      case Treatment::kDrop:
        if (!tag.closing && !(tag.self_closing && (tag.name == "svg" || tag.name == "math"))) {
          dropped_ = tag.name;
          dropped_depth_ = 1;
        }
        return;
      case Treatment::kDropRaw:
        if (!tag.closing) SkipRaw(tag.name);
        return;
      case Treatment::kVoid:
        if (!tag.closing || tag.name == "br") WriteVoid(tag, element);
        return;
      case Treatment::kDivide:
      case Treatment::kVanish:
        // Both divide what stands around them, unless it is nothing to see (wbr).
        if (element.treatment == Treatment::kDivide || tag.name == "hr")
          Divide(tag, element, style);
        return;
      case Treatment::kUnwrap:
        tag.closing ? CloseUnwrapped(tag.name) : OpenUnwrapped(tag, style);
        return;
      case Treatment::kBlock:
      case Treatment::kInline:
        if (!tag.closing) {
          if (Open(tag, element)) OpenStyled(element, style);
        } else if (element.treatment == Treatment::kInline) {
          CloseWithin({element.kept_as}, {"table", "td", "th"});
        } else {
          CloseAll(element.kept_as);
        }
        return;
    }
  }

  void Report(const Tag& tag, const Element& element) {
    if (report_ == nullptr) return;
    auto& names =
        element.treatment == Treatment::kUnwrap ? report_->unknown : report_->with_content;
    std::string name;
    for (const char c : tag.raw_name.substr(0, kDroppedNameBytesMax))
      name += c > 0x20 && c < 0x7F ? absl::ascii_tolower(c) : '?';
    if (names.size() < kDroppedNamesMax &&
        std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(std::move(name));
  }

  // Within a dropped element only its own kind is counted, and raw text is stepped over.
  void UseWithinDropped(const Tag& tag, const Element& element) {
    if (element.treatment == Treatment::kDropRaw && !tag.closing) return SkipRaw(tag.name);
    if (tag.name != dropped_) return;
    dropped_depth_ += tag.closing ? -1 : 1;
    if (dropped_depth_ == 0) dropped_.clear();
  }

  // Moves behind the end tag of a raw text element, or to the end of the input.
  void SkipRaw(const std::string& name) {
    while (name != "plaintext") {
      const std::size_t end = in_.find("</", at_);
      if (end == std::string_view::npos) break;
      at_ = end + 2;
      const std::string_view rest = in_.substr(at_);
      bool same = rest.size() > name.size();
      for (std::size_t i = 0; same && i < name.size(); ++i)
        same = absl::ascii_tolower(rest[i]) == name[i];
      if (!same || !(IsMarkupSpace(rest[name.size()]) || rest[name.size()] == '/' ||
                     rest[name.size()] == '>'))
        continue;
      SkipTo('>');
      return;
    }
    at_ = in_.size();
  }

  void Divide(const Tag& tag, const Element& element, const Style& style) {
    const bool full = depth_ >= depth_max_;
    if (element.treatment == Treatment::kVanish || (full && !tag.closing)) {
      out_ += "<div></div>";
    } else if (tag.closing) {
      CloseAll("div");
    } else {
      Open(tag, element);
      OpenStyled(element, style);
    }
  }

  // Nothing of an end tag, nor of an element that goes. Tells of a direction that only a style has.
  Style StyleOf(const Tag& tag, const Element& element) {
    const auto value = tag.ValueOf("style");
    if (!value || tag.closing || element.treatment == Treatment::kDrop ||
        element.treatment == Treatment::kDropRaw || element.treatment == Treatment::kVanish)
      return {};
    const Style style = ReadStyle(*value);
    if (report_ != nullptr && !style.direction.empty() &&
        CheckedValue(Value::kDirection, tag.ValueOf(kDirection).value_or("")) != style.direction)
      report_->styled_direction = true;
    return style;
  }

  // What a style says is said by elements within the one that has it. Emphasis is not, of blocks:
  // there it is a matter of looks.
  void OpenStyled(const Element& element, const Style& style) {
    const bool in_line =
        element.treatment != Treatment::kBlock && element.treatment != Treatment::kDivide;
    if (in_line && (style.raised || style.lowered) && !IsIn(element.kept_as, {"rt", "rb", "rp"}))
      OpenMark(style.raised ? "sup" : "sub", {"sup", "sub"});
    if (style.struck && !IsIn(element.kept_as, {"ul", "ol", "dl", "table", "thead", "tbody",
                                                "tfoot", "tr", "figure", "ruby", "rt", "rb", "rp"}))
      OpenMark("s", {"s", "del"});
    if (in_line && style.bold) OpenMark("strong", {"strong", "b"});
    if (in_line && style.italic) OpenMark("em", {"em", "i"});
  }

  // Unless one that says the same is open.
  void OpenMark(std::string_view name, std::initializer_list<std::string_view> alike) {
    const bool said = std::any_of(open_.begin(), open_.end(), [&](const OpenElement& element) {
      return IsIn(element.name, alike);
    });
    if (said || depth_ >= depth_max_) return;
    out_.append("<").append(name).append(">");
    Push({name, ""});
  }

  // An element that is unwrapped leaves a span where it says a direction, or is not to be
  // translated, and what its style says.
  // One within another of its name is counted, for its end tag is not that of the other.
  void OpenUnwrapped(const Tag& tag, const Style& style) {
    auto dir = tag.ValueOf(kDirection);
    if (dir && !CheckedValue(Value::kDirection, *dir)) dir.reset();
    const bool untranslated = IsUntranslated(tag);
    const std::size_t before = open_.size();
    if ((dir || untranslated) && depth_ < depth_max_) {
      out_ += "<span";
      if (dir) WriteAttribute(kDirection, *dir);
      if (untranslated) WriteAttribute(kTranslate, "no");
      out_ += '>';
      Push({"span", ""});
    }
    OpenStyled({.treatment = Treatment::kUnwrap}, style);
    if (open_.size() > before) {
      open_[before].stands_for = tag.name;
      ++standing_;
    } else if (standing_ > 0 && unwritten_ < kUnwrittenMax && StandingFor(tag.name)) {
      Push({"", tag.name});
      ++standing_;
    }
  }

  // That a whole page is not to be translated is asked of browsers; whether a story is, its
  // publisher's policy says.
  static bool IsUntranslated(const Tag& tag) {
    return tag.name != "html" && tag.name != "body" && tag.IsUntranslated();
  }

  bool StandingFor(std::string_view name) const {
    return std::any_of(open_.begin(), open_.end(),
                       [name](const OpenElement& element) { return element.stands_for == name; });
  }

  // Blocks within it hold it open.
  void CloseUnwrapped(std::string_view name) {
    if (standing_ == 0) return;
    for (std::size_t i = open_.size(); i-- > 0;) {
      if (open_[i].stands_for == name) {
        while (open_.size() > i) Close();
        return;
      }
      const Treatment treatment = ElementOf(open_[i].name).treatment;
      if (treatment == Treatment::kBlock || treatment == Treatment::kDivide) return;
    }
  }

  // Closes the nearest `name` that is open, unless one of `borders` is opened within it.
  void CloseWithin(std::initializer_list<std::string_view> names,
                   std::initializer_list<std::string_view> borders) {
    for (std::size_t i = open_.size(); i-- > 0;) {
      if (IsIn(open_[i].name, names)) {
        while (open_.size() > i) Close();
        return;
      }
      if (IsIn(open_[i].name, borders)) return;
    }
  }

  static bool IsRowGroup(std::string_view name) {
    return name == "thead" || name == "tbody" || name == "tfoot";
  }
  static bool IsTablePart(std::string_view name) {
    return IsRowGroup(name) || name == "tr" || name == "td" || name == "th";
  }

  // Many pages leave end tags out that HTML lets them leave out; what is open must not pile up.
  void CloseImplied(const Element& element) {
    const std::string_view name = element.kept_as;
    if (element.treatment != Treatment::kInline) CloseWithin({"p"}, {"table", "td", "th"});
    if (name == "li") CloseWithin({"li"}, {"ul", "ol", "table"});
    if (name == "dt" || name == "dd") CloseWithin({"dt", "dd"}, {"dl", "table"});
    if (name == "rb" || name == "rt" || name == "rp")
      CloseWithin({"rb", "rt", "rp"}, {"ruby", "table", "td", "th"});
    if (IsTablePart(name)) CloseWithin({"caption"}, {"table"});
    if (name == "td" || name == "th") CloseWithin({"td", "th"}, {"table"});
    if (name == "tr") CloseWithin({"tr"}, {"table"});
    if (IsRowGroup(name)) CloseWithin({"thead", "tbody", "tfoot", "tr"}, {"table"});
    if (name == "a") CloseWithin({"a"}, {"table", "td", "th"});
  }

  // False when there is no room for it.
  bool Open(const Tag& tag, const Element& element) {
    CloseImplied(element);
    if (depth_ >= depth_max_) return false;
    out_.append("<").append(element.kept_as);
    WriteAttributes(tag, element);
    out_ += '>';
    Push({element.kept_as, ""});
    return true;
  }

  void Push(OpenElement element) {
    ++(element.name.empty() ? unwritten_ : depth_);
    open_.push_back(std::move(element));
  }

  void WriteVoid(const Tag& tag, const Element& element) {
    out_.append("<").append(tag.name);
    WriteAttributes(tag, element);
    out_ += '>';
  }

  void WriteAttributes(const Tag& tag, const Element& element) {
    for (const Attribute& attribute : element.attributes) {
      if (attribute.value == Value::kUntranslated) {
        if (IsUntranslated(tag)) WriteAttribute(attribute.name, "no");
        continue;
      }
      const auto value = tag.ValueOf(attribute.name);
      if (value && attribute.value == Value::kFlag) {
        out_.append(" ").append(attribute.name).append("=\"\"");
      } else if (value) {
        WriteAttribute(attribute.name, *value);
      }
    }
  }

  void WriteAttribute(std::string_view name, std::string_view value) {
    // A reference such as &amp; takes several bytes for one; the policy's bound is held once they
    // are read.
    if (value.empty() || value.size() > 4 * kAttributeBytesMax) return;
    out_.append(" ").append(name).append("=\"");
    for (const char c : value) {
      if (c == '"') {
        out_ += "&quot;";
      } else if (c != '\0') {
        out_ += c;
      }
    }
    out_ += '"';
  }

  void Close() {
    const OpenElement& last = open_.back();
    if (!last.name.empty()) out_.append("</").append(last.name).append(">");
    --(last.name.empty() ? unwritten_ : depth_);
    if (!last.stands_for.empty()) --standing_;
    open_.pop_back();
  }

  // Closes the element and whatever is still open within it. A closing tag of nothing goes.
  void CloseAll(std::string_view name) {
    if (std::none_of(open_.begin(), open_.end(),
                     [name](const OpenElement& element) { return element.name == name; }))
      return;
    while (open_.back().name != name) Close();
    Close();
  }

  std::string_view in_;
  std::size_t at_ = 0;
  int tags_max_;
  int depth_max_;
  int tags_ = 0;
  std::string out_;
  std::vector<OpenElement> open_;
  int depth_ = 0;        // how many of them are written
  int unwritten_ = 0;    // how many are not
  int standing_ = 0;     // how many stand for one that is unwrapped
  std::string dropped_;  // the dropped element within which the input stands
  int dropped_depth_ = 0;
  Dropped* report_;
};

}  // namespace

std::optional<std::string> Tame(std::string_view markup, int tags_max, int depth_max,
                                Dropped* dropped) {
  return Tamer(markup, tags_max, depth_max, dropped).Run();
}

}  // namespace telex::ingestion::html
