// Tagged text as engines take markup, and back: elements with the tag's number as their id, which
// an engine keeps around the words that it moves. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace telex::translation {

enum class EngineMarkup : std::uint8_t {
  kHtml,  // <span id="t1">…</span>, <br id="t2">
  kXml,   // <x id="t1">…</x>, <x id="t2"/>
};

// `tagged` is tagged text (tagged_text.h).
std::string ToEngine(std::string_view tagged, EngineMarkup markup);
// Nothing where other elements stand in it than ToEngine writes, or where they are broken. Whether
// all came back is for whoever checks the translation.
std::optional<std::string> FromEngine(std::string_view text, EngineMarkup markup);

}  // namespace telex::translation
