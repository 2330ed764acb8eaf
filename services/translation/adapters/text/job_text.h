#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "news/article.h"
#include "telex/translation/v1/translation.pb.h"
#include "translation/domain/checks.h"
#include "translation/domain/glossary.h"
#include "translation/domain/memory.h"
#include "translation/formats/segmenter.h"

namespace telex::translation {

// A job's article as segments, beside what there is of their translation; and what a worker makes
// of it, checked and put together. Pure; thread-safe.

// What is known of a story and a language when its job is opened.
struct JobTextParts {
  const news::Article& article;  // the version that is to be translated
  news::LanguageTag to;
  // The newest there is, of an older version or of this one; may be null. Of a rejected one, or one
  // from another language, nothing is taken over: it is only shown.
  const v1::Translation* before = nullptr;
  const v1::Text* draft = nullptr;  // a completion that was kept; may be null
  // Of versions before `before`, the newest first.
  std::span<const v1::Translation* const> earlier = {};
  // The best translation of exactly this text that the memory has; may be empty.
  std::function<std::optional<MemoryEntry>(std::string_view source)> recall;
  const Glossary* glossary = nullptr;  // of the pair; may be null
  std::int64_t glossary_version = 0;
};

struct JobTextSegment {
  enum class State {
    kNew,        // to be translated
    kChanged,    // its source was another before
    kUnchanged,  // has the translation of an earlier version, or needs none
    kMemory,     // the memory has one of the same text
    kDraft,      // done in a completion that was kept
  };
  State state = State::kNew;
  // As it would be published: place, source, and target with its provenance; no target: nothing is
  // there yet.
  v1::Segment segment;
  std::string before_source;  // of kChanged; the same source where only the glossary has changed
  std::string before_target;
};

struct JobText {
  news::ArticleId article;
  news::Version version;
  news::LanguageTag from;
  news::LanguageTag to;
  news::Content content;  // of the article: what the segments are put back into
  news::Availability availability = news::Availability::kAvailable;  // the same
  Segmentation segmentation;
  std::vector<JobTextSegment> segments;  // beside those of the segmentation
  std::int64_t glossary_version = 0;

  // Nothing is left to be translated: each segment has the translation of an earlier version.
  bool IsUnchanged() const;
};

// Where several could serve, a draft does before an earlier version, and that before the memory. A
// segment without words of its own (protected text alone) is its own translation. What the present
// glossary finds wrong is taken over from nowhere, unless it was made under that glossary: such
// segments are kChanged. INVALID_ARGUMENT as SegmentContent.
absl::StatusOr<JobText> OpenJobText(const JobTextParts& parts);

// What a worker has made of one segment.
struct DoneSegment {
  std::string place;
  std::string target;  // tagged text
  v1::Origin origin = v1::ORIGIN_PERSON;
  std::string engine;                         // of ORIGIN_ENGINE
  std::vector<v1::OverruledCheck> overruled;  // `actor` is filled in; none of an engine's
};

// What is offered, as if it were handed over: of each segment that has a target.
std::vector<DoneSegment> OfferedSegments(const JobText& job);

inline constexpr std::size_t kTextBytesMax = 1'992'294;  // 1.9 MiB: what one record may carry
inline constexpr std::size_t kOverruleReasonBytesMax = 500;

struct SegmentFinding {
  std::string place;
  Finding finding;
  bool overruled = false;
};

struct FinishedText {
  v1::Text text;
  // Soft ones: overruled, or of segments that were handed over as they were offered.
  std::vector<SegmentFinding> findings;
};

// The text that is put on record, all but its costs. Each segment once: what is handed over as it
// was offered (state kUnchanged, kMemory, kDraft) keeps its provenance, and is `reviewed` where
// `actor`, a person, has handed it over. `actor` is empty where engines have done it.
//
// INVALID_ARGUMENT with all findings as fields `segments["…"]`: SEGMENT_MISSING, SEGMENT_TWICE,
// SEGMENT_UNKNOWN, and the reasons of the checks (checks.h): the hard ones, and the soft ones of
// segments that were changed here and that nobody has overruled with a reason; MARKUP_BROKEN also
// for what cannot stand in its place (a link within a link). As `segments["…"].overruled`: no
// reason, one that is too long, a check that is none or cannot be overruled. FIELD_TOO_LONG for a
// headline, an alternative text or a body beyond what an article may have, and for `segments`
// beyond kTextBytesMax.
absl::StatusOr<FinishedText> FinishJobText(const JobText& job, std::span<const DoneSegment> done,
                                           std::string_view actor, const Glossary* glossary);

// What has been made of a text as a whole, by its segments: of a person when each is a person's or
// was read by one.
v1::Standing StandingOf(const v1::Text& text);

}  // namespace telex::translation
