#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace telex::ingestion::html {

// What becomes of an element.
enum class Treatment {
  kBlock,    // kept
  kInline,   // kept
  kVoid,     // kept, has no content: br, img
  kDivide,   // unwrapped, but what stands before and behind it are different blocks: div, section
  kUnwrap,   // unwrapped: span, font, and whatever is unknown
  kVanish,   // has no content, goes: hr, meta
  kDrop,     // goes with its content
  kDropRaw,  // goes with its content, in which no tags are read: script
};

struct Element {
  std::string_view name;  // lower case
  Treatment treatment;
  std::string_view kept_as;  // the name it is kept as
};

// What to do with an element; `name` in lower case.
Element ElementOf(std::string_view name);

// An address as it may stand in href and src: http or https with a host and without user names,
// free of control characters, spaces and quotes (percent-encoded). Nothing when it may not.
std::optional<std::string> SafeAddress(std::string_view address);

// Longer addresses and alternative texts are left out.
inline constexpr std::size_t kAttributeBytesMax = 2'000;

}  // namespace telex::ingestion::html
