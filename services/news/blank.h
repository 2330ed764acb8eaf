#pragma once

#include <string_view>

namespace telex::news {

// Whether a reader sees nothing of `text`: no byte of it, or only blanks and line ends, controls,
// noncharacters, and characters that are not shown (Unicode's Default_Ignorable_Code_Point and
// format characters, such as U+200B, U+200E, U+00AD), in any script. What is no UTF-8 is seen, for
// it becomes U+FFFD. Stops at the first character that is seen. Pure.
bool IsBlank(std::string_view text);

}  // namespace telex::news
