#pragma once

#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "news/article.h"

namespace telex::ingestion {

// A date as it stands in a document: a wall clock's reading, and the offset from UTC where the
// document gives one.
struct PrintedTime {
  absl::CivilSecond civil;
  std::optional<absl::Duration> utc_offset;  // without it the source's time zone decides
};

// A story as a document has it, before the source's settings have been applied: what a format hands
// out.
struct Draft {
  std::string headline;                  // plain text
  std::string byline;                    // plain text, without "By"
  std::string body_html;                 // sanitised
  std::size_t body_bytes_submitted = 0;  // before it was; 0: not known
  std::string section;                   // as printed: "WORLD"; may be empty
  std::string language;                  // as the document names it: "arm", "en"; may be empty
  std::string canonical_url;             // may be empty
  std::string guid;                      // may be empty
  std::optional<PrintedTime> published;
  std::optional<PrintedTime> updated;  // the source's own time of this version
  std::optional<PrintedTime> embargoed;
  std::optional<PrintedTime> expires;
  std::int64_t printed_views = 0;
  std::vector<news::Media> media;
  std::optional<news::UsageTerms> terms;  // where the document gives its own; else the source's
  std::string ednote;
  int urgency = 0;                    // IPTC 1–9; 0: not given
  std::vector<std::string> warnings;  // what was read leniently, for a person
};

// What a document says of its publisher; all fields may be empty.
struct PrintedPublisher {
  std::string display_name;  // "Caliber.Az"
  std::string home_page;     // https://caliber.az/
  std::string usage_terms;
  // The terms are no more than who holds the rights ("All rights reserved"): they allow no use.
  bool only_reserves_rights = false;
  std::string language;  // BCP 47
};

struct ParsedDocument {
  std::vector<Draft> drafts;  // at least one
  PrintedPublisher publisher;
};

}  // namespace telex::ingestion
