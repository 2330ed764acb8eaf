#include "translation/domain/glossary.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "platform/errors/errors.h"

namespace telex::translation {
namespace {

constexpr std::string_view kField = "terms";

// Gathers all faults of a glossary.
class Faults {
 public:
  void Add(std::string_view description) {
    status_ = errors::WithField(std::move(status_), kField, errors::kFieldInvalid, description);
  }
  const absl::Status& status() const { return status_; }

 private:
  absl::Status status_;
};

std::vector<TermPattern> PatternsOf(const Term& term, const std::vector<std::string>& targets,
                                    Faults& faults) {
  std::vector<TermPattern> patterns;
  if (targets.size() > kTargetsMax)
    faults.Add(fmt::format("line {}: more than {} targets", term.line, kTargetsMax));
  for (const std::string& target : targets) {
    // Targets begin sentences, too: their case is the translator's.
    std::optional<TermPattern> pattern = TermPattern::Of(target, false);
    if (!pattern || target.size() > kTermBytesMax) {
      faults.Add(fmt::format("line {}: a target has a word, and at most {} bytes", term.line,
                             kTermBytesMax));
    } else {
      patterns.push_back(*std::move(pattern));
    }
  }
  return patterns;
}

// Which line allows and forbids which targets, to find lines that contradict each other.
class Contradictions {
 public:
  void Take(const Term& term, const TermPattern& source, const std::vector<TermPattern>& allowed,
            const std::vector<TermPattern>& forbidden, Faults& faults) {
    const auto [first, is_new] = lines_.emplace(source.Key(), term.line);
    if (!is_new) {
      faults.Add(fmt::format("lines {} and {}: both say how '{}' is translated", first->second,
                             term.line, term.source));
    }
    std::set<std::string> own;
    for (const TermPattern& target : allowed) own.insert(target.Key());
    for (const TermPattern& target : forbidden) {
      if (own.contains(target.Key()))
        faults.Add(
            fmt::format("line {}: '{}' is translated by what it forbids", term.line, term.source));
      forbidden_.emplace(target.Key(), term.line);
    }
    if (allowed.size() == 1) only_.emplace_back(allowed.front().Key(), &term);
  }

  void Finish(Faults& faults) const {
    for (const auto& [target, term] : only_) {
      const auto [begin, end] = forbidden_.equal_range(target);
      for (auto other = begin; other != end; ++other) {
        if (other->second == term->line) continue;
        faults.Add(
            fmt::format("lines {} and {}: the only translation of '{}' is forbidden by the "
                        "other line",
                        term->line, other->second, term->source));
      }
    }
  }

 private:
  std::map<std::string, int> lines_;
  std::multimap<std::string, int> forbidden_;
  std::vector<std::pair<std::string, const Term*>> only_;
};

std::map<std::string, const Term*> BySource(const Glossary& glossary) {
  std::map<std::string, const Term*> terms;
  for (const Term& term : glossary.terms())
    terms.emplace(fmt::format("{}{}", term.source, term.case_sensitive ? "\tC" : ""), &term);
  return terms;
}

}  // namespace

absl::StatusOr<Glossary> Glossary::Make(std::vector<Term> terms) {
  Faults faults;
  if (terms.size() > kTermsMax) {
    return errors::FieldError(kField, errors::kFieldTooLong,
                              fmt::format("{} terms are allowed", kTermsMax));
  }
  Glossary glossary;
  glossary.terms_ = std::move(terms);
  Contradictions contradictions;
  for (std::size_t i = 0; i < glossary.terms_.size(); ++i) {
    Term& term = glossary.terms_[i];
    if (term.line == 0) term.line = static_cast<int>(i) + 1;
    std::optional<TermPattern> source = TermPattern::Of(term.source, term.case_sensitive);
    if (!source || term.source.size() > kTermBytesMax) {
      faults.Add(fmt::format("line {}: a term has a word, and at most {} bytes", term.line,
                             kTermBytesMax));
      continue;
    }
    if (term.allowed.empty() && term.forbidden.empty())
      faults.Add(fmt::format("line {}: '{}' has no targets", term.line, term.source));
    std::vector<TermPattern> allowed = PatternsOf(term, term.allowed, faults);
    std::vector<TermPattern> forbidden = PatternsOf(term, term.forbidden, faults);
    contradictions.Take(term, *source, allowed, forbidden, faults);
    glossary.entries_.push_back({*std::move(source), std::move(allowed), std::move(forbidden)});
  }
  contradictions.Finish(faults);
  if (!faults.status().ok()) return faults.status();
  for (std::size_t i = 0; i < glossary.entries_.size(); ++i) {
    const TermPattern& source = glossary.entries_[i].source;
    auto& index = source.first_is_stem() ? glossary.by_stem_ : glossary.by_word_;
    index[source.first()].push_back(i);
    if (source.first_is_stem())
      glossary.stem_bytes_max_ = std::max(glossary.stem_bytes_max_, source.first().size());
  }
  return glossary;
}

const Term* Glossary::LongestAt(const WordText& text, std::size_t at, std::size_t* words) const {
  const Term* best = nullptr;
  std::tuple<std::size_t, bool, bool> best_rank;
  const auto look = [&](const auto& index, const std::string& word) {
    const auto found = index.find(word);
    if (found == index.end()) return;
    for (const std::size_t i : found->second) {
      const TermPattern& source = entries_[i].source;
      const std::tuple rank(source.words(), terms_[i].case_sensitive, !source.has_stem());
      if ((best != nullptr && rank <= best_rank) || !source.StandsAt(text, at)) continue;
      best = &terms_[i];
      best_rank = rank;
    }
  };
  const std::string& word = text.folded[at];
  look(by_word_, word);
  for (std::size_t size = 1; size <= std::min(word.size(), stem_bytes_max_); ++size)
    look(by_stem_, word.substr(0, size));
  if (best != nullptr) *words = std::get<0>(best_rank);
  return best;
}

std::vector<TermMatch> Glossary::FindIn(std::string_view text) const {
  std::vector<TermMatch> matches;
  if (terms_.empty()) return matches;
  const WordText words(text);
  for (std::size_t at = 0; at < words.words.size();) {
    std::size_t count = 1;
    if (const Term* term = LongestAt(words, at, &count))
      matches.push_back({term, {words.words[at].begin, words.words[at + count - 1].end}});
    at += count;
  }
  return matches;
}

std::vector<TermFault> Glossary::Check(std::string_view source, std::string_view target) const {
  std::vector<TermFault> faults;
  const std::vector<TermMatch> matches = FindIn(source);
  if (matches.empty()) return faults;
  const WordText words(target);
  std::vector<const Term*> seen;
  std::vector<news::WordSpan> taken;  // by allowed targets: "Нью-Йорк" holds no forbidden "Йорк"
  for (const TermMatch& match : matches) {
    if (std::find(seen.begin(), seen.end(), match.term) != seen.end()) continue;
    seen.push_back(match.term);
    bool is_there = match.term->allowed.empty();
    for (const TermPattern& allowed : entries_[IndexOf(*match.term)].allowed) {
      for (std::size_t at = 0; at + allowed.words() <= words.words.size(); ++at) {
        if (!allowed.StandsAt(words, at)) continue;
        is_there = true;
        taken.push_back({words.words[at].begin, words.words[at + allowed.words() - 1].end});
      }
    }
    if (!is_there) faults.push_back({match.term, match.place, ""});
  }
  for (const Term* term : seen) {
    for (std::size_t i = 0; i < term->forbidden.size(); ++i) {
      const std::optional<news::WordSpan> place =
          entries_[IndexOf(*term)].forbidden[i].FindIn(words);
      if (!place) continue;
      const bool is_taken = std::any_of(taken.begin(), taken.end(), [&](const news::WordSpan& by) {
        return by.begin <= place->begin && place->end <= by.end;
      });
      if (!is_taken) faults.push_back({term, *place, term->forbidden[i]});
    }
  }
  return faults;
}

std::vector<std::string> ChangedTerms(const Glossary& before, const Glossary& after) {
  const std::map<std::string, const Term*> old_terms = BySource(before);
  const std::map<std::string, const Term*> new_terms = BySource(after);
  std::set<std::string> changed;
  for (const auto& [key, term] : old_terms) {
    const auto found = new_terms.find(key);
    if (found == new_terms.end() || !(*found->second == *term)) changed.insert(term->source);
  }
  for (const auto& [key, term] : new_terms) {
    if (!old_terms.contains(key)) changed.insert(term->source);
  }
  return {changed.begin(), changed.end()};
}

bool DiffersFor(const Glossary& before, const Glossary& after, std::string_view source) {
  const std::vector<TermMatch> was = before.FindIn(source);
  const std::vector<TermMatch> is = after.FindIn(source);
  return !std::equal(was.begin(), was.end(), is.begin(), is.end(),
                     [](const TermMatch& a, const TermMatch& b) {
                       return a.place == b.place && *a.term == *b.term;
                     });
}

}  // namespace telex::translation
