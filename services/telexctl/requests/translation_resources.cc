#include "telexctl/requests/translation_resources.h"

#include <utility>

#include "telexctl/requests/input.h"
#include "telexctl/requests/job_requests.h"

namespace telex::cli {
absl::StatusOr<jobs::StartBackfillRequest> BackfillRequest(const BackfillFlags& flags,
                                                           std::string request_id) {
  jobs::StartBackfillRequest request;
  const auto pair = PairOf(flags.pair);
  if (!pair.ok()) return pair.status();
  request.set_from(pair->from());
  request.set_to(pair->to());
  const auto since = Instant(flags.since, "--since");
  if (!since.ok()) return since.status();
  *request.mutable_since() = *since;
  if (!flags.until.empty()) {
    const auto until = Instant(flags.until, "--until");
    if (!until.ok()) return until.status();
    *request.mutable_until() = *until;
  }
  for (const std::string& source : flags.sources) request.add_sources(SourceName(source));
  for (const std::string& section : flags.sections) request.add_sections(section);
  request.set_workflow(WorkflowOf(flags.workflow));
  request.set_validate_only(flags.validate_only);
  request.set_request_id(std::move(request_id));
  return request;
}

}  // namespace telex::cli
