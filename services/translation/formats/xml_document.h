// XML of strangers, read without what XML is dangerous by. Pure.
#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <memory>
#include <pugixml.hpp>
#include <string>
#include <string_view>

namespace telex::translation {

inline constexpr int kXmlDepthMax = 64;
inline constexpr std::size_t kXmlAttributesMax = 64;  // of an element

struct XmlRules {
  std::size_t bytes_max = 0;
  // A DOCTYPE that names this file and nothing else is taken, and never fetched; empty: none is.
  std::string_view doctype_file;
};

// In UTF-8, or in UTF-16 with its byte order mark. INVALID_ARGUMENT: neither (NOT_UTF8), too large
// (DOCUMENT_TOO_LARGE), or (FIELD_INVALID, field `file`, with its line) no well-formed XML, a
// DOCTYPE, an internal subset, an entity beyond the five of XML and references of characters, too
// deep. Text is kept with all its blanks; comments and processing instructions are not.
absl::StatusOr<std::unique_ptr<pugi::xml_document>> ReadXml(std::string_view bytes,
                                                            const XmlRules& rules);

// Whether XML 1.0 can hold the character at all.
bool IsXmlCharacter(char32_t c);

// For text and attributes; characters that XML cannot hold are left out.
std::string EscapeXml(std::string_view text);

// A prefix of a namespace is no part of it.
std::string_view LocalName(const pugi::xml_node& node);
// Empty when there is none.
std::string_view AttributeOf(const pugi::xml_node& node, const char* name);

}  // namespace telex::translation
