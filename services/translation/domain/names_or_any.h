#pragma once

#include <algorithm>
#include <vector>

namespace telex::translation {

// Whether a list names a value; an empty list names any.
template <typename Value>
bool NamesOrAny(const std::vector<Value>& named, const Value& value) {
  return named.empty() || std::ranges::find(named, value) != named.end();
}

}  // namespace telex::translation
