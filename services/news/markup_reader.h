#pragma once

#include <optional>
#include <string_view>

namespace telex::news {

// Reads sanitised HTML piece by piece, and whatever else comes.

// <name ...> or </name>.
struct Tag {
  std::string_view text;
  std::string_view name;
  bool closing = false;

  // `tag` begins with < and ends with the > that follows.
  explicit Tag(std::string_view tag);

  // The value as it is written, of " name=" with its blank and equals sign; empty where there is
  // none.
  std::string_view Value(std::string_view blank_name_equals) const;
  // The same as a number.
  std::optional<int> Number(std::string_view blank_name_equals) const;
  bool Has(std::string_view blank_name_equals) const {
    return text.find(blank_name_equals) != std::string_view::npos;
  }
};

// Reads a character off the front of HTML that is not empty, one that a reference stands for
// included. U+FFFD for what is no UTF-8.
char32_t TakeCharacter(std::string_view& html);

}  // namespace telex::news
