// A segment and its translation, read once for all checks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "news/words.h"
#include "translation/domain/checks.h"
#include "translation/domain/tagged_text.h"
#include "translation/domain/term_pattern.h"

namespace telex::translation::checks {

// Stands for a standalone tag in the text, so that it neither joins words nor ends a sentence.
inline constexpr std::string_view kTagMark = "\uFFFC";

// One of the two texts. Holds views of itself: neither copied nor moved.
class Side {
 public:
  Side(const news::LanguageTag& language, bool is_source, const std::vector<Piece>& pieces);
  Side(const Side&) = delete;
  Side& operator=(const Side&) = delete;

  // `place` is in text().
  Finding FindingAt(Check check, news::WordSpan place, std::string message) const;
  // That the other text lacks what stands there.
  Finding LackingOf(Check check, news::WordSpan place) const;
  bool IsInAddress(std::size_t at) const;

  const news::LanguageTag& language() const { return language_; }
  std::string_view base() const { return base_; }  // the language without region and script
  bool is_source() const { return is_source_; }
  std::string_view text() const { return text_; }
  const WordText& words() const { return words_; }
  const std::vector<news::WordSpan>& addresses() const { return addresses_; }

 private:
  const news::LanguageTag& language_;
  const bool is_source_;
  std::string base_;
  std::vector<std::uint32_t> places_;  // in the tagged text, of each byte and of the end
  const std::string text_;
  const WordText words_;
  const std::vector<news::WordSpan> addresses_;
};

struct SegmentView {
  const Side source;
  const Side target;
};

using Findings = std::vector<Finding>;

}  // namespace telex::translation::checks
