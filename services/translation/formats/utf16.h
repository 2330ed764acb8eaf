// UTF-16 in files of other systems' tools. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace telex::translation {

// Whether bytes begin as XML in UTF-16 does: with its byte order mark, or with < in two bytes.
bool IsUtf16(std::string_view bytes);

// The same in UTF-8, without the mark; nullopt: half a character at the end, a surrogate alone.
std::optional<std::string> Utf8OfUtf16(std::string_view bytes);

}  // namespace telex::translation
