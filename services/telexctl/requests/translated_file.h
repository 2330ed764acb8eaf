// The file that a translator edits: from a job's text, and back. Pure.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "telexctl/requests/job_requests.h"
#include "telexctl/translation_api.h"
#include "translation/formats/job_file.h"

namespace telex::cli {

// Each segment with what a translator should know of it: what it was before, glossary, memory.
translation::JobFile JobFileOf(const jobs::JobText& text);

// {article}.{language}.v{version}.txt, or .xlf.
std::string FileNameOf(const jobs::JobText& text, bool is_xliff);

struct TranslatedFile {
  translation::JobFile job;
  std::int64_t version = 0;  // of the article
  std::vector<translation::JobFileSegment> segments;
};

// What the file says. Where its sources are no longer as they were written, `text_of` is asked for
// those of the job. INVALID_ARGUMENT names the field: `file`, `version`, `segments["…"]`.
absl::StatusOr<TranslatedFile> ReadTranslatedFile(
    std::string_view bytes,
    const std::function<absl::StatusOr<jobs::JobText>(const std::string& job)>& text_of);

// For CompleteJob and ReviewTranslation: wrong usage for what overrules a place that is none.
absl::Status SetSegments(const TranslatedFile& file, const std::vector<Overruling>& overrulings,
                         google::protobuf::RepeatedPtrField<jobs::TranslatedSegment>& segments);

// At most 200 segments each.
std::vector<jobs::CheckSegmentsRequest> CheckRequests(const TranslatedFile& file);

}  // namespace telex::cli
