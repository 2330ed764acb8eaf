#include "news/blank.h"

#include <unicode/uchar.h>

#include "news/utf8.h"

namespace telex::news {
namespace {

constexpr char32_t kBlankBraillePattern = 0x2800;  // a symbol to Unicode, without a dot to see

bool IsSeen(char32_t code_point) {
  const auto c = static_cast<UChar32>(code_point);
  if (u_isUWhiteSpace(c) || u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) ||
      U_IS_UNICODE_NONCHAR(c) || code_point == kBlankBraillePattern)
    return false;
  switch (u_charType(c)) {
    case U_CONTROL_CHAR:
      return false;
    case U_FORMAT_CHAR:  // the signs before the numbers of some scripts are seen
      return u_hasBinaryProperty(c, UCHAR_PREPENDED_CONCATENATION_MARK);
    default:
      return true;
  }
}

}  // namespace

bool IsBlank(std::string_view text) {
  while (!text.empty()) {
    if (IsSeen(TakeCodePoint(text))) return false;
  }
  return true;
}

}  // namespace telex::news
