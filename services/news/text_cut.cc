#include "news/text_cut.h"

#include <unicode/ubrk.h>
#include <unicode/utext.h>

#include <memory>
#include <optional>

#include "news/directions.h"
#include "news/utf8.h"

namespace telex::news {
namespace {

constexpr std::string_view kEllipsis = "…";

// The letters of a text, one after another. Without ICU's data they are code points.
class Letters {
 public:
  explicit Letters(std::string_view text) : text_(text), rest_(text) {
    UErrorCode error = U_ZERO_ERROR;
    utext_.reset(
        utext_openUTF8(nullptr, text.data(), static_cast<std::int64_t>(text.size()), &error));
    breaks_.reset(ubrk_open(UBRK_CHARACTER, "", nullptr, 0, &error));
    ubrk_setUText(breaks_.get(), utext_.get(), &error);
    if (U_FAILURE(error)) breaks_.reset();
  }

  bool AtEnd() const { return rest_.empty(); }
  std::string_view Next() {
    const std::size_t begin = text_.size() - rest_.size();
    if (breaks_ == nullptr) {
      TakeCodePoint(rest_);
    } else {
      const std::int32_t end = ubrk_next(breaks_.get());
      rest_ = end == UBRK_DONE ? std::string_view() : text_.substr(static_cast<std::size_t>(end));
    }
    return text_.substr(begin, text_.size() - rest_.size() - begin);
  }

 private:
  struct Close {
    void operator()(UText* text) const { utext_close(text); }
    void operator()(UBreakIterator* breaks) const { ubrk_close(breaks); }
  };

  std::string_view text_;
  std::string_view rest_;
  std::unique_ptr<UText, Close> utext_;
  std::unique_ptr<UBreakIterator, Close> breaks_;
};

struct Place {
  std::size_t end = 0;
  Directions directions;
};

}  // namespace

std::string CutText(std::string_view text, std::size_t letters_max, std::size_t bytes_max) {
  if (text.size() <= letters_max && text.size() <= bytes_max) return std::string(text);
  Place now;
  Place letter;               // the last one that leaves room for the ellipsis
  std::optional<Place> word;  // the same, in the second half
  std::size_t count = 0;
  std::string_view before;
  for (Letters letters(text); !letters.AtEnd();) {
    const std::string_view next = letters.Next();
    if (next == " " && before != " " && letter.end == now.end && 2 * count >= letters_max)
      word = now;
    std::string_view rest = next;
    const char32_t first = TakeCodePoint(rest);
    if (IsDirection(first)) {
      std::string written;
      now.directions.Append(first, 0, written);
    } else {
      ++count;
    }
    now.end += next.size();
    if (count > letters_max || now.end > bytes_max) {
      Place& place = word ? *word : letter;
      std::string cut(text.substr(0, place.end));
      if (cut.size() + kEllipsis.size() + place.directions.closing_bytes() <= bytes_max)
        cut += kEllipsis;
      place.directions.Close(0, cut);
      return cut;
    }
    if (count < letters_max &&
        now.end + kEllipsis.size() + now.directions.closing_bytes() <= bytes_max)
      letter = now;
    before = next;
  }
  return std::string(text);
}

}  // namespace telex::news
