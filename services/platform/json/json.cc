#include "platform/json/json.h"

#include <nlohmann/json.hpp>

namespace telex::json {

std::string Write(const Value& value, int indent) {
  return value.dump(indent, ' ', false, Value::error_handler_t::replace);
}

std::optional<Value> Parse(std::string_view text) {
  Value value = Value::parse(text, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) return std::nullopt;
  return value;
}

}  // namespace telex::json
