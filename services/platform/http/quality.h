#pragma once

#include <string_view>

namespace telex::http {

// What follows "q=": "0", "0.5", "1.000", in thousandths; -1 when it is none (RFC 9110, 12.4.2).
// ".5" is read as well: Java's HttpURLConnection has sent "*/*; q=.2" of itself for decades.
constexpr int ParseQuality(std::string_view text) {
  int value = 0;
  if (!text.empty() && text[0] != '.') {
    if (text[0] != '0' && text[0] != '1') return -1;
    value = (text[0] - '0') * 1000;
    text.remove_prefix(1);
    if (text.empty()) return value;
  } else if (text.size() < 2) {
    return -1;
  }
  if (text[0] != '.' || text.size() > 4) return -1;
  int scale = 100;
  for (const char c : text.substr(1)) {
    if (c < '0' || c > '9') return -1;
    value += (c - '0') * scale;
    scale /= 10;
  }
  return value <= 1000 ? value : -1;
}

}  // namespace telex::http
