#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "feeds/domain/feed_key.h"
#include "feeds/domain/stamp.h"
#include "news/article_id.h"
#include "platform/http/conditional.h"

namespace telex::feeds {

// How the bytes of a rendition are coded on the wire.
using http::Coding;
inline constexpr int kCodings = 3;

// The suffix that a coding gives an entity tag: "", "-gzip", "-br".
std::string_view SuffixOf(Coding coding);

// Which resource a tag is of: a hash (FNV-1a, 32 bits) of what its address names and of nothing
// else, so that it is the same on every replica, in every release, whatever the content.
using ResourceNumber = std::uint32_t;
ResourceNumber ResourceOf(const FeedKey& key, std::string_view format, bool with_views = false);
ResourceNumber ResourceOf(const news::ArticleId& id, std::string_view format);

// Stands for the content hash in the tag of a 410: what was seen is the takedown.
inline constexpr std::string_view kTakedownHash = "gone";

// The entity tag (RFC 9110 section 8.8.3) of a rendition, strong:
// `"{stamp}.{resource}.{content hash}{suffix}"`.
struct FeedTag {
  Stamp stamp;
  ResourceNumber resource = 0;
  std::string hash;  // of the content, lower-case hexadecimal; or kTakedownHash
  Coding coding = Coding::kIdentity;

  bool IsTakedown() const { return hash == kTakedownHash; }
  bool operator==(const FeedTag&) const = default;
};

// With its quotes.
std::string FormatTag(std::string_view encoded_stamp, ResourceNumber resource,
                      std::string_view hash, Coding coding);
std::string FormatTag(const FeedTag& tag);

// Reads what stands between the quotes. None for a tag that is not one of ours.
std::optional<FeedTag> ParseOpaqueTag(std::string_view opaque);
// Reads one tag with its quotes; a `W/` before it is ignored, since If-None-Match compares weakly.
std::optional<FeedTag> ParseTag(std::string_view text);

}  // namespace telex::feeds
