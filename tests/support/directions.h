#pragma once

#include <string>
#include <string_view>

namespace telex::tests {

// Whether each line of UTF-8 closes the directions (UAX #9) that it opens, the last one first, and
// no others. Written apart from what is tested.
inline bool IsBalanced(std::string_view text) {
  std::string open;  // a letter for each that is open
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' || text.substr(i).starts_with("\xE2\x80\xA9")) {
      if (!open.empty()) return false;
    }
    const std::string_view here = text.substr(i, 3);
    if (here == "\xE2\x80\xAA" || here == "\xE2\x80\xAB" || here == "\xE2\x80\xAD" ||
        here == "\xE2\x80\xAE") {
      open += 'e';
    } else if (here == "\xE2\x81\xA6" || here == "\xE2\x81\xA7" || here == "\xE2\x81\xA8") {
      open += 'i';
    } else if (here == "\xE2\x80\xAC" || here == "\xE2\x81\xA9") {
      if (open.empty() || open.back() != (here == "\xE2\x80\xAC" ? 'e' : 'i')) return false;
      open.pop_back();
    }
  }
  return open.empty();
}

}  // namespace telex::tests
