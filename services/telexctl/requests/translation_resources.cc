#include "telexctl/requests/translation_resources.h"

#include <google/protobuf/util/json_util.h>

#include <utility>

#include "platform/errors/errors.h"
#include "telexctl/requests/input.h"
#include "telexctl/requests/job_requests.h"
#include "telexctl/views/output.h"

namespace telex::cli {
namespace {

template <typename Message>
absl::StatusOr<Message> FromJson(std::string_view bytes) {
  Message message;
  const auto status = google::protobuf::util::JsonStringToMessage(std::string(bytes), &message);
  if (status.ok()) return message;
  return errors::FieldError("file", errors::kFieldInvalid, std::string(status.message()));
}

}  // namespace

absl::StatusOr<jobs::Policy> ReadPolicy(std::string_view bytes) {
  return FromJson<jobs::Policy>(bytes);
}
std::string WritePolicy(const jobs::Policy& policy) { return ToJson(policy, true); }

absl::StatusOr<jobs::Glossary> ReadGlossary(std::string_view bytes) {
  return FromJson<jobs::Glossary>(bytes);
}
std::string WriteGlossary(const jobs::Glossary& glossary) { return ToJson(glossary, true); }

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
