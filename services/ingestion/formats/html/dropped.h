#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace telex::ingestion::html {

// What carried something for a reader and was not kept: names of elements, each once, in the order
// they came, bounded; and directions.
struct Dropped {
  std::vector<std::string> with_content;  // svg, form: what stood in them is gone, too
  std::vector<std::string> unknown;       // their text was kept
  bool styled_direction = false;          // a direction was said by style alone
};

inline constexpr std::size_t kDroppedNamesMax = 10;  // of each kind
inline constexpr std::size_t kDroppedNameBytesMax = 40;

}  // namespace telex::ingestion::html
