// A translated file, its checks, and its completion.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "telexctl/context.h"
#include "telexctl/requests/translated_file.h"

namespace telex::cli {

// The file, or standard input when it is `-`. Its faults come with what to do.
absl::StatusOr<TranslatedFile> LoadTranslation(const std::string& path, TranslationApi& api);

// What the checks find, but for soft findings that are overruled, or are in segments that stand as
// they were offered: nobody has to answer for those.
absl::StatusOr<jobs::CheckSegmentsResponse> FindingsIn(const TranslatedFile& file,
                                                       const std::vector<Overruling>& overrulings,
                                                       TranslationApi& api);

// Each `*:CHECK` as the segments in which that soft check finds what somebody has to answer for.
absl::StatusOr<std::vector<Overruling>> AtTheirPlaces(std::vector<Overruling> overrulings,
                                                      const TranslatedFile& file,
                                                      TranslationApi& api);

// A failure that says how many there are, and how to go on with the file.
absl::Status FailureOf(const jobs::CheckSegmentsResponse& findings, const std::string& path);
// Whether the service refuses segments of what it was handed.
bool IsAboutSegments(const absl::Status& status);

// The job with the caller's token. Claims it where nobody has it, and says so: a lease may be over
// before a translation is done. `lease` may be empty.
absl::StatusOr<jobs::Job> Held(const std::string& name, const std::string& lease,
                               TranslationApi& api, Context& context);

absl::StatusOr<jobs::CompleteJobResponse> Complete(const TranslatedFile& file,
                                                   const jobs::Job& held,
                                                   const std::vector<Overruling>& overrulings,
                                                   TranslationApi& api);
// What became of it, and what comes next.
void AnswerCompleted(const jobs::CompleteJobResponse& answer, const TranslatedFile& file,
                     Context& context);

}  // namespace telex::cli
