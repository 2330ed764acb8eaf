#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "ingestion/formats/page/line.h"

namespace telex::ingestion::page {

// Step 5: the body's lines as HTML of the allow-list: paragraphs, subheads (h2), bullet and
// numbered lists, quotes
// ("> …"). Everything printed is escaped; SanitizeHtml() leaves it as it is.
std::string BodyHtml(const std::vector<Line>& lines, std::span<const std::size_t> body);

}  // namespace telex::ingestion::page
