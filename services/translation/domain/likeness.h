// How like two texts are, in any script and with any inflection: by their groups of three
// characters. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace telex::translation {

inline constexpr std::size_t kGroupsMax = 4'000;  // of a text; what follows is not heeded
inline constexpr std::size_t kSketchMax = 12;

struct Fingerprint {
  std::vector<std::uint32_t> groups;  // hashes, sorted; each as often as it comes
  // A sample of its groups of five, by which like texts are found: those with half of their groups
  // in common share some of it as a rule.
  std::vector<std::uint32_t> sketch;
};

Fingerprint FingerprintOf(std::string_view text);

// What they have in common of all groups that they have (Dice): 0 … 1. Two empty texts: 1.
double Likeness(const Fingerprint& one, const Fingerprint& other);

}  // namespace telex::translation
