#pragma once

#include <string>
#include <string_view>

namespace telex::news {

// `text` in the superscript or subscript characters of Unicode; empty when one is missing there, or
// `text` is empty. Minus signs and the en dash are one. Pure.
std::string Superscript(std::string_view text);
std::string Subscript(std::string_view text);

}  // namespace telex::news
