#include "translation/formats/xml_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "news/utf8.h"
#include "platform/text/ascii.h"
#include "translation/formats/xml_document.h"

namespace telex::translation {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

bool IsNameStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// What stands behind & up to the semicolon: one of XML's five, or a character.
bool IsReference(std::string_view name) {
  static constexpr std::array<std::string_view, 5> kNames = {"amp", "lt", "gt", "quot", "apos"};
  if (std::find(kNames.begin(), kNames.end(), name) != kNames.end()) return true;
  if (!name.starts_with('#')) return false;
  name.remove_prefix(1);
  const bool hex = name.starts_with('x');
  if (hex) name.remove_prefix(1);
  unsigned long c = 0;
  const auto [end, error] =
      std::from_chars(name.data(), name.data() + name.size(), c, hex ? 16 : 10);
  return error == std::errc() && end == name.data() + name.size() && c <= 0x10FFFF &&
         IsXmlCharacter(static_cast<char32_t>(c));
}

class Scan {
 public:
  Scan(std::string_view xml, std::string_view doctype_file, std::string_view encoding)
      : xml_(xml), doctype_file_(doctype_file), encoding_(encoding) {}

  std::optional<XmlFault> Run() {
    CheckCharacters();
    while (!fault_ && at_ < xml_.size()) {
      if (xml_[at_] == '<') {
        TakeMarkup();
      } else {
        TakeText();
      }
    }
    if (!fault_ && (depth_ != 0 || !has_root_)) Fault(xml_.size(), "it ends amid its elements");
    return std::move(fault_);
  }

 private:
  void Fault(std::size_t at, std::string_view why) {
    if (!fault_) fault_ = XmlFault{at, std::string(why)};
    at_ = xml_.size();
  }
  std::string_view Rest() const { return xml_.substr(at_); }

  void CheckCharacters() {
    for (std::string_view rest = xml_; !rest.empty();) {
      const std::size_t at = xml_.size() - rest.size();
      if (!IsXmlCharacter(news::TakeCodePoint(rest)))
        return Fault(at, "a character that XML cannot hold");
    }
  }

  // The references of a text, or of the value of an attribute.
  void CheckReferences(std::size_t begin, std::size_t end) {
    const std::string_view text = xml_.substr(begin, end - begin);
    for (std::size_t at = text.find('&'); at != text.npos; at = text.find('&', at + 1)) {
      const std::size_t close = text.find(';', at);
      if (close == text.npos || !IsReference(text.substr(at + 1, close - at - 1)))
        return Fault(begin + at, "an entity is not taken; & is written &amp;");
    }
  }

  void TakeText() {
    const std::size_t end = std::min(xml_.find('<', at_), xml_.size());
    const std::string_view text = xml_.substr(at_, end - at_);
    if (depth_ == 0 && text.find_first_not_of(kBlanks) != text.npos)
      return Fault(at_, "text beside the root: this is no XML");
    CheckReferences(at_, end);
    if (!fault_) at_ = end;
  }

  // Behind what begins here and ends with `close`.
  void SkipTo(std::string_view close, std::size_t open_size, std::string_view what) {
    const std::size_t end = xml_.find(close, at_ + open_size);
    if (end == xml_.npos) return Fault(at_, fmt::format("{} does not end", what));
    at_ = end + close.size();
  }

  void TakeMarkup() {
    const std::string_view rest = Rest();
    if (rest.starts_with("<!--")) return SkipTo("-->", 4, "a comment");
    if (rest.starts_with("<?")) return TakeInstruction();
    if (rest.starts_with("<![CDATA[") && depth_ > 0) return SkipTo("]]>", 9, "CDATA");
    if (rest.starts_with("<!DOCTYPE")) return TakeDoctype();
    if (rest.starts_with("</")) {
      if (--depth_ < 0) return Fault(at_, "an end tag too many");
      return SkipTo(">", 2, "an end tag");
    }
    if (rest.size() > 1 && IsNameStart(rest[1])) return TakeStartTag();
    Fault(at_, "< begins no tag here; as text it is written &lt;");
  }

  void TakeInstruction() {
    const std::size_t begin = at_;
    SkipTo("?>", 2, "an instruction");
    if (fault_) return;
    const std::string_view text = xml_.substr(begin, at_ - begin);
    const bool is_declaration = text.starts_with("<?xml ") || text.starts_with("<?xml\t");
    if (!is_declaration) return;
    const std::size_t encoding = text.find("encoding");
    if (encoding == text.npos) return;
    const std::string lower = text::AsciiLower(text.substr(encoding));
    const bool is_ascii = encoding_ == "utf-8" && lower.find("us-ascii") != lower.npos;
    if (lower.find(encoding_) == lower.npos && !is_ascii)
      Fault(begin, fmt::format("another encoding than {}", encoding_));
  }

  void TakeDoctype() {
    const std::size_t begin = at_;
    if (doctype_file_.empty()) return Fault(begin, "a DOCTYPE is not taken");
    if (has_root_ || has_doctype_) return Fault(begin, "a DOCTYPE out of place");
    has_doctype_ = true;
    std::string_view named;
    for (at_ += 9; at_ < xml_.size() && xml_[at_] != '>'; ++at_) {
      const char c = xml_[at_];
      if (c == '[' || c == '<') return Fault(at_, "a DOCTYPE with an internal subset is not taken");
      if (c != '"' && c != '\'') continue;
      const std::size_t close = xml_.find(c, at_ + 1);
      if (close == xml_.npos) return Fault(at_, "a DOCTYPE does not end");
      named = xml_.substr(at_ + 1, close - at_ - 1);
      at_ = close;
    }
    if (at_ >= xml_.size()) return Fault(begin, "a DOCTYPE does not end");
    ++at_;
    const std::size_t slash = named.find_last_of("/\\");
    const std::string_view file = slash == named.npos ? named : named.substr(slash + 1);
    if (file != doctype_file_)
      Fault(begin, fmt::format("a DOCTYPE that names another file than {}", doctype_file_));
  }

  void TakeStartTag() {
    const std::size_t begin = at_;
    if (depth_ == 0 && has_root_) return Fault(begin, "a second root");
    has_root_ = true;
    std::vector<std::string_view> names;
    std::size_t name_begin = xml_.npos;
    bool in_name = true;  // of the element, of an attribute
    for (++at_; at_ < xml_.size() && xml_[at_] != '>'; ++at_) {
      const char c = xml_[at_];
      if (c == '<') return Fault(at_, "< within a tag");
      if (c == '"' || c == '\'') {
        TakeValue(c);
        if (fault_) return;
        name_begin = xml_.npos;
        in_name = false;
      } else if (c == '=' && name_begin != xml_.npos) {
        names.push_back(text::TrimAscii(xml_.substr(name_begin, at_ - name_begin)));
        name_begin = xml_.npos;
      } else if (kBlanks.find(c) != kBlanks.npos) {
        in_name = false;
      } else if (!in_name && name_begin == xml_.npos) {
        name_begin = at_;
      }
    }
    if (at_ >= xml_.size()) return Fault(begin, "a tag does not end");
    if (names.size() > kXmlAttributesMax) return Fault(begin, "too many attributes");
    std::sort(names.begin(), names.end());
    if (std::adjacent_find(names.begin(), names.end()) != names.end())
      return Fault(begin, "an attribute twice");
    if (xml_[at_ - 1] != '/' && ++depth_ > kXmlDepthMax)
      return Fault(begin, fmt::format("elements within elements beyond {}", kXmlDepthMax));
    ++at_;
  }

  // From a quote to the next.
  void TakeValue(char quote) {
    const std::size_t close = xml_.find(quote, at_ + 1);
    if (close == xml_.npos) return Fault(at_, "an attribute does not end");
    if (xml_.substr(at_, close - at_).find('<') != std::string_view::npos)
      return Fault(at_, "< within an attribute is written &lt;");
    CheckReferences(at_, close);
    if (!fault_) at_ = close;
  }

  const std::string_view xml_;
  const std::string_view doctype_file_;
  const std::string_view encoding_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool has_root_ = false;
  bool has_doctype_ = false;
  std::optional<XmlFault> fault_;
};

}  // namespace

bool IsXmlCharacter(char32_t c) {
  return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xD7FF) ||
         (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF);
}

std::optional<XmlFault> FindXmlFault(std::string_view xml, std::string_view doctype_file,
                                     std::string_view encoding) {
  return Scan(xml, doctype_file, encoding).Run();
}

}  // namespace telex::translation
