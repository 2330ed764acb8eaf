#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace telex::house {

// The headers that a C++ text includes, in order, without their quotes or brackets.
std::vector<std::string> IncludesOf(std::string_view text);

// What `path` ("services/feeds/domain/stamp.cc") may not include of what it does; one line a fault,
// empty when it is in order. The rules are in services/README.md.
std::vector<std::string> CheckIncludes(std::string_view path, std::string_view text);

}  // namespace telex::house
