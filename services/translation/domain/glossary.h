// The glossary of one pair of languages: how names, places and terms are to be translated. Pure; a
// Glossary does not change once made and may be read from any thread.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "translation/domain/term_pattern.h"

namespace telex::translation {

inline constexpr std::size_t kTermsMax = 20'000;
inline constexpr std::size_t kTermBytesMax = 200;  // of a source, of each target
inline constexpr std::size_t kTargetsMax = 16;     // of a term, allowed and forbidden each

// A star behind a word stands for any ending: "Москв*". A term matches whole words; an English
// possessive ("Armenia's") is its word.
struct Term {
  std::string source;
  std::vector<std::string> allowed;    // one of them has to be in the translation; none: any
  std::vector<std::string> forbidden;  // none of them may be
  bool case_sensitive = false;         // of the source: "US", "Turkey"
  int line = 0;                        // where it was read, for refusals; 0: its place in the list

  bool operator==(const Term& other) const {
    return source == other.source && allowed == other.allowed && forbidden == other.forbidden &&
           case_sensitive == other.case_sensitive;
  }
};

struct TermMatch {
  const Term* term = nullptr;  // of the glossary
  news::WordSpan place;        // in the text, bytes
};

struct TermFault {
  const Term* term = nullptr;
  news::WordSpan place;   // of the term in the source, or of what is forbidden in the target
  std::string forbidden;  // empty: none of the allowed ones is there
};

class Glossary {
 public:
  Glossary() = default;
  // INVALID_ARGUMENT (field `terms`), all faults of it at once: a term without words, without
  // targets, too long; two lines for one term; a target that is allowed and forbidden; a term whose
  // only target another one forbids. Contradictions name both lines.
  static absl::StatusOr<Glossary> Make(std::vector<Term> terms);

  // From left to right, the term of more words first, then one that is case-sensitive, then one
  // without stars. They do not overlap. Linear in the text.
  std::vector<TermMatch> FindIn(std::string_view text) const;

  // What the glossary finds wrong with a plain text and its translation.
  std::vector<TermFault> Check(std::string_view source, std::string_view target) const;

  const std::vector<Term>& terms() const { return terms_; }

 private:
  struct Entry {
    TermPattern source;
    std::vector<TermPattern> allowed;
    std::vector<TermPattern> forbidden;
  };

  const Term* LongestAt(const WordText& text, std::size_t at, std::size_t* words) const;
  std::size_t IndexOf(const Term& term) const {
    return static_cast<std::size_t>(&term - terms_.data());
  }

  std::vector<Term> terms_;
  std::vector<Entry> entries_;  // beside terms_
  // By the first word, folded: terms, the preferred first. Stems apart.
  absl::flat_hash_map<std::string, std::vector<std::size_t>> by_word_;
  absl::flat_hash_map<std::string, std::vector<std::size_t>> by_stem_;
  std::size_t stem_bytes_max_ = 0;
};

// The terms that one version of a glossary has and the other has not, or has otherwise; by source.
std::vector<std::string> ChangedTerms(const Glossary& before, const Glossary& after);

// Whether another translation may be asked of a plain text than before: the terms that are found in
// it differ. Only such segments become outdated by a new version.
bool DiffersFor(const Glossary& before, const Glossary& after, std::string_view source);

}  // namespace telex::translation
