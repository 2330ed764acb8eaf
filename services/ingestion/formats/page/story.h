#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ingestion/domain/draft.h"
#include "ingestion/formats/page/blocks.h"
#include "ingestion/formats/page/line.h"

namespace telex::ingestion::page {

// Step 4: what the lines around the body are: headline above, section above that, date and byline
// beside it, credit and count of views below.

struct Story {
  std::size_t headline = 0;       // a line
  std::vector<std::size_t> body;  // lines, in order
  std::string section;
  std::string byline;
  std::optional<DateLine> published;
  std::optional<DateLine> updated;
  std::int64_t printed_views = 0;
  std::string credit;  // the closing line that names the publisher: "Caliber.Az"
  std::vector<std::string> warnings;
};

// A longer line is no headline.
inline constexpr int kHeadlineLettersMax = 250;

// Why a page with text is no story: no headline, one that is too long, no body.
enum class MissingPart { kHeadline, kShorterHeadline, kBody };

std::variant<Story, MissingPart> FindStory(const std::vector<Line>& lines, const Block& block);

}  // namespace telex::ingestion::page
