#include "translation/domain/likeness.h"

#include <algorithm>
#include <string>

#include "news/utf8.h"

namespace telex::translation {
namespace {

constexpr std::size_t kGroup = 3;
constexpr std::size_t kSketchGroup = 5;

// The finalizer of MurmurHash3: every bit of the input counts for every bit of the output.
std::uint32_t Mixed(std::uint32_t hash) {
  hash ^= hash >> 16;
  hash *= 0x85EBCA6B;
  hash ^= hash >> 13;
  hash *= 0xC2B2AE35;
  return hash ^ (hash >> 16);
}

// Of all groups of `size` characters, or of the whole where it is shorter.
std::vector<std::uint32_t> GroupsOf(std::u32string_view text, std::size_t size) {
  std::vector<std::uint32_t> groups;
  if (text.empty()) return groups;
  const std::size_t count = text.size() < size ? 1 : text.size() - size + 1;
  groups.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t hash = 0;
    for (const char32_t c : text.substr(i, size)) hash = hash * 0x01000193 + Mixed(c + 1);
    groups.push_back(Mixed(hash));
  }
  std::sort(groups.begin(), groups.end());
  return groups;
}

}  // namespace

Fingerprint FingerprintOf(std::string_view text) {
  std::u32string characters;
  while (!text.empty() && characters.size() < kGroupsMax) characters += news::TakeCodePoint(text);
  Fingerprint fingerprint{.groups = GroupsOf(characters, kGroup),
                          .sketch = GroupsOf(characters, kSketchGroup)};
  std::vector<std::uint32_t>& sketch = fingerprint.sketch;
  sketch.erase(std::unique(sketch.begin(), sketch.end()), sketch.end());
  if (sketch.size() > kSketchMax) sketch.resize(kSketchMax);
  sketch.shrink_to_fit();
  return fingerprint;
}

double Likeness(const Fingerprint& one, const Fingerprint& other) {
  const std::size_t all = one.groups.size() + other.groups.size();
  if (all == 0) return 1;
  std::size_t common = 0;
  for (auto a = one.groups.begin(), b = other.groups.begin();
       a != one.groups.end() && b != other.groups.end();) {
    if (*a == *b) {
      ++common, ++a, ++b;
    } else if (*a < *b) {
      ++a;
    } else {
      ++b;
    }
  }
  return 2.0 * static_cast<double>(common) / static_cast<double>(all);
}

}  // namespace telex::translation
