#pragma once

#include <compare>
#include <cstdint>

namespace telex::news {

// The number of a version of an article or of another resource: 1, 2, 3 … without holes. Zero means
// "none yet".
struct Version {
  std::int64_t number = 0;

  constexpr Version Next() const { return Version{number + 1}; }
  auto operator<=>(const Version&) const = default;

  template <typename H>
  friend H AbslHashValue(H state, const Version& version) {
    return H::combine(std::move(state), version.number);
  }
};

}  // namespace telex::news
