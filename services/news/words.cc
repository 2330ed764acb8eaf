#include "news/words.h"

#include <unicode/ubrk.h>
#include <unicode/utext.h>

#include <cstdint>
#include <memory>

namespace telex::news {
namespace {

struct Close {
  void operator()(UText* text) const { utext_close(text); }
  void operator()(UBreakIterator* breaks) const { ubrk_close(breaks); }
};

// Opening one reads its rules; a thread keeps its own.
UBreakIterator* Breaks() {
  thread_local const std::unique_ptr<UBreakIterator, Close> breaks = [] {
    UErrorCode error = U_ZERO_ERROR;
    std::unique_ptr<UBreakIterator, Close> made(ubrk_open(UBRK_WORD, "", nullptr, 0, &error));
    if (U_FAILURE(error)) made.reset();
    return made;
  }();
  return breaks.get();
}

}  // namespace

std::vector<WordSpan> WordsOf(std::string_view text) {
  std::vector<WordSpan> words;
  UBreakIterator* const breaks = Breaks();
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<UText, Close> utext(
      utext_openUTF8(nullptr, text.data(), static_cast<std::int64_t>(text.size()), &error));
  if (breaks == nullptr || U_FAILURE(error)) return words;
  ubrk_setUText(breaks, utext.get(), &error);
  if (U_FAILURE(error)) return words;
  std::int32_t begin = ubrk_first(breaks);
  for (std::int32_t end = ubrk_next(breaks); end != UBRK_DONE; end = ubrk_next(breaks)) {
    if (ubrk_getRuleStatus(breaks) >= UBRK_WORD_NUMBER)
      words.push_back({static_cast<std::size_t>(begin), static_cast<std::size_t>(end)});
    begin = end;
  }
  return words;
}

}  // namespace telex::news
