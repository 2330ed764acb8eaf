#pragma once

#include <string>
#include <string_view>

namespace telex::news {

// The number of an item of an ordered list as its `type` (HTML: 1, a, A, i, I) has it: 3, c, C,
// iii, III. Numbers that letters or Roman numerals do not have are decimal, as are those of another
// type. Pure.
std::string ListNumber(int number, std::string_view type);

}  // namespace telex::news
