#pragma once

#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "news/article_id.h"
#include "news/language_tag.h"
#include "news/pub_status.h"
#include "news/section.h"
#include "news/source_id.h"
#include "news/usage_terms.h"
#include "news/version.h"

namespace telex::news {

// A picture, a film, a sound: a reference with rights of its own.
struct Media {
  std::string href;        // http/https
  std::string media_type;  // image/jpeg
  std::string alt_text;
  std::string credit;
  bool syndicated = false;  // licensed for partners; what is not stays out of feeds

  bool operator==(const Media&) const = default;
};

// Section and language: where a story stands in the newsroom's shop window.
struct Shelf {
  Section section;
  LanguageTag language;

  auto operator<=>(const Shelf&) const = default;
};

// What a person wrote: the part of an article that an editor or a source submits. The content hash
// covers it.
struct Content {
  std::string headline;   // plain text, one line
  std::string byline;     // plain text; may be empty
  std::string body_html;  // from the allow-list, see ingestion/formats
  Section section;
  LanguageTag language;
  UsageTerms terms;
  std::vector<Media> media;
  std::optional<absl::Time> embargoed;  // not before
  std::optional<absl::Time> expires;    // not after

  bool operator==(const Content&) const = default;
};

// Bounds of the content, in bytes. Their sum with all else an article carries stays below what a
// submission may weigh.
inline constexpr std::size_t kHeadlineBytesMax = 1'000;
inline constexpr std::size_t kBylineBytesMax = 500;
inline constexpr std::size_t kBodyBytesMax = 768 * 1024;
inline constexpr std::size_t kTermsBytesMax = 4'000;
inline constexpr std::size_t kMediaMax = 50;
inline constexpr std::size_t kMediaFieldBytesMax = 2'000;
inline constexpr std::size_t kKeyBytesMax = 2'000;
inline constexpr std::size_t kNoteBytesMax = 2'000;
inline constexpr std::size_t kShelvesMax = 16;

// One version of an article, whole: what the log records and every reader sees.
struct Article {
  ArticleId id;
  Version version;
  SourceId source;
  std::string source_name;    // as partners read it: "Caliber.Az"
  std::string key;            // the source's own key, from which the id is derived
  std::string canonical_url;  // the story's address at its source; may be empty
  Content content;

  PubStatus status = PubStatus::kUsable;
  Availability availability = Availability::kAvailable;
  std::string status_reason;  // why it was withheld or killed; empty when usable
  std::string status_note;    // a note to editors at partners about the last change of its status
  std::string ednote;         // a note to them about the story itself
  int urgency = 5;            // IPTC: 1 most urgent … 9

  absl::Time firstcreated;    // when the story was first written, or first submitted
  absl::Time versioncreated;  // strictly later with each version, by a second at least
  std::optional<absl::Time>
      published;  // set when first visible to partners, and never changed after
  std::int64_t printed_views =
      0;  // the count printed on the source's page: the baseline of the view count
  std::vector<Shelf> shelves;         // every shelf it ever stood on, sorted; at most kShelvesMax
  std::vector<std::string> warnings;  // what was wrong with the document it came from
  std::string actor;                  // who made this version
  std::string document;               // hash of the original bytes, hex; empty when there were none
  bool purged = false;                // forgotten: no content, for ever

  // What editors at partners are told, of its status first.
  std::string NoteToPartners() const {
    if (status_note.empty() || ednote.empty()) return status_note + ednote;
    return status_note + "\n" + ednote;
  }

  // Whether partners may read it.
  bool IsVisible() const {
    return status == PubStatus::kUsable && availability == Availability::kAvailable && !purged;
  }

  bool operator==(const Article&) const = default;
};

}  // namespace telex::news
