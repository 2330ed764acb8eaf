#include "telexctl/commands/translation_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <iterator>
#include <utility>

#include "platform/errors/errors.h"
#include "telexctl/commands/job_name.h"
#include "telexctl/failures/failure.h"
#include "telexctl/requests/input.h"
#include "telexctl/requests/request_id.h"
#include "telexctl/views/job_view.h"
#include "telexctl/views/text.h"
#include "telexctl/views/translation_view.h"

namespace telex::cli {
namespace {

// What the service offered for each place: whoever hands it over unchanged has not touched it.
bool IsUntouched(const jobs::JobText& offered, const translation::JobFileSegment& segment) {
  const auto found = std::ranges::find(offered.segments(), segment.place, &jobs::JobSegment::place);
  return found != offered.segments().end() && !found->target().empty() &&
         found->target() == segment.target && found->state() != jobs::JobSegment::STATE_CHANGED;
}

bool IsOverruled(const jobs::Finding& finding, const std::vector<Overruling>& overrulings) {
  return std::ranges::any_of(overrulings, [&](const Overruling& one) {
    return one.place == finding.place() && one.check == finding.reason();
  });
}

}  // namespace

absl::StatusOr<TranslatedFile> LoadTranslation(const std::string& path, TranslationApi& api) {
  const auto bytes = ReadInput(path, translation::kJobFileBytesMax, std::cin);
  if (!bytes.ok()) return bytes.status();
  auto file =
      ReadTranslatedFile(*bytes, [&](const std::string& job) { return GetJobText(job, api); });
  if (file.ok()) return file;
  return WithHint(AboutFile(file.status(), path),
                  fmt::format("correct {} as it says; telexctl translations export JOB --out NEW "
                              "gives a fresh file of a job",
                              ShellQuoted(path)));
}

absl::StatusOr<jobs::CheckSegmentsResponse> FindingsIn(const TranslatedFile& file,
                                                       const std::vector<Overruling>& overrulings,
                                                       TranslationApi& api) {
  jobs::CheckSegmentsResponse all;
  for (const jobs::CheckSegmentsRequest& request : CheckRequests(file)) {
    auto found = api.CheckSegments(request);
    if (!found.ok()) return found.status();
    all.mutable_findings()->MergeFrom(found->findings());
  }
  if (std::ranges::all_of(all.findings(), &jobs::Finding::hard)) return all;
  const auto offered = GetJobText(file.job.job, api);
  const bool is_same = offered.ok() && offered->version() == file.version;
  const auto stands = [&](const jobs::Finding& finding) {
    if (finding.hard()) return false;
    if (IsOverruled(finding, overrulings)) return true;
    const auto segment =
        std::ranges::find(file.segments, finding.place(), &translation::JobFileSegment::place);
    return is_same && segment != file.segments.end() && IsUntouched(*offered, *segment);
  };
  jobs::CheckSegmentsResponse left;
  for (jobs::Finding& finding : *all.mutable_findings()) {
    if (!stands(finding)) left.add_findings()->Swap(&finding);
  }
  return left;
}

absl::StatusOr<std::vector<Overruling>> AtTheirPlaces(std::vector<Overruling> overrulings,
                                                      const TranslatedFile& file,
                                                      TranslationApi& api) {
  const auto is_everywhere = [](const Overruling& one) { return one.place == kEveryPlace; };
  std::vector<Overruling> everywhere;
  std::ranges::copy_if(overrulings, std::back_inserter(everywhere), is_everywhere);
  if (everywhere.empty()) return overrulings;
  std::erase_if(overrulings, is_everywhere);
  const auto findings = FindingsIn(file, overrulings, api);
  if (!findings.ok()) return findings.status();
  for (const jobs::Finding& finding : findings->findings()) {
    const auto named = std::ranges::find(everywhere, finding.reason(), &Overruling::check);
    if (named == everywhere.end() || finding.hard() || IsOverruled(finding, overrulings)) continue;
    overrulings.push_back(
        {.place = finding.place(), .check = finding.reason(), .reason = named->reason});
  }
  return overrulings;
}

absl::Status FailureOf(const jobs::CheckSegmentsResponse& findings, const std::string& path) {
  const auto soft = std::ranges::find(findings.findings(), false, &jobs::Finding::hard);
  std::string overrule;
  if (soft != findings.findings().end()) {
    const auto same = std::ranges::count_if(findings.findings(), [&](const jobs::Finding& one) {
      return !one.hard() && one.reason() == soft->reason();
    });
    overrule = fmt::format(", or where a check is wrong --overrule {}:{}='why'", soft->place(),
                           soft->reason());
    if (same > 1)
      overrule += fmt::format(", for all {} of them --overrule '*:{}=why'", same, soft->reason());
  }
  const std::string& reason = findings.findings(0).reason();
  return WithHint(errors::Error(absl::StatusCode::kInvalidArgument, reason,
                                fmt::format("{}: {}", path, FindingsCount(findings))),
                  fmt::format("correct {}, and then telexctl translations complete {}{}",
                              ShellQuoted(path), ShellQuoted(path), overrule));
}

bool IsAboutSegments(const absl::Status& status) {
  const auto details = errors::DetailsOf(status);
  return details && std::ranges::any_of(details->fields, [](const errors::FieldViolation& field) {
           return field.field.starts_with("segments[");
         });
}

absl::StatusOr<jobs::Job> Held(const std::string& name, const std::string& lease,
                               TranslationApi& api, Context& context) {
  auto job = GetJob(name, api);
  if (!job.ok() || job->token() > 0 || job->state() != jobs::JOB_STATE_OPEN ||
      job->worker() == jobs::WORKER_REVIEWER) {
    return job;
  }
  jobs::ClaimJobsRequest request;
  request.set_name(name);
  request.set_worker(jobs::WORKER_PERSON);
  request.set_count(1);
  request.set_without_text(true);
  request.set_request_id(NewRequestId());
  if (!lease.empty()) {
    const auto span = Span(lease, "--lease");
    if (!span.ok()) return span.status();
    *request.mutable_lease() = *span;
  }
  auto claimed = api.ClaimJobs(request);
  if (!claimed.ok()) return claimed.status();
  if (claimed->jobs().empty()) return GetJob(name, api);  // somebody was faster: who
  context.output().Note(fmt::format("{} is {}", ShortJob(name), JobStateText(claimed->jobs(0))));
  return claimed->jobs(0);
}

absl::StatusOr<jobs::CompleteJobResponse> Complete(const TranslatedFile& file,
                                                   const jobs::Job& held,
                                                   const std::vector<Overruling>& overrulings,
                                                   TranslationApi& api) {
  jobs::CompleteJobRequest request;
  if (absl::Status status = SetSegments(file, overrulings, *request.mutable_segments());
      !status.ok()) {
    return status;
  }
  request.set_name(file.job.job);
  request.set_token(held.token());
  request.set_version(file.version);
  request.set_request_id(NewRequestId());
  return api.CompleteJob(request);
}

void AnswerCompleted(const jobs::CompleteJobResponse& answer, const TranslatedFile& file,
                     Context& context) {
  Output& output = context.output();
  if (output.json()) {
    output.Json(answer);
    return;
  }
  const std::string name = ShortJob(file.job.job);
  const bool has_moved = answer.is_draft() && answer.job().version() > file.version;
  output.Text(fmt::format(
      "{}: {}\n", name,
      has_moved ? fmt::format("kept: the story has gone on to version {} meanwhile, and what has "
                              "not changed is done",
                              answer.job().version())
      : answer.is_draft() ? fmt::format("kept as revision {}: it is published once it is reviewed",
                                        answer.revision())
                          : fmt::format("published as revision {}", answer.revision())));
  if (answer.findings_size() > 0) {
    jobs::CheckSegmentsResponse told;
    *told.mutable_findings() = answer.findings();
    output.Text(FindingsText(told, file));
  }
  output.Note(fmt::format("next: telexctl translations {} {}", has_moved ? "edit" : "get", name));
}

}  // namespace telex::cli
