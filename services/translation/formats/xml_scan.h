// What an XML parser without validation lets pass, and is not to be let in. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace telex::translation {

struct XmlFault {
  std::size_t at = 0;  // byte
  std::string why;
};

// The first fault of a document in UTF-8: a DOCTYPE (but one that names `doctype_file` alone), an
// entity, a character that XML has not, another encoding than `encoding` ("utf-8"; what it was in
// before), more than one root or text beside it, too deep, too many attributes or one twice.
// Whether tags match is the parser's. Linear.
std::optional<XmlFault> FindXmlFault(std::string_view xml, std::string_view doctype_file,
                                     std::string_view encoding);

}  // namespace telex::translation
