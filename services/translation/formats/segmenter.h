// An article's texts as segments, and the way back.
//
// Translated are the headline (one segment), the body sentence by sentence, with the texts of its
// pictures and abbreviations (alt, title), and the alternative texts of media that partners get.
// Credits and bylines are names and stay as they are.
//
// White space between sentences, line breaks there, pictures and markup around a whole sentence
// are not in the segments. What is, are tags: markup within a sentence, and text that is the same
// in each language (addresses of web and mail, code, kbd, samp, var, and elements with
// translate="no"; blocks that have it stay as they are, with all that is in them). Markup that goes
// on over the end of a sentence is a tag in each, and one element again when both leave it at that
// end.
//
// Pure, linear; callable from any thread.
#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "news/article.h"
#include "news/language_tag.h"
#include "translation/domain/segment.h"
#include "translation/formats/segmented_body.h"

namespace telex::translation {

// The rule by which texts are cut, recorded with what is made of the segments. A new number is for
// a change after which an article would be cut otherwise, a new ICU included.
inline constexpr int kSegmentationRule1 = 1;

inline constexpr std::size_t kSegmentsMax = 20'000;  // of an article
inline constexpr std::size_t kBodyDepthMax = 100;    // of elements within each other

struct Segmentation {
  int rule = kSegmentationRule1;
  std::vector<Segment> segments;  // the headline, the body in its order, the media
  SegmentedBody body;
  int headline = -1;                       // its segment
  std::vector<std::pair<int, int>> media;  // index of Content::media, segment of its alt_text
};

// `content` as it is in the log: its body is sanitised HTML. INVALID_ARGUMENT with the field
// `body_html`: FIELD_INVALID for HTML whose elements are not closed in order or are too deep,
// FIELD_TOO_LONG for more than kSegmentsMax segments.
absl::StatusOr<Segmentation> SegmentContent(const news::Content& content);

// `source`, from which `segmentation` was made, in the language `target`: `texts` are its segments'
// translations, in their order, tagged. With the texts as they were it is the same but for the
// language. The body has the same structure, and is HTML of the same allow-list in canonical form
// (white space collapsed), with dir="…" of what is translated turned where the languages differ in
// direction; between sentences are blanks as the target language has them.
//
// INVALID_ARGUMENT, FIELD_INVALID with the place of the segment as the field: no text, tags that
// are not those of the segment, a link within a link, a reading of ruby outside of it;
// FIELD_TOO_LONG for headline, alt texts and body beyond the bounds of Content.
absl::StatusOr<news::Content> Assemble(const news::Content& source,
                                       const Segmentation& segmentation,
                                       std::span<const std::string> texts,
                                       const news::LanguageTag& target);

}  // namespace telex::translation
