#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace telex::house {

struct Include {
  std::string header;
  bool is_quoted = false;  // "header"; otherwise <header>
};

// The headers that a C++ text includes, in order.
std::vector<Include> IncludesOf(std::string_view text);

// The folders of services/, by which Telex's own headers are known: "news", "platform", "feeds" ...
using Areas = std::set<std::string, std::less<>>;

// What `path` ("services/feeds/domain/stamp.cc") may not include of what it does; one line a fault,
// empty when it is in order. The rules are in services/README.md.
std::vector<std::string> CheckIncludes(std::string_view path, std::string_view text,
                                       const Areas& areas);

// What is included in the other style: Telex's own and generated headers stand in quotes, all
// others in angle brackets.
std::vector<std::string> CheckIncludeStyle(std::string_view path, std::string_view text,
                                           const Areas& areas);

}  // namespace telex::house
