#pragma once

#include <span>
#include <string_view>

#include "ingestion/formats/html/attributes.h"

namespace telex::ingestion::html {

// What becomes of an element.
enum class Treatment {
  kBlock,    // kept
  kInline,   // kept
  kVoid,     // kept, has no content: br, img
  kDivide,   // unwrapped, but what stands before and behind it are different blocks: div, section;
             // its direction goes to the blocks in it, as does that it is not to be translated
  kUnwrap,   // unwrapped: span, font, and whatever is unknown; one that says a direction is a span
             // to the tree, which keeps it as bdi; one that is not to be translated stays a span
  kVanish,   // has no content, goes: hr, meta
  kDrop,     // goes with its content
  kDropRaw,  // goes with its content, in which no tags are read: script
};

// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): in the order of a table's row
struct Element {
  std::string_view name;  // lower case
  Treatment treatment;
  std::string_view kept_as = {};               // the name it is kept as
  std::span<const Attribute> attributes = {};  // those it keeps, in the order they are written
  bool needs_attribute = false;                // says nothing without the first of them
  bool reported = false;                       // that it is not kept is told, see dropped.h
};

// What to do with an element; `name` in lower case.
Element ElementOf(std::string_view name);

// Inline elements whose meaning holds for each block in them, if there are any: an edit, a quote.
bool HoldsForBlocks(std::string_view kept_as);

}  // namespace telex::ingestion::html
