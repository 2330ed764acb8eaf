// The text of a segment with its inline markup as numbered tags, so that whoever translates sees
// where it is and cannot change what it is: "Prices rose by <1>ten</1> per cent<2/>". Pure;
// thread-safe.
//
//   <n>…</n>  markup around text (a, strong, sup …)      n counts from 1 within the segment,
//   <n/>      markup without text, or protected text     in the order of the source
//   &amp;  &lt;   the characters & and < as text; > stands for itself
//
// XLIFF 2.1 calls the first a spanning code (pc), the second a standalone code (ph).
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

namespace telex::translation {

inline constexpr int kTagsMax = 999;  // of a segment

struct Piece {
  enum class Kind { kText, kOpen, kClose, kStandalone };
  Kind kind = Kind::kText;
  std::string text;  // of kText, without escapes
  int tag = 0;       // of the others

  bool operator==(const Piece&) const = default;
};

// INVALID_ARGUMENT naming the place: a tag that is none, has no number within 1 … kTagsMax, comes
// twice, closes what is not open or stays open; a reference that is neither of the two.
absl::StatusOr<std::vector<Piece>> ParseTagged(std::string_view tagged);
// The reverse. Neighbouring texts come out as one.
std::string RenderTagged(const std::vector<Piece>& pieces);

// A text without tags, as tagged text.
std::string EscapeText(std::string_view text);
// What a reader reads: the text alone. Of what ParseTagged refuses: as far as it can be read.
std::string PlainTextOf(std::string_view tagged);

}  // namespace telex::translation
