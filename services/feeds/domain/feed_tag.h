#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "feeds/domain/stamp.h"

namespace telex::feeds {

// How the bytes of a rendition are coded on the wire.
enum class Coding { kIdentity, kGzip, kBrotli };
inline constexpr int kCodings = 3;

// The suffix that a coding gives an entity tag: "", "-gzip", "-br".
std::string_view SuffixOf(Coding coding);

// The entity tag (RFC 9110 section 8.8.3) of a rendition: `"{stamp}.{content hash}{suffix}"`,
// strong.
struct FeedTag {
  Stamp stamp;
  std::string hash;  // of the content, lower-case hexadecimal
  Coding coding = Coding::kIdentity;

  bool operator==(const FeedTag&) const = default;
};

// With its quotes.
std::string FormatTag(std::string_view encoded_stamp, std::string_view hash, Coding coding);
std::string FormatTag(const FeedTag& tag);

// Reads one tag with its quotes; a `W/` before it is ignored, since If-None-Match compares weakly.
// None for a tag that is not one of ours.
std::optional<FeedTag> ParseTag(std::string_view text);

// Calls `visit(text)` for each tag of an If-None-Match field (quotes kept, W/ dropped), at most
// kTagsMax of them; `*` comes as it is. Stops when `visit` returns true, and then returns true.
template <typename Visit>
bool VisitTags(std::string_view field, Visit visit);
inline constexpr int kTagsMax = 16;

// What to answer to a request that carries a tag, when the state we have is `own`.
enum class Verdict {
  kSend,         // ours is newer, or the tag says nothing about us
  kNotModified,  // the client has what we have
  kAwait,        // the client has seen something that we have not: wait for the fold, then 304
};

// `hash` is that of our content. A client whose stamp is behind but whose hash is ours has the very
// same bytes (something outside of the window has changed).
Verdict Judge(const FeedTag& client, const Stamp& own, std::string_view hash, Coding coding);

template <typename Visit>
bool VisitTags(std::string_view field, Visit visit) {
  for (int seen = 0; seen < kTagsMax; ++seen) {
    const auto start = field.find_first_not_of(" \t,");
    if (start == std::string_view::npos) return false;
    field.remove_prefix(start);
    if (field.front() == '*') return visit(field.substr(0, 1));
    if (field.starts_with("W/")) field.remove_prefix(2);
    if (field.empty() || field.front() != '"') return false;
    const auto end = field.find('"', 1);
    if (end == std::string_view::npos) return false;
    if (visit(field.substr(0, end + 1))) return true;
    field.remove_prefix(end + 1);
  }
  return false;
}

}  // namespace telex::feeds
