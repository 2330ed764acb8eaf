#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ingestion/formats/page/date.h"
#include "ingestion/formats/unicode.h"

namespace telex::ingestion::page {

// Step 1 and 2 of reading a page: the bytes become lines, and each line is told apart by itself,
// without a look at its neighbours.

// A page with more lines is no article.
inline constexpr std::size_t kLinesMax = 20'000;
// Furniture is short: longer lines are not held against the word tables.
inline constexpr std::size_t kKeyBytesMax = 400;

enum class LineKind {
  kText,       // prose, headlines, subheads: whatever is none of the others
  kFurniture,  // menus, share lines, buttons, symbols
  kEnds,       // "Related news", "Comments": what follows is another matter
  kLicence,    // terms of use
  kRights,     // who holds the rights
  kCookies,    // the cookie notice
  kDate,
  kTime,    // "14:25" alone
  kTicker,  // "14:25 Somebody said something": an item of a news list
  kViews,
  kByline,
  kSection,  // labelled, or a breadcrumb
};

struct Line {
  std::string text;
  std::string key;  // lower case, underscores as spaces; empty when longer than kKeyBytesMax
  bool after_blank = false;  // an empty line stands before it
  LineKind kind = LineKind::kText;
  TextShape shape;

  // What the line says, according to its kind.
  std::string value;              // kByline: the name; kSection: the section
  std::optional<DateLine> date;   // kDate
  std::optional<ClockTime> time;  // kTime
  std::int64_t views = 0;         // kViews
  bool views_rounded = false;     // "1.2K"
  bool bare_byline = false;       // "By Name", without a colon: a subhead may look the same

  // How much it reads like a paragraph: 0 a label or headline, 1 a short sentence, 2 a paragraph.
  int prose = 0;
};

struct Page {
  std::vector<Line> lines;  // none of them empty
  std::vector<std::string> warnings;
};

// Cleans and cuts `utf8` into lines and classifies them. Hard-wrapped paragraphs are joined, and
// lines that hold several facts ("By Name | 18 April 2025 | 323 views") are taken apart.
// NOT_AN_ARTICLE beyond kLinesMax.
absl::StatusOr<Page> ReadPage(std::string_view utf8);

// Classifies one line; exposed for tests.
Line ClassifyLine(std::string text, bool after_blank);

}  // namespace telex::ingestion::page
