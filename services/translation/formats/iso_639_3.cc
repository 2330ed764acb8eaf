#include "translation/formats/iso_639_3.h"

#include <unicode/uloc.h>

namespace telex::translation {

std::string Iso639_3Of(const news::LanguageTag& language) {
  return uloc_getISO3Language(language.text().c_str());
}

}  // namespace telex::translation
