#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::redis {

// What the server answered, as a value (RESP2). Any thread.
struct Reply {
  enum class Kind { kNil, kString, kStatus, kInteger, kArray, kError };

  Kind kind = Kind::kNil;
  std::string text;          // kString, kStatus, kError ("WRONGTYPE Operation against ...")
  std::int64_t integer = 0;  // kInteger
  std::vector<Reply> items;  // kArray

  bool is_error() const { return kind == Kind::kError; }
  // The text of a string or status; nullopt for anything else (nil: no such key).
  std::optional<std::string_view> Text() const {
    if (kind != Kind::kString && kind != Kind::kStatus) return std::nullopt;
    return text;
  }
  std::optional<std::int64_t> Integer() const {
    if (kind != Kind::kInteger) return std::nullopt;
    return integer;
  }
};

}  // namespace telex::redis
