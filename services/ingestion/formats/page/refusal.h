#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ingestion/formats/page/blocks.h"
#include "ingestion/formats/page/line.h"

namespace telex::ingestion::page {

// What kind of page it is when it is no story: "it is a login page: …". Nothing when it may be one.
// `body` is what ChooseBody() found.
std::optional<std::string> WhyNotAnArticle(const std::vector<Line>& lines,
                                           const std::optional<Block>& body);

}  // namespace telex::ingestion::page
