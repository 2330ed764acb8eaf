// The inline codes of XLIFF 2 as tagged text. Pure.
#pragma once

#include <absl/status/statusor.h>

#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "translation/domain/tagged_text.h"

namespace telex::translation {

// The content of <source> or <target> of a valid tagged text.
std::string WriteXliffCodes(std::string_view tagged);

// Appends the content of <source> or <target>. The error says what is no inline code here.
absl::Status ReadXliffCodes(const pugi::xml_node& node, std::vector<Piece>& pieces);

}  // namespace telex::translation
