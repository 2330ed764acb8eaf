// The checks of a translated segment against its source: what a translator or an engine most often
// gets wrong. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "news/language_tag.h"
#include "translation/domain/glossary.h"

namespace telex::translation {

enum class Check {
  kMissing,         // nothing is written
  kMarkup,          // tags that are none, missing, strange, doubled, or nested as they cannot be
  kNumbers,         // in digits, with their scale (million); words for numbers are not compared
  kDates,           // months and days of the week
  kAddresses,       // of the web and e-mail: letter by letter
  kTermMissing,     // the glossary's
  kTermForbidden,   // the same
  kEndPunctuation,  // as the language has it
  kBrackets,        // and quotes: closed, where the source closes them
  kLength,
  kSameAsSource,
  kRepeatedWord,
  kSpaces,
  kScript,
  kLanguage,
};

enum class Severity {
  kSoft,  // a person may overrule it, with a reason
  kHard,  // nobody may: what would be published is broken
};

struct Finding {
  Check check = Check::kMissing;
  bool in_source = false;  // the place is in the source, for it lacks in the translation
  std::size_t begin = 0;   // bytes of the tagged text
  std::size_t end = 0;
  std::string message;  // for a person, in English

  bool operator==(const Finding&) const = default;
};

// As callers and logs have it: "NUMBERS_DIFFER". domain/README.md lists them.
std::string_view ReasonOf(Check check);
Severity SeverityOf(Check check);

// A segment and its translation, as tagged texts. The source is valid.
struct SegmentPair {
  news::LanguageTag source_language;
  news::LanguageTag target_language;
  std::string_view source;
  std::string_view target;
};

inline constexpr std::size_t kFindingsMax = 50;  // of a segment; what is more is left out

// What is wrong with a translation, the hard first. Where its tags cannot be read, or where it says
// nothing, that is all. `glossary`, of this pair, may be null. Markup and completeness are certain;
// the others are likely mistakes, chosen to be right more often than wrong. Costs some 10 µs a
// sentence.
std::vector<Finding> CheckSegment(const SegmentPair& pair, const Glossary* glossary);

}  // namespace telex::translation
