// XLIFF 2.1 (OASIS, 2018): a job for the tools of translators, and back. Pure.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

#include "translation/formats/job_file.h"

namespace telex::translation {

// One <file> whose id is the job's stamp, a <unit> of one <segment> each, notes as <note>. Tags are
// <pc> and <ph> which may be reordered, not copied and not deleted; re-segmenting is forbidden.
// Valid by the schema of XLIFF 2.1's core.
std::string WriteXliff(const JobFile& job);

// The segments of `job` with what the file says of them, in the job's order. Takes XLIFF 2.0 and
// 2.1; a unit that was cut into several segments all the same is joined again, in the
// `order` of its targets; <sc>/<ec> count as <pc>; annotations, notes and other modules are passed
// over. INVALID_ARGUMENT names the field: `file` (see ReadXml; no XLIFF), `version` (of another
// version of the story), `srcLang`, `trgLang`, `segments["…"]` (missing, twice, strange, its source
// changed, broken codes, a part without translation).
absl::StatusOr<std::vector<JobFileSegment>> ReadXliff(std::string_view bytes, const JobFile& job);

// The job as the file says it, its sources from its units. INVALID_ARGUMENT as above.
absl::StatusOr<StatedJob> ReadXliffJob(std::string_view bytes);

}  // namespace telex::translation
