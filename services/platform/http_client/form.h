#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::http_client {

// application/x-www-form-urlencoded (WHATWG URL, 5.2). Pure; any thread.
std::string FormOf(const std::vector<std::pair<std::string_view, std::string>>& fields);

}  // namespace telex::http_client
