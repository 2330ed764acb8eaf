#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace telex::ingestion::html {

// The names of elements that carried something for a reader and were not kept, each once, in the
// order they came; bounded.
struct Dropped {
  std::vector<std::string> with_content;  // svg, form: what stood in them is gone, too
  std::vector<std::string> unknown;       // their text was kept
};

inline constexpr std::size_t kDroppedNamesMax = 10;  // of each kind
inline constexpr std::size_t kDroppedNameBytesMax = 40;

}  // namespace telex::ingestion::html
