#include "translation/formats/sentences.h"

#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "news/utf8.h"

namespace telex::translation {
namespace {

constexpr std::size_t kWordMax = 16;         // letters of an abbreviation, or of a word of a list
constexpr int kGroupsMax = 3;                // of dotted abbreviations: т. е., i. d. R.
constexpr std::size_t kGroupMax = 5;         // letters of one of them
constexpr int kSuppressionWordsMax = 3;      // до н. э.
constexpr std::size_t kSuppressionMax = 20;  // UTF-16 units
constexpr std::size_t kOrdinalMax = 3;       // digits; more are a year
constexpr char16_t kArmenianStop = 0x0589;

bool IsHard(char16_t c) { return c == kParagraphEnd || c == '\n'; }
bool IsSpace(UChar32 c) { return u_isUWhiteSpace(c); }
bool IsQuote(UChar32 c) { return c == '"' || c == '\''; }
bool IsOpening(UChar32 c) {
  const auto type = u_charType(c);
  return IsQuote(c) || type == U_START_PUNCTUATION || type == U_INITIAL_PUNCTUATION ||
         type == U_FINAL_PUNCTUATION || type == U_FORMAT_CHAR || c == U'¿' || c == U'¡';
}
bool Closes(UChar32 c) {
  const auto type = u_charType(c);
  return IsQuote(c) || type == U_END_PUNCTUATION || type == U_FINAL_PUNCTUATION;
}
// In some language: »so«.
bool IsClosing(UChar32 c) {
  return Closes(c) || u_charType(c) == U_INITIAL_PUNCTUATION || u_charType(c) == U_FORMAT_CHAR;
}
bool IsTerminator(char16_t c) { return u_hasBinaryProperty(c, UCHAR_S_TERM); }
bool IsFullStop(char16_t c) { return c == '.' || c == 0x2024; }
// Of scripts that put no blank behind it.
bool StandsWithoutBlank(char16_t c) { return c >= 0x3000 || (c >= 0x0E00 && c < 0x1200); }
bool IsInWord(UChar32 c) {
  return u_isalpha(c) || u_charType(c) == U_NON_SPACING_MARK ||
         u_charType(c) == U_COMBINING_SPACING_MARK;
}
bool IsDigit(UChar32 c) { return u_isdigit(c); }
bool IsCurrency(UChar32 c) { return u_charType(c) == U_CURRENCY_SYMBOL; }

// What of a text is read from the outside in.
class Reader {
 public:
  explicit Reader(std::u16string_view text) : text_(text) {}

  UChar32 At(std::size_t at) const {
    if (at >= text_.size()) return 0;
    UChar32 c = 0;
    U16_NEXT(text_.data(), at, text_.size(), c);
    return c;
  }
  UChar32 Before(std::size_t at, std::size_t begin) const {
    if (at <= begin) return 0;
    UChar32 c = 0;
    U16_PREV(text_.data(), begin, at, c);
    return c;
  }
  template <typename Is>
  std::size_t SkipBack(std::size_t at, std::size_t begin, Is is,
                       std::size_t characters_max = std::u16string_view::npos) const {
    for (; at > begin && characters_max > 0 && is(Before(at, begin)); --characters_max)
      U16_BACK_1(text_.data(), begin, at);
    return at;
  }
  template <typename Is>
  std::size_t Skip(std::size_t at, Is is,
                   std::size_t characters_max = std::u16string_view::npos) const {
    for (; at < text_.size() && characters_max > 0 && is(At(at)); --characters_max)
      U16_FWD_1(text_.data(), at, text_.size());
    return at;
  }
  // In lower case, as UTF-8.
  std::string Lower(std::size_t begin, std::size_t end) const {
    std::string lower;
    while (begin < end) {
      UChar32 c = 0;
      U16_NEXT(text_.data(), begin, end, c);
      news::AppendUtf8(static_cast<char32_t>(u_tolower(c)), lower);
    }
    return lower;
  }
  std::string LowerWordAt(std::size_t at) const { return Lower(at, Skip(at, IsInWord, kWordMax)); }

 protected:
  std::u16string_view text_;
};

// Puts a sign that ICU knows in the place of what ends sentences unknown to it.
void Prepare(bool colon_ends, std::u16string& text) {
  const Reader reader(text);
  bool behind_end = false;  // a sentence's, or a quote or note behind it
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == u'…') {
      const bool begins = i == 0 || IsSpace(text[i - 1]) || IsOpening(text[i - 1]);
      if (!begins) text[i] = u'!';
    } else if (colon_ends && text[i] == ':') {
      const std::size_t blank = reader.Skip(i + 1, IsClosing, 3);
      const std::size_t next = reader.Skip(reader.Skip(blank, IsSpace), IsOpening, 3);
      if (IsSpace(reader.At(blank)) && u_isupper(reader.At(next))) text[i] = kArmenianStop;
    } else if (behind_end && text[i] == '[') {
      const std::size_t end = reader.Skip(i + 1, IsDigit, kOrdinalMax);
      if (end > i + 1 && reader.At(end) == ']') std::fill(&text[i], &text[end] + 1, u')');
    }
    behind_end = IsTerminator(text[i]) || (behind_end && IsClosing(text[i]));
  }
}

// Judges where ICU ends sentences, in order.
class Judge : private Reader {
 public:
  Judge(std::u16string_view text, const SentenceWords& words,
        icu::FilteredBreakIteratorBuilder* suppressions)
      : Reader(text), words_(words), suppressions_(suppressions) {}

  // Where the sentence ends that ICU ends at `at`; nothing if it goes on.
  std::optional<std::size_t> End(std::size_t at) {
    const std::optional<std::size_t> end = Find(at);
    if (end) begin_ = *end;
    return end;
  }

  bool HasLetterOrDigit(std::size_t begin) const {
    return Skip(begin, [](UChar32 c) { return !u_isalnum(c); }) < text_.size();
  }

 private:
  std::optional<std::size_t> Find(std::size_t at) {
    if (at <= begin_ || at >= text_.size()) return std::nullopt;
    const std::size_t end = SkipBack(at, begin_, IsSpace);
    if (std::any_of(text_.begin() + end, text_.begin() + at, IsHard)) return at;
    const std::size_t behind_stop =
        SkipBack(end, begin_, [](UChar32 c) { return IsClosing(c) || IsOpening(c); });
    if (behind_stop == begin_ || !IsTerminator(text_[behind_stop - 1])) return std::nullopt;
    const std::size_t stop = behind_stop - 1;
    if (!HasWord(stop)) return std::nullopt;
    if (end == at) {
      if (!StandsWithoutBlank(text_[stop])) return std::nullopt;
      return std::min(Skip(behind_stop, Closes), at);  // ICU takes opening brackets with it, too
    }
    at = BehindSpacedQuote(at);
    const std::size_t next = Skip(at, IsOpening, kWordMax);
    if (u_islower(At(next))) return std::nullopt;
    if (IsFullStop(text_[stop]) && !Ends(stop, at, next)) return std::nullopt;
    return at;
  }

  // French has a blank before the quote that closes, too: « Non ! »
  std::size_t BehindSpacedQuote(std::size_t at) const {
    if (u_charType(At(at)) != U_FINAL_PUNCTUATION) return at;
    const std::size_t behind = Skip(at, Closes, kWordMax);
    const std::size_t next = Skip(behind, IsSpace);
    return next > behind ? next : at;
  }

  // Whether there is a word before `end`, not only a number or a letter of a list: a), 1. Asked
  // with an `end` further on each time.
  bool HasWord(std::size_t end) {
    if (word_begin_ != begin_) {
      word_begin_ = word_at_ = begin_;
      has_word_ = false;
      letters_ = 0;
    }
    while (!has_word_ && word_at_ < end) {
      const UChar32 c = At(word_at_);
      letters_ = u_isalpha(c) ? letters_ + 1 : 0;
      has_word_ = letters_ > 1 || (letters_ == 1 && !u_isupper(c) && !u_islower(c));
      U16_FWD_1(text_.data(), word_at_, text_.size());
    }
    return has_word_;
  }

  // Whether the full stop at `stop` is the end of a sentence. What follows begins at `at`, its
  // first letter or digit is at `next`.
  bool Ends(std::size_t stop, std::size_t at, std::size_t next) const {
    if (stop > begin_ && IsFullStop(text_[stop - 1])) return true;  // ...
    if (words_.colon_ends && next > at) return false;
    const std::size_t word = SkipBack(stop, begin_, IsInWord, kWordMax + 1);
    if (word == stop) return !IsOrdinal(stop, next);
    const bool single = word + U16_LENGTH(At(word)) == stop;
    if (single && !u_islower(At(word))) return false;  // an initial
    if (IsRoman(word, stop)) {
      if (SkipBack(word, begin_, IsSpace) == begin_) return false;  // of a list
      if (words_.ordinals && u_isupper(At(next))) return IsStarter(next);
    }
    return !IsAbbreviation(word, stop, next) && !IsSuppressed(stop);
  }

  bool IsOrdinal(std::size_t stop, std::size_t next) const {
    const std::size_t digits = SkipBack(stop, begin_, IsDigit, kOrdinalMax + 1);
    const UChar32 before = Before(digits, begin_);
    return words_.ordinals && digits < stop && stop - digits <= kOrdinalMax && before != '.' &&
           before != ',' && before != ':' && u_isupper(At(next)) && !IsStarter(next);
  }

  bool IsStarter(std::size_t next) const { return IsListed(LowerWordAt(next), words_.starters); }

  bool IsRoman(std::size_t begin, std::size_t end) const {
    static constexpr std::u16string_view kNumerals = u"IVXLCDM";
    return std::all_of(text_.begin() + begin, text_.begin() + end,
                       [](char16_t c) { return kNumerals.find(c) != kNumerals.npos; });
  }

  bool IsAbbreviation(std::size_t word, std::size_t stop, std::size_t next) const {
    std::string abbreviation = Lower(word, stop);
    if (IsListed(abbreviation, words_.numbered) && IsDigit(At(Skip(next, IsCurrency, 1))))
      return true;
    if (IsListed(abbreviation, words_.places))
      return !IsDigit(Before(SkipBack(word, begin_, IsSpace), begin_));
    for (int groups = 0;; ++groups) {
      if (IsListed(abbreviation, words_.titles)) return true;
      const std::size_t dot = SkipBack(word, begin_, IsSpace, 1);
      if (groups == kGroupsMax || Before(dot, begin_) != '.') return false;
      const std::size_t group = SkipBack(dot - 1, begin_, IsInWord, kGroupMax);
      if (group == dot - 1) return false;
      abbreviation.insert(0, Lower(group, dot));
      word = group;
    }
  }

  // Whether the words before the full stop at `stop` are one of CLDR's.
  bool IsSuppressed(std::size_t stop) const {
    if (suppressions_ == nullptr) return false;
    std::size_t word = stop;
    for (int words = 0; words < kSuppressionWordsMax; ++words) {
      word = SkipBack(word, begin_, IsSpace);
      word = SkipBack(
          word, begin_, [](UChar32 c) { return !IsSpace(c) && !IsOpening(c); }, kSuppressionMax);
      if (stop + 1 - word > kSuppressionMax) return false;
      const icu::UnicodeString abbreviation(text_.data() + word,
                                            static_cast<std::int32_t>(stop + 1 - word));
      // It cannot be asked in another way.
      UErrorCode fault = U_ZERO_ERROR;
      if (!suppressions_->unsuppressBreakAfter(abbreviation, fault)) continue;
      suppressions_->suppressBreakAfter(abbreviation, fault);
      return true;
    }
    return false;
  }

  const SentenceWords& words_;
  icu::FilteredBreakIteratorBuilder* suppressions_;
  std::size_t begin_ = 0;  // of the sentence
  // What HasWord has seen of it.
  std::size_t word_begin_ = 0, word_at_ = 0;
  std::size_t letters_ = 0;
  bool has_word_ = false;
};

}  // namespace

// What ICU has not for a language it takes from the default locale, that of the process; here it is
// taken from the root instead.
SentenceBreaker::SentenceBreaker(std::string_view language) : words_(SentenceWordsOf(language)) {
  const icu::Locale locale(std::string(language).c_str());
  UErrorCode fault = U_ZERO_ERROR;
  iterator_.reset(icu::BreakIterator::createSentenceInstance(locale, fault));
  if (fault == U_USING_DEFAULT_WARNING) {
    iterator_.reset(icu::BreakIterator::createSentenceInstance(icu::Locale::getRoot(), fault));
  }
  if (U_FAILURE(fault)) iterator_.reset();
  UErrorCode unknown = U_ZERO_ERROR;
  suppressions_.reset(icu::FilteredBreakIteratorBuilder::createInstance(locale, unknown));
  if (U_FAILURE(unknown) || unknown == U_USING_DEFAULT_WARNING) suppressions_.reset();
}

std::vector<std::size_t> SentenceBreaker::Ends(std::u16string text) const {
  if (text.empty() || !iterator_) return {text.size()};
  Prepare(words_.colon_ends, text);
  const icu::UnicodeString alias(false, text.data(), static_cast<std::int32_t>(text.size()));
  iterator_->setText(alias);
  Judge judge(text, words_, suppressions_.get());
  std::vector<std::size_t> ends;
  for (std::int32_t at = iterator_->next(); at != icu::BreakIterator::DONE;
       at = iterator_->next()) {
    if (const auto end = judge.End(static_cast<std::size_t>(at))) ends.push_back(*end);
  }
  const bool joins_last =
      !ends.empty() && !IsHard(text[ends.back() - 1]) && !judge.HasLetterOrDigit(ends.back());
  if (joins_last) ends.pop_back();
  ends.push_back(text.size());
  return ends;
}

}  // namespace telex::translation
