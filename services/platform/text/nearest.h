// What a mistyped word was likely meant as. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace telex::text {

// Of `names`, the one that was most likely meant by `word`, the first of several; empty when none
// is near: more than three letters differ, or half of them.
std::string Nearest(std::string_view word, const std::vector<std::string>& names);

}  // namespace telex::text
