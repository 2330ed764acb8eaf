#include "platform/text/nearest.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace telex::text {
namespace {

// A word that differs in more letters than this, or in half of its own, was not meant.
constexpr std::size_t kDistanceMax = 3;

// Levenshtein's: letters to be changed, put in or taken away.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string Nearest(std::string_view word, const std::vector<std::string>& names) {
  std::string nearest;
  std::size_t least = std::min(kDistanceMax, word.size() / 2) + 1;
  for (const std::string& name : names) {
    // The beginning of a name is meant as it, however much is missing.
    const bool begins = word.size() >= 3 && name.starts_with(word);
    const std::size_t distance = begins ? 0 : Distance(word, name);
    if (distance < least) {
      least = distance;
      nearest = name;
    }
  }
  return nearest;
}

}  // namespace telex::text
