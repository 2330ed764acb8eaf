#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "news/section.h"

namespace telex::news {

// Names as newsrooms print them, in any script.

// What two printings of one name have in common: without regard to case (Unicode's full case
// folding), to composed and decomposed forms, to how much blank stands between words. Letters that
// capitals do not tell apart are one: i, ı and İ; և, եւ and եվ. Bytes that are no UTF-8 become
// U+FFFD. For comparing only: what it returns is not for people.
std::string FoldedName(std::string_view utf8);

// A slug that sounds like the name, whatever its script: "Политика" → politika, "ՄՇԱԿՈՒՅԹ" →
// mshakuyt, "Arts & Culture" → arts-culture. It is a guess for a person to accept or replace, never
// to be taken silently. None where a letter has no Latin likeness, or where nothing is left; of a
// long name, as many whole words as a section holds. Thread-safe.
std::optional<Section> RomanisedSection(std::string_view utf8);

}  // namespace telex::news
