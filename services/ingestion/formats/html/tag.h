#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace telex::ingestion::html {

// Every attribute that some element of the policy keeps, and what says the same as one.
inline constexpr std::array<std::string_view, 17> kAttributeNames = {
    "href",  "src",   "alt",   "title",    "cite", "datetime",  "dir",   "colspan", "rowspan",
    "scope", "start", "value", "reversed", "type", "translate", "style", "class"};

struct Tag {
  std::string name;           // lower case; empty when longer than any known one
  std::string_view raw_name;  // as written
  bool closing = false;
  bool self_closing = false;
  // By the place in kAttributeNames: as written, character references and all. The first of a name
  // counts.
  std::array<std::optional<std::string_view>, kAttributeNames.size()> values;

  // That of a name of kAttributeNames.
  const std::optional<std::string_view>& ValueOf(std::string_view attribute) const;

  // Whether what is in the element is not to be translated: translate="no", or, where there is no
  // such attribute, the class notranslate, which engines have heeded for longer.
  bool IsUntranslated() const;
};

// Reads the tag whose '<' stands at `at`, and moves behind it. Nothing when `in` ends within it.
std::optional<Tag> ReadTag(std::string_view in, std::size_t& at);

// As browsers take it in markup.
constexpr bool IsMarkupSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

}  // namespace telex::ingestion::html
