// The inline content of a block, cut into sentences.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "translation/formats/segmented_body.h"
#include "translation/formats/sentences.h"

namespace telex::translation {

struct InlineItem {
  enum class Kind { kText, kOpen, kClose, kVoid, kProtected };
  Kind kind = Kind::kText;
  int element = -1;       // of kOpen, kClose, kVoid
  std::string text = {};  // of kText; of kProtected its HTML
  bool reading = false;   // kProtected: of ruby
};
using InlineItems = std::vector<InlineItem>;

// Whether there is a letter or a digit in it: text that has none is not translated.
bool HasWords(std::string_view text);

// Bounds of a sentence. One that has more is cut, between two words if there are any.
inline constexpr std::size_t kSegmentBytesMax = 8'000;
inline constexpr std::size_t kSegmentTagsMax = 800;

// All items, in their order. `preformatted`: line feeds end sentences, else they are spaces.
std::vector<InlineItems> CutIntoSentences(const InlineItems& items,
                                          std::span<const BodyElement> elements,
                                          const SentenceBreaker& breaker, bool preformatted);

// Splits off what is not to be translated at the ends of a sentence: white space, line breaks and
// pictures, markup around all of it. What is left is [begin, end) of `sentence`, whose texts at the
// ends may have been split; empty when there is nothing to translate.
struct Core {
  std::size_t begin = 0, end = 0;
  bool empty() const { return begin == end; }
};
Core TrimSentence(InlineItems& sentence);

}  // namespace telex::translation
