#include "news/letters.h"

#include <absl/strings/ascii.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <array>

namespace telex::news {

// ASCII without a look into ICU's tables: it is most of what is asked for.
bool IsLetter(char32_t c) {
  if (c < 0x80) return absl::ascii_isalpha(static_cast<unsigned char>(c));
  return u_isalpha(static_cast<UChar32>(c));
}
bool IsCapital(char32_t c) {
  if (c < 0x80) return absl::ascii_isupper(static_cast<unsigned char>(c));
  return u_isupper(static_cast<UChar32>(c)) || u_istitle(static_cast<UChar32>(c));
}
int DigitOf(char32_t c) {
  if (c < 0x80) return c >= '0' && c <= '9' ? static_cast<int>(c - '0') : -1;
  return u_charDigitValue(static_cast<UChar32>(c));
}

std::string_view ScriptOf(char32_t c) {
  if (!IsLetter(c)) return {};
  if (c < 0x80) return "Latn";
  UErrorCode error = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(static_cast<UChar32>(c), &error);
  if (U_FAILURE(error) || script <= USCRIPT_INHERITED) return {};
  return uscript_getShortName(script);
}

std::vector<std::string_view> ScriptsOf(const LanguageTag& language) {
  std::array<UScriptCode, 8> codes{};
  UErrorCode error = U_ZERO_ERROR;
  const int count = uscript_getCode(language.text().c_str(), codes.data(), codes.size(), &error);
  std::vector<std::string_view> scripts;
  if (U_FAILURE(error)) return scripts;
  for (int i = 0; i < count; ++i)
    scripts.emplace_back(uscript_getShortName(codes[static_cast<std::size_t>(i)]));
  return scripts;
}

}  // namespace telex::news
