#include "translation/formats/job_forms.h"

#include "platform/text/ascii.h"
#include "translation/formats/marked_text.h"
#include "translation/formats/utf16.h"
#include "translation/formats/xliff.h"

namespace telex::translation {

JobForm FormOf(std::string_view bytes) {
  constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
  if (IsUtf16(bytes)) {
    const std::string begin = Utf8OfUtf16(bytes.substr(0, 64)).value_or("");
    return text::TrimAscii(begin).starts_with('<') ? JobForm::kXliff : JobForm::kMarkedText;
  }
  if (bytes.starts_with(kUtf8Mark)) bytes.remove_prefix(kUtf8Mark.size());
  return text::TrimAscii(bytes).starts_with('<') ? JobForm::kXliff : JobForm::kMarkedText;
}

std::string WriteJob(JobForm form, const JobFile& job) {
  return form == JobForm::kXliff ? WriteXliff(job) : WriteMarkedText(job);
}

absl::StatusOr<std::vector<JobFileSegment>> ReadSegments(std::string_view bytes,
                                                         const JobFile& job) {
  return FormOf(bytes) == JobForm::kXliff ? ReadXliff(bytes, job) : ReadMarkedText(bytes, job);
}

absl::StatusOr<StatedJob> ReadStatedJob(std::string_view bytes) {
  return FormOf(bytes) == JobForm::kXliff ? ReadXliffJob(bytes) : ReadMarkedJob(bytes);
}

}  // namespace telex::translation
