// A job as a plain text: each segment with its mark, its source as a comment, and the lines of its
// translation to be edited. Pure.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

#include "translation/formats/job_file.h"

namespace telex::translation {

//   #job jobs/….ru                 what the file is of; #stamp has to stay
//   #version articles/…@3
//   #from en
//   #stamp v0123…
//
//   [[body.p1.s1]]                 a mark: the place of a segment
//   # Prices <1>rose</1>.          its source; lines that begin with # are no translation
//   #~ before: Prices <1>rise</1>. a note for the translator
//   Цены <1>выросли</1>.           its translation, also in several lines
//
// A line of a translation that begins with #, [[ or \ has a \ before it. Blank lines around a
// translation are not of it.
std::string WriteMarkedText(const JobFile& job);

// The segments of `job` with what the text says of them, in the job's order. INVALID_ARGUMENT names
// the field (`file`, `version`, `segments["…"]`) and the line. Line ends of any system, a byte
// order mark.
absl::StatusOr<std::vector<JobFileSegment>> ReadMarkedText(std::string_view bytes,
                                                           const JobFile& job);

// The job as the text says it, its sources from the lines behind the marks. INVALID_ARGUMENT as
// above.
absl::StatusOr<StatedJob> ReadMarkedJob(std::string_view bytes);

}  // namespace telex::translation
