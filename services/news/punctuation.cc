#include "news/punctuation.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace telex::news {
namespace {

// More quotes and brackets than anybody closes at once.
constexpr std::size_t kTailBytesMax = 200;

}  // namespace

bool EndsInPunctuation(std::string_view text) {
  text.remove_prefix(text.size() - std::min(text.size(), kTailBytesMax));
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  for (auto at = static_cast<std::int32_t>(text.size()); at > 0;) {
    UChar32 c = 0;
    U8_PREV_OR_FFFD(bytes, 0, at, c);
    const auto type = u_charType(c);
    const bool closes = c == '"' || c == '\'' || type == U_END_PUNCTUATION ||
                        type == U_FINAL_PUNCTUATION || type == U_INITIAL_PUNCTUATION ||
                        type == U_FORMAT_CHAR;
    if (!closes) return c == 0x2026 || u_hasBinaryProperty(c, UCHAR_TERMINAL_PUNCTUATION);
  }
  return false;
}

}  // namespace telex::news
