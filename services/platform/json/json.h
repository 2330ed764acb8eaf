// JSON text. nlohmann's parser and writer are compiled in this room alone: they are half of what a
// file that uses them costs to compile.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace telex::json {

// Members keep the order in which they were put in. Whoever looks inside includes
// <nlohmann/json.hpp>.
using Value = nlohmann::ordered_json;

// Bytes that are no UTF-8 are written as U+FFFD. `indent`: spaces a level; -1: all in one line. Any
// thread.
std::string Write(const Value& value, int indent = -1);

// RFC 8259; nothing when it is no JSON. Any thread.
std::optional<Value> Parse(std::string_view text);

}  // namespace telex::json
