#include "ingestion/formats/html/tame.h"

#include <absl/strings/ascii.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <utility>
#include <vector>

#include "ingestion/formats/html/policy.h"

namespace telex::ingestion::html {
namespace {

// No element of the policy has a longer name.
constexpr std::size_t kNameBytesMax = 16;

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsMarkupSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

// Every attribute that some element of the policy keeps.
constexpr std::array<std::string_view, 12> kAttributeNames = {
    "href", "src",     "alt",     "title", "cite",  "datetime",
    "dir",  "colspan", "rowspan", "scope", "start", "value"};
// No name of them is longer.
constexpr std::size_t kAttributeNameBytesMax = 8;

struct Tag {
  std::string name;           // lower case; empty when longer than any known one
  std::string_view raw_name;  // as written
  bool closing = false;
  bool self_closing = false;
  // By the place in kAttributeNames: as written, character references and all. The first of a name
  // counts.
  std::array<std::optional<std::string_view>, kAttributeNames.size()> values;
};

// kAttributeNames.size() for a name that is none of them.
std::size_t PlaceOf(std::string_view name) {
  return static_cast<std::size_t>(std::find(kAttributeNames.begin(), kAttributeNames.end(), name) -
                                  kAttributeNames.begin());
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
      if (const auto tag = ReadTag()) Use(*tag);
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

  // Nothing when the input ends within the tag.
  std::optional<Tag> ReadTag() {
    Tag tag;
    ++at_;
    if (Peek(0) == '/') {
      tag.closing = true;
      ++at_;
    }
    const std::size_t name = at_;
    while (at_ < in_.size() && !IsMarkupSpace(in_[at_]) && in_[at_] != '/' && in_[at_] != '>')
      ++at_;
    tag.raw_name = in_.substr(name, at_ - name);
    if (at_ - name <= kNameBytesMax) {
      for (std::size_t i = name; i < at_; ++i) tag.name += absl::ascii_tolower(in_[i]);
    }
    while (at_ < in_.size() && in_[at_] != '>') {
      tag.self_closing = in_[at_] == '/';
      if (IsMarkupSpace(in_[at_]) || in_[at_] == '/') {
        ++at_;
      } else {
        ReadAttribute(tag);
      }
    }
    if (at_ == in_.size()) return std::nullopt;
    ++at_;
    return tag;
  }

  void ReadAttribute(Tag& tag) {
    const std::size_t start = at_;
    ++at_;  // even '=' may begin a name
    while (at_ < in_.size() && !IsMarkupSpace(in_[at_]) && in_[at_] != '/' && in_[at_] != '>' &&
           in_[at_] != '=')
      ++at_;
    const std::string_view name = in_.substr(start, at_ - start);
    std::size_t equals = at_;
    while (equals < in_.size() && IsMarkupSpace(in_[equals])) ++equals;
    std::string_view value;
    if (equals < in_.size() && in_[equals] == '=') {
      at_ = equals + 1;
      value = ReadValue();
    } else {
      at_ = equals;
    }
    if (name.size() > kAttributeNameBytesMax) return;
    std::string lower;
    for (const char c : name) lower += absl::ascii_tolower(c);
    const std::size_t place = PlaceOf(lower);
    if (place < tag.values.size() && !tag.values[place]) tag.values[place] = value;
  }

  std::string_view ReadValue() {
    while (at_ < in_.size() && IsMarkupSpace(in_[at_])) ++at_;
    if (at_ == in_.size()) return {};
    const char quote = in_[at_];
    if (quote == '"' || quote == '\'') {
      const std::size_t start = ++at_;
      const std::size_t end = std::min(in_.find(quote, start), in_.size());
      at_ = std::min(end + 1, in_.size());
      return in_.substr(start, end - start);
    }
    const std::size_t start = at_;
    while (at_ < in_.size() && !IsMarkupSpace(in_[at_]) && in_[at_] != '>') ++at_;
    return in_.substr(start, at_ - start);
  }

  void Use(const Tag& tag) {
    const Element element = ElementOf(tag.name);
    if (!dropped_.empty()) return UseWithinDropped(tag, element);
    if (element.reported && !tag.closing) Report(tag, element);
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
        if (element.treatment == Treatment::kDivide || tag.name == "hr") Divide(tag, element);
        return;
      case Treatment::kUnwrap:
        return;
      case Treatment::kBlock:
      case Treatment::kInline:
        if (!tag.closing) {
          Open(tag, element);
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

  void Divide(const Tag& tag, const Element& element) {
    const bool full = static_cast<int>(open_.size()) >= depth_max_;
    if (element.treatment == Treatment::kVanish || (full && !tag.closing)) {
      out_ += "<div></div>";
    } else if (tag.closing) {
      CloseAll("div");
    } else {
      Open(tag, {element.name, element.treatment, "div"});
    }
  }

  // Closes the nearest `name` that is open, unless one of `borders` is opened within it.
  void CloseWithin(std::initializer_list<std::string_view> names,
                   std::initializer_list<std::string_view> borders) {
    const auto is_in = [](std::string_view name, std::initializer_list<std::string_view> list) {
      return std::find(list.begin(), list.end(), name) != list.end();
    };
    for (std::size_t i = open_.size(); i-- > 0;) {
      if (is_in(open_[i], names)) {
        while (open_.size() > i) Close();
        return;
      }
      if (is_in(open_[i], borders)) return;
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

  void Open(const Tag& tag, const Element& element) {
    CloseImplied(element);
    if (static_cast<int>(open_.size()) >= depth_max_) return;
    out_.append("<").append(element.kept_as);
    WriteAttributes(tag, element);
    out_ += '>';
    open_.push_back(element.kept_as);
  }

  void WriteVoid(const Tag& tag, const Element& element) {
    out_.append("<").append(tag.name);
    WriteAttributes(tag, element);
    out_ += '>';
  }

  void WriteAttributes(const Tag& tag, const Element& element) {
    for (const Attribute& attribute : element.attributes) {
      if (const auto value = tag.values[PlaceOf(attribute.name)])
        WriteAttribute(attribute.name, *value);
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
    out_.append("</").append(open_.back()).append(">");
    open_.pop_back();
  }

  // Closes the element and whatever is still open within it. A closing tag of nothing goes.
  void CloseAll(std::string_view name) {
    if (std::find(open_.begin(), open_.end(), name) == open_.end()) return;
    while (open_.back() != name) Close();
    Close();
  }

  std::string_view in_;
  std::size_t at_ = 0;
  int tags_max_;
  int depth_max_;
  int tags_ = 0;
  std::string out_;
  std::vector<std::string_view> open_;  // kept_as names: they live as long as the program
  std::string dropped_;                 // the dropped element within which the input stands
  int dropped_depth_ = 0;
  Dropped* report_;
};

}  // namespace

std::optional<std::string> Tame(std::string_view markup, int tags_max, int depth_max,
                                Dropped* dropped) {
  return Tamer(markup, tags_max, depth_max, dropped).Run();
}

}  // namespace telex::ingestion::html
