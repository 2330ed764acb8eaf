// Words and terms found in a text whole, by Unicode's word boundaries. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "news/words.h"

namespace telex::translation {

// A text cut into its words; it has to outlive them.
struct WordText {
  explicit WordText(std::string_view whole);

  std::string_view text;
  std::vector<news::WordSpan> words;
  // By word: for comparing, without regard to case, composition, kind of apostrophe; without an
  // English possessive.
  std::vector<std::string> folded;
  std::vector<std::string> exact;  // the same with its case
};

// A term as a glossary has it: "New York", "Москв* област*" (the beginnings of words, whatever
// their endings). What stands between its words stands there in a text as well; blanks are alike.
class TermPattern {
 public:
  // Nullopt when `text` has no word.
  static std::optional<TermPattern> Of(std::string_view text, bool case_sensitive);

  // Whether the term stands at the words from `at` on.
  bool StandsAt(const WordText& text, std::size_t at) const;
  // The first place in `text`.
  std::optional<news::WordSpan> FindIn(const WordText& text) const;

  std::size_t words() const { return words_.size(); }
  // Of its first word: folded; whether only the beginning.
  const std::string& first() const { return words_.front().folded; }
  bool first_is_stem() const { return words_.front().is_stem; }
  bool has_stem() const;
  // For telling two spellings of one term: equal for those that find the same.
  std::string Key() const;

 private:
  struct Word {
    std::string folded;
    std::string exact;
    bool is_stem = false;
    std::string gap;  // what stands before it, but before the first
  };
  std::vector<Word> words_;
  bool case_sensitive_ = false;
};

}  // namespace telex::translation
