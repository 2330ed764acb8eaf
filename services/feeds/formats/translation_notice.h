#pragma once

#include <string_view>

#include "news/translation.h"

namespace telex::feeds {

// What people are told of a translation, in its own language; in English where there is no
// sentence for it.
struct TranslationNotices {
  std::string_view language;  // of the sentences: BCP 47, without region and script
  std::string_view machine;   // nobody has looked at it
  std::string_view stale;     // its article has changed since
};

// `language`: BCP 47, of the translation. Pure.
const TranslationNotices& NoticesIn(std::string_view language);

// What machines are told: a concept of IPTC's digital source types
// (https://cv.iptc.org/newscodes/digitalsourcetype/).
struct DigitalSourceType {
  std::string_view code;  // within the vocabulary; empty: people alone have made it
  std::string_view name;  // as IPTC has it, in English
  std::string_view uri;
};
inline constexpr std::string_view kDigitalSourceTypes =
    "http://cv.iptc.org/newscodes/digitalsourcetype/";

DigitalSourceType SourceTypeOf(news::TranslationStanding standing, bool engine_had_part);

}  // namespace telex::feeds
