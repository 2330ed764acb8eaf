#include "translation/domain/checks/segment_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "translation/domain/checks/addresses.h"

namespace telex::translation::checks {
namespace {

std::uint32_t EscapedBytes(char c) {
  return static_cast<std::uint32_t>(c == '&' || c == '<' ? EscapeText({&c, 1}).size() : 1);
}

// Appends the text of pieces, and for each byte its place in the tagged text.
std::string ReadInto(const std::vector<Piece>& pieces, std::vector<std::uint32_t>& places) {
  std::string text;
  std::uint32_t at = 0;
  for (const Piece& piece : pieces) {
    if (piece.kind == Piece::Kind::kText) {
      for (const char c : piece.text) {
        places.push_back(at);
        at += EscapedBytes(c);
      }
      text += piece.text;
      continue;
    }
    if (piece.kind == Piece::Kind::kStandalone) {
      places.insert(places.end(), kTagMark.size(), at);
      text += kTagMark;
    }
    at += static_cast<std::uint32_t>(RenderTagged({piece}).size());
  }
  places.push_back(at);
  return text;
}

}  // namespace

Side::Side(const news::LanguageTag& language, bool is_source, const std::vector<Piece>& pieces)
    : language_(language),
      is_source_(is_source),
      base_(language.text().substr(0, language.text().find('-'))),
      text_(ReadInto(pieces, places_)),
      words_(text_),
      addresses_(AddressesIn(text_)) {}

Finding Side::FindingAt(Check check, news::WordSpan place, std::string message) const {
  // The end is behind its last byte, not behind a tag that follows.
  const std::size_t begin = places_[place.begin];
  std::size_t end = begin;
  if (place.end > place.begin) {
    const std::size_t last = place.end - 1;
    end = places_[last] + EscapedBytes(text_[last]);
  }
  return {check, is_source_, begin, end, std::move(message)};
}

Finding Side::LackingOf(Check check, news::WordSpan place) const {
  const std::string_view what = is_source_ ? "the translation lacks" : "the source has no";
  return FindingAt(check, place, fmt::format("{} {}", what, place.Of(text_)));
}

bool Side::IsInAddress(std::size_t at) const {
  return std::any_of(addresses_.begin(), addresses_.end(), [at](const news::WordSpan& address) {
    return address.begin <= at && at < address.end;
  });
}

}  // namespace telex::translation::checks
