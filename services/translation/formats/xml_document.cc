#include "translation/formats/xml_document.h"

#include <fmt/format.h>

#include <utility>

#include "news/utf8.h"
#include "platform/errors/errors.h"
#include "translation/formats/utf16.h"
#include "translation/formats/xml_scan.h"

namespace telex::translation {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

absl::Status NotXml(std::string_view bytes, std::size_t at, std::string_view why) {
  std::size_t line = 1;
  for (const char c : bytes.substr(0, at)) line += c == '\n' ? 1 : 0;
  return errors::FieldError("file", errors::kFieldInvalid, fmt::format("line {}: {}", line, why));
}

}  // namespace

absl::StatusOr<std::unique_ptr<pugi::xml_document>> ReadXml(std::string_view bytes,
                                                            const XmlRules& rules) {
  if (bytes.size() > rules.bytes_max) {
    return errors::FieldError("file", errors::kDocumentTooLarge,
                              fmt::format("at most {} bytes are read", rules.bytes_max));
  }
  std::optional<std::string> converted;
  if (IsUtf16(bytes)) {
    converted = Utf8OfUtf16(bytes);
    if (!converted)
      return errors::FieldError("file", errors::kNotUtf8, "it begins as UTF-16, and is none");
    bytes = *converted;
  }
  if (!news::IsUtf8(bytes))
    return errors::FieldError("file", errors::kNotUtf8, "XML is read as UTF-8 or UTF-16 alone");
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  const std::string_view encoding = converted ? "utf-16" : "utf-8";
  if (const std::optional<XmlFault> fault = FindXmlFault(bytes, rules.doctype_file, encoding))
    return NotXml(bytes, fault->at, fault->why);
  auto document = std::make_unique<pugi::xml_document>();
  const unsigned kept = pugi::parse_escapes | pugi::parse_cdata | pugi::parse_eol |
                        pugi::parse_wconv_attribute | pugi::parse_ws_pcdata;
  const pugi::xml_parse_result result =
      document->load_buffer(bytes.data(), bytes.size(), kept, pugi::encoding_utf8);
  if (!result) return NotXml(bytes, static_cast<std::size_t>(result.offset), result.description());
  return document;
}

std::string EscapeXml(std::string_view text) {
  std::string escaped;
  while (!text.empty()) {
    const char32_t c = news::TakeCodePoint(text);
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\r':
      case '\n':
      case '\t':
        // As they are they would become others: in attributes blanks, a return a line feed.
        escaped += fmt::format("&#{};", static_cast<unsigned>(c));
        break;
      default:
        if (IsXmlCharacter(c)) news::AppendUtf8(c, escaped);
    }
  }
  return escaped;
}

std::string_view LocalName(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const std::size_t colon = name.find(':');
  return colon == name.npos ? name : name.substr(colon + 1);
}

std::string_view AttributeOf(const pugi::xml_node& node, const char* name) {
  return node.attribute(name).as_string();
}

}  // namespace telex::translation
