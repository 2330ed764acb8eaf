#pragma once

#include <string>
#include <string_view>

namespace telex::ingestion {

// The language of a text as BCP 47, told by its script and its most frequent words: en, ru, uk, az,
// tr, de, fr, es, it, hy, ka, el, he, ar, fa, ja, ko, zh. Empty when unsure: a short text, a
// mixture, a language not known here. Looks at the first 20,000 bytes.
std::string GuessLanguage(std::string_view text);

}  // namespace telex::ingestion
