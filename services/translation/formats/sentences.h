// Where sentences end: by ICU's rules (UAX #29) with the suppressions of CLDR, and by what they
// lack.
#pragma once

#include <unicode/brkiter.h>
#include <unicode/filteredbrk.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "translation/formats/sentence_words.h"

namespace telex::translation {

// Ends a sentence wherever it stands; so does a line feed.
inline constexpr char16_t kParagraphEnd = 0x2029;

// For one language. Not to be shared between threads. Making one takes a third of a millisecond.
class SentenceBreaker {
 public:
  explicit SentenceBreaker(std::string_view language);  // ISO 639; any text is taken

  // The ends of the sentences of `text`, ascending; the last is that of the text. White space
  // belongs to the sentence before it. When in doubt two sentences are one. Linear.
  std::vector<std::size_t> Ends(std::u16string text) const;

 private:
  const SentenceWords& words_;
  std::unique_ptr<icu::BreakIterator> iterator_;
  // CLDR's abbreviations of the language; null where it has none. Asked for whole words: ICU's own
  // filter takes any end of a word for one, and in German "r." is one.
  std::unique_ptr<icu::FilteredBreakIteratorBuilder> suppressions_;
};

}  // namespace telex::translation
