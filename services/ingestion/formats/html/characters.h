#pragma once

#include <string_view>

namespace telex::ingestion::html {

// Characters that canonical HTML does not write as they are: one place for who writes it and who
// reads it back.

inline constexpr char32_t kNoBreakSpace = 0xA0;

// The reference in whose place `c` may not stand in text; empty for all others.
constexpr std::string_view ReferenceFor(char32_t c) {
  return c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : "";
}

// The character of a reference that ReferenceFor() gives.
constexpr char CharacterOf(std::string_view reference) {
  return reference == ReferenceFor('<') ? '<' : reference == ReferenceFor('>') ? '>' : '&';
}

// What runs together into one space.
constexpr bool IsSpace(char32_t c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == kNoBreakSpace ||
         c == 0x2028 || c == 0x2029;
}

}  // namespace telex::ingestion::html
