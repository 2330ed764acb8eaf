#pragma once

// The parts of RFC 9110 that decide which answer a client gets: conditional requests (13), HTTP
// dates (5.6.7) and Accept-Encoding (12.5.3). Pure functions, any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace telex::http {

// --- entity tags (8.8.3) ---------------------------------------------------------------------

// `"abc"` or `W/"abc"`.
struct EntityTag {
  std::string_view opaque;  // between the quotes
  bool weak = false;
};

bool StronglyEqual(EntityTag a, EntityTag b);  // neither is weak, and equal
bool WeaklyEqual(EntityTag a, EntityTag b);    // equal, weak or not

// One tag and nothing else; nullopt when it is none.
std::optional<EntityTag> ParseEntityTag(std::string_view text);

// Walks through the value of If-Match or If-None-Match:
//   for (EntityTagList tags(value); auto tag = tags.Next();) ...
// Ends at the first thing that is not a tag.
class EntityTagList {
 public:
  explicit EntityTagList(std::string_view value);
  bool any() const { return any_; }  // the value is `*`; then there are no tags
  std::optional<EntityTag> Next();
  bool malformed() const { return malformed_; }  // known once Next() has given nullopt

 private:
  std::string_view rest_;
  bool any_ = false;
  bool malformed_ = false;
};

// --- conditional requests (13.2.2) -----------------------------------------------------------

// What the request says; nullopt where it says nothing.
struct Conditions {
  std::optional<std::string_view> if_match;
  std::optional<std::string_view> if_none_match;
  std::optional<std::string_view> if_modified_since;
  std::optional<std::string_view> if_unmodified_since;
};

// What is there. `etag` is as it is sent, quotes included; "" when there is none.
struct Validators {
  std::string_view etag;
  std::optional<absl::Time> last_modified;
  // Several states are known to share that second: who has seen one of them may not have seen the
  // last, so that an equal If-Modified-Since proves nothing (8.8.2.2).
  bool second_is_shared = false;
};

enum class Verdict : std::uint8_t {
  kProceed,             // answer as without conditions
  kNotModified,         // 304
  kPreconditionFailed,  // 412
};

// For something that exists. If-None-Match wins over If-Modified-Since and If-Match over
// If-Unmodified-Since; dates that cannot be read are ignored; a malformed list of tags matches
// what stood before the fault. `now` settles two-digit years only.
Verdict Evaluate(const Conditions& conditions, const Validators& current, bool get_or_head,
                 absl::Time now);

// --- dates (5.6.7) ---------------------------------------------------------------------------

// "Sun, 06 Nov 1994 08:49:37 GMT"; cut to whole seconds, years 0000..9999 (others are clamped).
std::string FormatHttpDate(absl::Time time);

// IMF-fixdate, RFC 850 ("Sunday, 06-Nov-94 08:49:37 GMT") or asctime ("Sun Nov  6 08:49:37 1994").
// A two-digit year that would lie more than 50 years after `now` is of the century before.
std::optional<absl::Time> ParseHttpDate(std::string_view text, absl::Time now);

// --- content codings (12.5.3) ----------------------------------------------------------------

enum class Coding : std::uint8_t { kIdentity, kGzip, kBrotli };

// "identity", "gzip", "br".
std::string_view CodingName(Coding coding);

// Whether an answer in that coding is acceptable, and no less welcome than identity. No header:
// any.
bool Accepts(std::optional<std::string_view> accept_encoding, Coding coding);

// What the server has besides identity, which it always has.
struct CodingsOffered {
  bool gzip = true;
  bool brotli = true;
};

// The coding with the greatest q; among equals brotli, gzip, identity. No header: identity.
// Identity is taken when nothing else is acceptable and it is not ruled out; nullopt when it is
// (the caller answers 406, or identity all the same, which 12.5.3 allows). Elements that cannot be
// read are passed over.
std::optional<Coding> NegotiateCoding(std::optional<std::string_view> accept_encoding,
                                      CodingsOffered offered = {});

}  // namespace telex::http
