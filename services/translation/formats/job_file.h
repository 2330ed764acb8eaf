// A translation job as a file that a translator's tool edits, and what comes back of it. Pure.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "news/language_tag.h"

namespace telex::translation {

inline constexpr std::size_t kJobFileBytesMax = 16 << 20;  // more than any story becomes

// As XLIFF 2.1 has them.
enum class SegmentState { kInitial, kTranslated, kReviewed, kFinal };

struct JobFileSegment {
  std::string place;   // within the version, unique; letters, digits and full stops
  std::string source;  // tagged text
  std::string target;  // tagged text; empty: not yet translated
  SegmentState state = SegmentState::kInitial;
  // For the translator, a line each: what it was before, glossary, memory. Not read back.
  std::vector<std::string> notes = {};

  bool operator==(const JobFileSegment&) const = default;
};

struct JobFile {
  std::string job;      // jobs/{article}.{language}
  std::string version;  // articles/{article}@{n}
  news::LanguageTag source_language;
  news::LanguageTag target_language;
  std::vector<JobFileSegment> segments;
  std::vector<std::string> notes = {};  // of the whole, for the translator. Not read back
};

// Stands in the file and has to come back: of the version, the languages, the places and the
// sources. 40 letters and digits, an NMTOKEN of XML.
std::string StampOf(const JobFile& job);

// INVALID_ARGUMENT (field `version`) when a file has another stamp: it is of another version.
absl::Status CheckStamp(const JobFile& job, std::string_view stamp);

// What a file says of the job that it was made of.
struct StatedJob {
  JobFile job;  // its segments with their places and sources alone
  std::string stamp;

  // Whether the sources are as they were written: the file alone then says what was translated,
  // also when the story has gone on.
  bool IsIntact() const { return StampOf(job) == stamp; }
};

// `jobs/{article}.{language}` and both languages from `articles/{article}@{n}` and the languages;
// INVALID_ARGUMENT (field `version`, `srcLang`, `trgLang`) for what is none.
absl::Status SetJob(std::string_view version, std::string_view from, std::string_view to,
                    JobFile& job);

// Gathers what a file says of the segments of a job.
class ReturnedSegments {
 public:
  explicit ReturnedSegments(const JobFile& job);

  // INVALID_ARGUMENT (field `segments["…"]`): no segment of the job, one that came before, broken
  // or strange tags. `where` is for the message: "line 12". A target of blanks alone is none.
  absl::Status Take(std::string_view place, std::string_view target, SegmentState state,
                    std::string_view where);
  // The segments of the job with their targets and states, in its order; INVALID_ARGUMENT names
  // those that did not come.
  absl::StatusOr<std::vector<JobFileSegment>> Finish() &&;

  // The segment of the job; null when there is none.
  const JobFileSegment* Find(std::string_view place) const;

 private:
  struct Returned {
    std::string where;  // empty: not yet
    std::string target;
    SegmentState state = SegmentState::kInitial;
  };
  const JobFile& job_;
  std::vector<Returned> returned_;  // beside the job's
  absl::flat_hash_map<std::string_view, std::size_t> by_place_;
};

// `segments["body.p2.s3"]`: as a field of refusals.
std::string SegmentField(std::string_view place);

}  // namespace telex::translation
