#pragma once

#include <optional>
#include <string_view>

#include "feeds/domain/feed_tag.h"
#include "feeds/domain/stamp.h"
#include "platform/http/conditional.h"

namespace telex::feeds {

// What a request says of the copies that its client has.
struct Asked {
  http::Conditions conditions;
  std::optional<std::string_view> accept_encoding;
};

// What would be sent: the state of the page that we have, in the coding that was negotiated.
struct Own {
  std::string_view etag;  // with its quotes; says what the next four say
  const Stamp& stamp;
  ResourceNumber resource = 0;
  std::string_view hash;
  Coding coding = Coding::kIdentity;
};

enum class Verdict {
  kSend,                // 200
  kNotModified,         // 304
  kPreconditionFailed,  // 412
  kAwait,               // the client has seen what we have not: ask again when the fold has gone on
};

struct Judgement {
  Verdict verdict = Verdict::kSend;
  // The tag of the client's copy (without quotes, a view into what was asked) that a 304 is about,
  // or that is waited for. Empty: it is our own.
  std::string_view copy = {};
  bool overdue = false;  // 304 because the time to wait is over, not because the copy was known

  bool operator==(const Judgement&) const = default;
};

// How to answer a GET or HEAD of something that is there: by RFC 9110 section 13.2.2
// (http::Evaluate), and where its rules say 200 although the client names copies of this very
// resource, by their stamps (docs/adr/feed-etag-per-partition.md):
// - a copy with our hash and coding has our bytes, whatever has changed outside of the window: 304;
// - a copy whose stamp is ahead of ours is the newer one: kAwait as long as there is time, then 304
//   (never for a copy whose coding the request does not accept);
// - all else: 200.
// Allocates nothing when the tag is ours to the byte. Looks at no more than kTagsMax tags that are
// not ours.
Judgement Judge(const Asked& asked, const Own& own, bool time_to_wait);
inline constexpr int kTagsMax = 16;

// The same for one copy alone: kSend, kNotModified or kAwait.
Verdict JudgeCopy(const FeedTag& copy, const Own& own);

}  // namespace telex::feeds
