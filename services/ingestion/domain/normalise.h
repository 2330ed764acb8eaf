#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <optional>
#include <string>
#include <string_view>

#include "ingestion/domain/draft.h"
#include "ingestion/domain/source.h"
#include "ingestion/domain/submission.h"

namespace telex::ingestion {

// How far ahead a story's date may lie (clocks differ), and its embargo or expiry.
inline constexpr absl::Duration kStoryDateAheadMax = absl::Hours(24);
inline constexpr absl::Duration kEmbargoAheadMax = absl::Hours(24 * 365 * 5);
inline constexpr absl::Duration kExpiryAheadMax = absl::Hours(24 * 365 * 100);

struct NormaliseInput {
  const Draft& draft;
  const Source& source;
  absl::TimeZone zone;  // the source's; UTC where it names none
  absl::Time now;
  std::string_view key;  // the caller's; empty: what the draft gives
  // Before each field's name in an error: "article." or "document."; the names are the contract's
  // (telex.news.v1.Article).
  std::string_view field_path;
  // The section is a name printed on a page: "WORLD" is taken as world. One that a caller gives is
  // a slug or an alias.
  bool section_is_printed = false;
};

// Of the warnings that are kept, and of each.
inline constexpr std::size_t kWarningsMax = 50;
inline constexpr std::size_t kWarningBytesMax = 500;

// Applies a source's settings to a draft: aliases, defaults, terms, time zone, bounds. All that is
// wrong is said at once, each fault with its field (INVALID_ARGUMENT; errors::DetailsOf). NEEDS_KEY
// carries the metadata `proposed_key` where there is something to make one of; UNKNOWN_SECTION, for
// a name without an alias, `source` and the `section_alias` ("Политика=politika") that would do,
// where the name can be romanised. Aliases are compared as news::FoldedName. What shows nothing
// (news::IsBlank) counts as not given; headline and byline are one line. The result has neither
// base nor upstream. Warnings of the draft are kept, its own added. Pure.
absl::StatusOr<SetContent> Normalise(const NormaliseInput& input);

// An expiry that a caller sets lies ahead: FIELD_INVALID otherwise, for the story would never be
// seen; metadata `expired`. One that the story has already (`standing`) may have passed, so that
// what has expired can be corrected, and submitted again. Pure.
absl::Status CheckExpiry(const std::optional<absl::Time>& expires,
                         const std::optional<absl::Time>& standing, absl::Time now,
                         std::string_view field_path);

// The key proposed for a story that has none: its date and headline, cut to what the metadata of an
// error holds; its headline and a hash of its body where it has no date. A function of the story
// alone, so that the same page is the same article whenever it comes. Empty without a headline.
inline constexpr std::size_t kProposedKeyBytesMax = 200;
std::string ProposeKey(const Draft& draft);

// Checks the settings of a source as a person hands them in. OK, or all faults at once.
absl::Status CheckSource(const Source& source);

}  // namespace telex::ingestion
