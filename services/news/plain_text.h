#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

namespace telex::news {

// How the blocks of a body stand in plain text.
enum class Lines {
  kKept,    // a line each
  kJoined,  // all in one line, for summaries; rows of a table are apart by "; "
};

// The body of an article (its body_html) as plain text, for everything that shows no markup. What
// markup means is told in words or signs, so that no text says what its author did not:
//
//   10<sup>6</sup> H<sub>2</sub>O     10⁶ H₂O; x^(a/b), x_(β+1) where Unicode lacks a character
//   <del>guilty</del>, <s>guilty</s>  [deleted: guilty]
//   <ins>, <mark>                     as they are
//   <q>yes</q>                        “yes”; within another ‘yes’
//   <abbr title="World Bank">         WB (World Bank), the first time
//   <ruby>漢字<rt>かんじ</ruby>         漢字(かんじ)
//   <bdi>, <bdo>                      between the isolates and overrides of UAX #9, always closed
//   <td>1</td><td>2</td>              1 | 2, a row a line
//   <dt>, <dd>, <li>, <figcaption>    a line each
//   <pre>                             its own lines and spaces
//   <img>                             nothing
//
// Takes whatever comes, also what is no sanitised HTML or no UTF-8 (U+FFFD). Stops soon after
// `bytes_max` bytes. Linear, pure.
std::string PlainTextOf(std::string_view body_html, Lines lines = Lines::kKept,
                        std::size_t bytes_max = std::numeric_limits<std::size_t>::max());

}  // namespace telex::news
