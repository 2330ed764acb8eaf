#pragma once

// The parts of RFC 9110 that decide which answer a client gets: conditional requests by entity tags
// (13; nothing here has a date of modification, see docs/adr/tags-alone.md), HTTP dates (5.6.7) and
// Accept-Encoding (12.5.3). Pure functions, any thread.

#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

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
};

enum class Verdict : std::uint8_t {
  kProceed,             // answer as without conditions
  kNotModified,         // 304
  kPreconditionFailed,  // 412
};

// For something that exists. `etag` is as it is sent, quotes included; "" when there is none. A
// malformed list of tags matches what stood before the fault.
Verdict Evaluate(const Conditions& conditions, std::string_view etag, bool get_or_head);

// --- dates (5.6.7) ---------------------------------------------------------------------------

// "Sun, 06 Nov 1994 08:49:37 GMT"; cut to whole seconds, years 0000..9999 (others are clamped).
std::string FormatHttpDate(absl::Time time);

// All three forms that 5.6.7 wants to be read: IMF-fixdate, RFC 850's, asctime's. nullopt for
// anything else; the day of the week is not held against the date.
std::optional<absl::Time> ParseHttpDate(std::string_view text);

// --- content codings (12.5.3) ----------------------------------------------------------------

enum class Coding : std::uint8_t { kIdentity, kGzip, kBrotli };

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
