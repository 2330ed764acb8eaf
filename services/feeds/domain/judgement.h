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
  std::string_view hash;  // empty: there is nothing to send
  Coding coding = Coding::kIdentity;

  bool IsThere() const { return !hash.empty(); }
};

enum class Verdict {
  kSend,                // 200
  kNotModified,         // 304
  kPreconditionFailed,  // 412
  kAwait,               // the client has seen what we have not: ask again when the fold has gone on
  kBehind,              // 503: it has seen what we have not, and has no copy to keep
};

struct Judgement {
  Verdict verdict = Verdict::kSend;
  // The tag of the client's copy (without quotes, a view into what was asked) that a 304 is about,
  // or that is waited for. Empty: it is our own.
  std::string_view copy = {};
  bool overdue = false;  // 304 or 503 because the time to wait is over, and the fold has not come

  bool operator==(const Judgement&) const = default;
};

// How to answer a GET or HEAD of something that is there: by RFC 9110 section 13.2.2
// (http::Evaluate), and where its rules say 200 although the client names copies of this very
// resource, by their stamps (docs/adr/feed-etag-per-partition.md):
// - a copy with our hash and coding has our bytes, whatever has changed outside of the window: 304;
// - a copy whose stamp is ahead of ours is the newer one: kAwait as long as there is time, then 304
//   (never for a copy whose coding the request does not accept);
// - a copy of our stories or older ones that shows newer views: kAwait as long as there is time,
//   then 304 where its stories are ours, else 200, for no number is worth a takedown that comes
//   late (docs/adr/feeds-with-view-counts.md);
// - a copy of our stories with views, where we know none: 304;
// - a takedown whose stamp is ahead of ours: kAwait, then 503, whatever copies are named beside it;
// - all else: 200.
// Allocates nothing when the tag is ours to the byte. Looks at no more than kTagsMax tags that are
// not ours.
Judgement Judge(const Asked& asked, const Own& own, bool time_to_wait);

// The same for what is not there (404, 410), as far as `stamp` knows. Conditions do not count then
// (RFC 9110 section 13.2.1), but a tag that is ahead tells that we are behind: kAwait, then 304 to
// a copy and 503 to a takedown. All else: kSend.
Judgement JudgeAbsent(const Asked& asked, const Stamp& stamp, ResourceNumber resource,
                      bool time_to_wait);
inline constexpr int kTagsMax = 16;

// The same for one copy alone: kSend, kNotModified or kAwait.
Verdict JudgeCopy(const FeedTag& copy, const Own& own);

}  // namespace telex::feeds
