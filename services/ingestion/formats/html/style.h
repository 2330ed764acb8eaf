#pragma once

#include <string_view>

namespace telex::ingestion::html {

// What a `style` attribute says that elements of the policy say as well. Editors such as Google
// Docs mark text so.
struct Style {
  bool raised = false;   // vertical-align: super
  bool lowered = false;  // vertical-align: sub
  bool struck = false;   // text-decoration: line-through
  bool italic = false;   // font-style: italic, oblique
  bool bold = false;     // font-weight: bold, bolder, 600 and more
  // direction: rtl or ltr; else empty. It lives as long as the program.
  std::string_view direction;
};

// Reads declarations of CSS that are written plainly: without escapes, comments and character
// references, in one of the values above; all others say nothing. Of several for one property the
// last counts. Styles of more than kStyleBytesMax say nothing. Linear, pure.
Style ReadStyle(std::string_view style);

inline constexpr std::size_t kStyleBytesMax = 4'000;

}  // namespace telex::ingestion::html
