#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace telex::news {

// What text says of its direction by characters (UAX #9): embeddings and overrides (U+202A to
// U+202E) and isolates (U+2066 to U+2069). One that is left open turns whatever a reader puts
// behind it, and one closed too often lets the text out of where it was put.

// True for the characters that open or close a direction.
bool IsDirection(char32_t c);
bool OpensDirection(char32_t c);
// True for what ends a paragraph, and with it every direction that is open.
bool EndsParagraph(char32_t c);

// The directions that are open at a place in a text.
class Directions {
 public:
  // Appends what `c`, a direction, comes to: an opener as it is; what closes an isolate behind what
  // closes the embeddings in it; nothing for a closer of what is not open above `base`.
  void Append(char32_t c, std::size_t base, std::string& text);
  // Closes all that is open above `base`.
  void Close(std::size_t base, std::string& text);
  std::size_t open() const { return closing_.size(); }
  // Bytes that Close(0) would append.
  std::size_t closing_bytes() const;

 private:
  std::vector<char32_t> closing_;
};

// `text` with its directions closed at the end of each paragraph, and without closers of nothing;
// all else of it is as it was. Linear, pure.
std::string Balanced(std::string_view text);

}  // namespace telex::news
