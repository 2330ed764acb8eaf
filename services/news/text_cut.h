#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace telex::news {

// `text`, if it has at most `letters_max` letters as a reader counts them (extended grapheme
// clusters, UAX #29) and `bytes_max` bytes. Else its beginning with "…", both within those bounds:
// up to the end of a word, when one ends in the second half, else up to the end of a letter. What
// opens a direction (UAX #9) is no letter, and is closed where the cut falls behind it. `text` is
// valid UTF-8.
std::string CutText(std::string_view text, std::size_t letters_max, std::size_t bytes_max);

}  // namespace telex::news
