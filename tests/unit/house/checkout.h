#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace telex::house {

// The text files of a checkout that are its own: by path from its root, with slashes. What is built
// or fetched (build/, bin/, hidden folders but .ci) and what is not text is left out.
using Files = std::map<std::string, std::string>;

Files ReadCheckout(const std::filesystem::path& root);

bool IsUnder(std::string_view path, std::string_view folder);  // folder as "services/platform"
bool HasSuffix(std::string_view path, std::string_view suffix);
bool IsCpp(std::string_view path);

// "services/feeds/domain/stamp.h" → its parts.
std::vector<std::string> PartsOf(std::string_view path);

}  // namespace telex::house
