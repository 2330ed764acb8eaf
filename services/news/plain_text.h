#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

namespace telex::news {

// How the blocks of a body stand in plain text.
enum class Lines {
  kKept,    // a line each
  kJoined,  // all in one line, for summaries
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
//   <bdi>, <bdo>                      between the isolates and overrides of UAX #9
//   <ul><li>a<li>b</ul>               • a, • b
//   <ol><li>a<li>b</ol>               1. a, 2. b, as start, reversed (which needs a start), type
//   and
//                                     value have it
//   <td>1</td><td>2</td>              1 | 2; in a table within a cell 1, 2
//   <td colspan="2">                  as a cell and an empty one
//   <td rowspan="2">                  the same in both rows; empty below where it is long
//   <pre>                             its own lines and spaces
//   <img>                             nothing
//
// Each block (p, li, dt, dd, tr, figcaption) has a line. In one line, and within a cell, blocks and
// lines (br) are apart by a blank where the one before ends in punctuation of its script, else by
// " • "; items of lists, captions and tables always so, rows by "; ", <dt> and <dd> by a bar.
//
// Directions of the text itself are balanced (news/directions.h): each block, mark and line closes
// what it opens and no more.
//
// Takes whatever comes, also what is no sanitised HTML or no UTF-8 (U+FFFD). Stops soon after
// `bytes_max` bytes. Linear (cells over rows are repeated in up to 100 KB), pure.
std::string PlainTextOf(std::string_view body_html, Lines lines = Lines::kKept,
                        std::size_t bytes_max = std::numeric_limits<std::size_t>::max());

}  // namespace telex::news
