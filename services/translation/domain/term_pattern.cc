#include "translation/domain/term_pattern.h"

#include <array>

#include "news/printed_name.h"

namespace telex::translation {
namespace {

constexpr std::string_view kTypographicApostrophe = "’";

std::string WithPlainApostrophes(std::string_view word) {
  std::string plain;
  while (!word.empty()) {
    if (word.starts_with(kTypographicApostrophe)) {
      plain += '\'';
      word.remove_prefix(kTypographicApostrophe.size());
    } else {
      plain += word.front();
      word.remove_prefix(1);
    }
  }
  return plain;
}

// Without an English possessive, which is no other word.
std::string Exact(std::string_view word) {
  for (const std::string_view possessive : {"'s", "’s", "'S", "’S"}) {
    if (word.size() > possessive.size() && word.ends_with(possessive)) {
      word.remove_suffix(possessive.size());
      break;
    }
  }
  return WithPlainApostrophes(word);
}

// Runs of blanks become one; a star is no part of what stands between words.
std::string GapOf(std::string_view between) {
  static constexpr std::array<std::string_view, 6> kBlanks = {" ",  "\t",     "\n",
                                                              "\r", "\u00A0", "\u202F"};
  std::string gap;
  while (!between.empty()) {
    std::size_t blank = 0;
    for (const std::string_view one : kBlanks) {
      if (between.starts_with(one)) blank = one.size();
    }
    if (blank > 0) {
      if (!gap.ends_with(' ')) gap += ' ';
      between.remove_prefix(blank);
    } else {
      if (between.front() != '*') gap += between.front();
      between.remove_prefix(1);
    }
  }
  return gap;
}

}  // namespace

WordText::WordText(std::string_view whole) : text(whole), words(news::WordsOf(whole)) {
  folded.reserve(words.size());
  exact.reserve(words.size());
  for (const news::WordSpan& word : words) {
    exact.push_back(Exact(word.Of(text)));
    folded.push_back(news::FoldedName(exact.back()));
  }
}

std::optional<TermPattern> TermPattern::Of(std::string_view text, bool case_sensitive) {
  TermPattern pattern;
  pattern.case_sensitive_ = case_sensitive;
  const WordText words(text);
  for (std::size_t i = 0; i < words.words.size(); ++i) {
    const news::WordSpan& span = words.words[i];
    Word word{.folded = words.folded[i], .exact = words.exact[i]};
    word.is_stem = text.substr(span.end).starts_with('*');
    if (i > 0) {
      const std::size_t before = words.words[i - 1].end;
      word.gap = GapOf(text.substr(before, span.begin - before));
    }
    pattern.words_.push_back(std::move(word));
  }
  if (pattern.words_.empty()) return std::nullopt;
  return pattern;
}

bool TermPattern::StandsAt(const WordText& text, std::size_t at) const {
  if (at + words_.size() > text.words.size()) return false;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    const Word& word = words_[i];
    const std::string& found = case_sensitive_ ? text.exact[at + i] : text.folded[at + i];
    const std::string& wanted = case_sensitive_ ? word.exact : word.folded;
    if (word.is_stem ? !found.starts_with(wanted) : found != wanted) return false;
    if (i == 0) continue;
    const std::size_t before = text.words[at + i - 1].end;
    if (GapOf(text.text.substr(before, text.words[at + i].begin - before)) != word.gap)
      return false;
  }
  return true;
}

std::optional<news::WordSpan> TermPattern::FindIn(const WordText& text) const {
  for (std::size_t at = 0; at + words_.size() <= text.words.size(); ++at) {
    if (StandsAt(text, at))
      return news::WordSpan{text.words[at].begin, text.words[at + words_.size() - 1].end};
  }
  return std::nullopt;
}

bool TermPattern::has_stem() const {
  for (const Word& word : words_) {
    if (word.is_stem) return true;
  }
  return false;
}

std::string TermPattern::Key() const {
  std::string key(1, case_sensitive_ ? 'C' : 'c');
  for (const Word& word : words_) {
    key += word.gap;
    key += case_sensitive_ ? word.exact : word.folded;
    if (word.is_stem) key += '*';
  }
  return key;
}

}  // namespace telex::translation
