// The forms of a job's file: which one it has, and what all of them can. Pure.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

#include "translation/formats/job_file.h"

namespace telex::translation {

enum class JobForm { kMarkedText, kXliff };

// XLIFF begins with <, a marked text never does.
JobForm FormOf(std::string_view bytes);

std::string WriteJob(JobForm form, const JobFile& job);
// As ReadMarkedText, ReadXliff.
absl::StatusOr<std::vector<JobFileSegment>> ReadSegments(std::string_view bytes,
                                                         const JobFile& job);
// As ReadMarkedJob, ReadXliffJob.
absl::StatusOr<StatedJob> ReadStatedJob(std::string_view bytes);

}  // namespace telex::translation
