#pragma once

#include <string>

#include "news/language_tag.h"

namespace telex::translation {

// The language's code of three letters (ISO 639-3): "eng" for en, en-GB. Empty where there is none.
// Pure; thread-safe.
std::string Iso639_3Of(const news::LanguageTag& language);

}  // namespace telex::translation
