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
  const v1::Translation* before =
      nullptr;  // the newest that is published, of an older version or of this one; may be null
  const v1::Text* draft = nullptr;  // a completion that was kept; may be null
  std::span<const v1::Translation* const> earlier =
      {};  // of versions before `before`, the newest first
  // The best translation of exactly this text that the memory has.
  std::function<std::optional<MemoryEntry>(std::string_view source)> recall;
  const Glossary* glossary = nullptr;  // of the pair; may be null
  std::int64_t glossary_version = 0;
};

struct JobTextSegment {
  enum class State {
    kNew,        // to be translated
    kChanged,    // its source was another before
    kUnchanged,  // has the translation of an earlier version
    kMemory,     // the memory has one of the same text
    kDraft,      // done in a completion that was kept
  };
  State state = State::kNew;
  // As it would be published: place, source, and target with its provenance; no target: nothing is
  // there yet.
  v1::Segment segment;
  std::string before_source;  // of kChanged
  std::string before_target;
};

struct JobText {
  news::ArticleId article;
  news::Version version;
  news::LanguageTag from;
  news::LanguageTag to;
  news::Content content;  // of the article: what the segments are put back into
  Segmentation segmentation;
  std::vector<JobTextSegment> segments;  // beside those of the segmentation
  std::int64_t glossary_version = 0;

  // Nothing is left to be translated: each segment has the translation of an earlier version.
  bool IsUnchanged() const;
};

// A segment without words of its own (protected text alone) is its own translation. Segments that a
// change of the glossary outdates are kChanged. INVALID_ARGUMENT as SegmentContent.
absl::StatusOr<JobText> OpenJobText(const JobTextParts& parts);

// What a worker has made of one segment.
struct DoneSegment {
  std::string place;
  std::string target;  // tagged text
  v1::Origin origin = v1::ORIGIN_PERSON;
  std::string engine;  // of ORIGIN_ENGINE
  std::vector<v1::OverruledCheck> overruled;
};

struct SegmentFinding {
  std::string place;
  Finding finding;
  bool overruled = false;
};

struct FinishedText {
  v1::Text text;
  std::vector<SegmentFinding>
      findings;  // soft ones: overruled, or of segments that nobody has touched
};

// The text that is put on record. Each segment once: what is handed over as it was offered (state
// kUnchanged, kMemory, kDraft) keeps its provenance, and is `reviewed` where `actor`, a person, has
// handed it over. `actor` is empty for an engine's.
//
// INVALID_ARGUMENT with all findings as fields `segments["…"]`: SEGMENT_MISSING, SEGMENT_TWICE,
// SEGMENT_UNKNOWN, and the reasons of the checks (checks.h): the hard ones, and the soft ones of
// segments that were changed here and that nobody has overruled with a reason. FIELD_TOO_LONG for
// what is too long to be put on record.
absl::StatusOr<FinishedText> FinishJobText(const JobText& job, std::span<const DoneSegment> done,
                                           std::string_view actor, const Glossary* glossary);

// What has been made of a text as a whole, by its segments: of a person when each is a person's or
// was read by one.
v1::Standing StandingOf(const v1::Text& text);

}  // namespace telex::translation
