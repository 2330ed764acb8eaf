#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace telex::ingestion {

// How much of two stories is the same text. All are pure; bounded by kResemblanceBytesMax of each.

// Of a body's HTML, as much is looked at.
inline constexpr std::size_t kResemblanceBytesMax = std::size_t{64} << 10;
// Of this resemblance and above, two stories of one source and day are likely versions of one.
inline constexpr double kNearlyTheSame = 0.6;

// Hashes of every four words that follow each other (all words, where there are fewer), sorted,
// without repeats. Case and tags do not count.
using Shingles = std::vector<std::uint64_t>;
Shingles ShinglesOf(std::string_view body_html);

// Those that both have, as a part of those that either has: 0 to 1. 0 when both are empty.
double Resemblance(const Shingles& a, const Shingles& b);

}  // namespace telex::ingestion
