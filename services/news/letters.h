// Letters and digits of any script. Pure; thread-safe.
#pragma once

#include <string_view>
#include <vector>

#include "news/language_tag.h"

namespace telex::news {

bool IsLetter(char32_t c);
bool IsCapital(char32_t c);  // upper or title case
// The value of a decimal digit of any script; -1 for what is none.
int DigitOf(char32_t c);

// The script of a letter as ISO 15924 has it ("Latn", "Cyrl", "Armn"). Empty for what is no letter,
// or belongs to no script alone.
std::string_view ScriptOf(char32_t c);

// The scripts that a language is written in: that of its tag, else the likely ones ("ja": three).
// Empty when it is not known.
std::vector<std::string_view> ScriptsOf(const LanguageTag& language);

}  // namespace telex::news
