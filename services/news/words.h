#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace telex::news {

// A word's place in a text, in bytes.
struct WordSpan {
  std::size_t begin = 0;
  std::size_t end = 0;

  std::string_view Of(std::string_view text) const { return text.substr(begin, end - begin); }
  bool operator==(const WordSpan&) const = default;
};

// The words of `text` by Unicode's word boundaries (UAX #29; in scripts without blanks by ICU's
// dictionaries): what has a letter or a digit. Hyphens part words, apostrophes within them do not:
// "COVID-19", "Armenia's" are three. Pure; thread-safe.
std::vector<WordSpan> WordsOf(std::string_view text);

}  // namespace telex::news
