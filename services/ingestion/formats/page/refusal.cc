#include "ingestion/formats/page/refusal.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "ingestion/formats/page/words.h"

namespace telex::ingestion::page {
namespace {

// A page with this much running text is a story, whatever else stands on it.
constexpr int kCertainStoryLetters = 600;
constexpr int kShortStoryLetters = 400;

constexpr std::size_t kErrorWindow = 12;  // text lines within which an error page says so
constexpr int kLoginWordsMin = 3;
constexpr int kListItemsMin = 4;
constexpr int kListHeadlinesMin = 8;

std::string_view BareKey(std::string_view key) {
  constexpr std::string_view kAround = " :.!*>|#";
  const std::size_t first = key.find_first_not_of(kAround);
  return first == std::string_view::npos
             ? std::string_view()
             : key.substr(first, key.find_last_not_of(kAround) - first + 1);
}

std::optional<std::string> ErrorPage(const std::vector<Line>& lines) {
  std::size_t seen = 0;
  for (const Line& line : lines) {
    const std::string_view key = BareKey(line.key);
    if (StartsAsError(key) && line.shape.words <= 25) {
      return fmt::format("it is an error page: \"{}\"",
                         line.text.substr(0, line.text.find_first_of(".,;")));
    }
    if (line.kind == LineKind::kText && ++seen > kErrorWindow) break;
  }
  return std::nullopt;
}

std::optional<std::string> LoginPage(const std::vector<Line>& lines) {
  int words = 0;
  for (const Line& line : lines) {
    if (IsPhrase(Phrase::kLogin, line.key) || IsPhrase(Phrase::kLogin, BareKey(line.key))) ++words;
  }
  if (words < kLoginWordsMin) return std::nullopt;
  return "it is a login page: it asks for a name and a password";
}

std::optional<std::string> CookieWall(const std::vector<Line>& lines) {
  int notices = 0;
  int cookie_letters = 0;
  int other_letters = 0;
  for (const Line& line : lines) {
    if (line.kind == LineKind::kCookies) {
      ++notices;
      cookie_letters += line.shape.letters;
    } else if (line.kind == LineKind::kText && line.prose == 2 &&
               line.key.find("cookie") == std::string::npos) {
      other_letters += line.shape.letters;
    }
  }
  if (notices == 0 || cookie_letters * 2 < other_letters) return std::nullopt;
  return "it is a cookie notice: the story stands behind it";
}

std::optional<std::string> ListPage(const std::vector<Line>& lines,
                                    const std::optional<Block>& body) {
  const int letters = body.has_value() ? body->letters : 0;
  const std::size_t body_end = body.has_value() ? body->end : 0;
  int dated = 0;
  int headlines = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Line& line = lines[i];
    // "Related news" below a story is a list of its own.
    if (body.has_value() && i >= body_end && line.kind == LineKind::kEnds) break;
    if (body.has_value() && i >= body->first && i < body_end) continue;  // the dates of a chronicle
    const bool time_beside_date =
        line.kind == LineKind::kTime && i > 0 && lines[i - 1].kind == LineKind::kDate;
    if (line.kind == LineKind::kTicker || line.kind == LineKind::kDate ||
        (line.kind == LineKind::kTime && !time_beside_date)) {
      ++dated;
    }
    if (line.kind == LineKind::kText && line.prose == 0 && line.shape.words >= 4) ++headlines;
  }
  const int prose_lines = body.has_value() ? body->prose_lines : 0;
  const bool dated_list =
      dated >= kListItemsMin && (letters < kShortStoryLetters || prose_lines * 2 <= dated);
  const bool bare_list = headlines >= kListHeadlinesMin && letters < kShortStoryLetters / 2;
  if (!dated_list && !bare_list) return std::nullopt;
  return fmt::format(
      "it is a list of stories ({} dates, {} headlines); submit one story's own page", dated,
      headlines);
}

}  // namespace

std::optional<std::string> WhyNotAnArticle(const std::vector<Line>& lines,
                                           const std::optional<Block>& body) {
  const int letters = body.has_value() ? body->letters : 0;
  if (letters < kCertainStoryLetters) {
    if (auto why = ErrorPage(lines)) return why;
    if (auto why = CookieWall(lines)) return why;
  }
  if (letters < kShortStoryLetters) {
    if (auto why = LoginPage(lines)) return why;
  }
  if (letters < 2 * kCertainStoryLetters) return ListPage(lines, body);
  return std::nullopt;
}

}  // namespace telex::ingestion::page
