#pragma once

#include <string_view>

namespace telex::translation {

// What of a full stop in a language is not the end of a sentence. To be known here, a word has to
// stand before capitals or numbers: before small letters no full stop ends a sentence anyway. Lists
// are apart by blanks, in lower case, without the last full stop and the blanks within ("т.е").
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): in the order of a table's row
struct SentenceWords {
  std::string_view language;  // ISO 639
  std::string_view titles;    // stand before names: no end, whatever follows
  std::string_view places =
      {};  // the same, but behind a number they are a unit: г. Москва, 2020 г.
  std::string_view numbered = {};  // stand before numbers: no. 5
  // Numbers with a full stop are ordinals (3. Oktober), except before these words, with which
  // sentences begin.
  bool ordinals = false;
  std::string_view starters = {};
  // Armenian: a colon is typed for ։, and a full stop before quotes is a comma.
  bool colon_ends = false;
};

// The words of a language ("en"); of one that has none here, those that all have in common.
const SentenceWords& SentenceWordsOf(std::string_view language);

// Whether `word` is one of a list.
bool IsListed(std::string_view word, std::string_view list);

}  // namespace telex::translation
