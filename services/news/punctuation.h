#pragma once

#include <string_view>

namespace telex::news {

// Whether what follows is told apart from `text` by its end: a full stop, a colon, a comma of any
// script (Unicode's Terminal_Punctuation) or an ellipsis, behind which quotes and brackets may be
// closed. Pure.
bool EndsInPunctuation(std::string_view text);

}  // namespace telex::news
