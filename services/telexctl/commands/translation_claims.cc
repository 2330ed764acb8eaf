#include <absl/time/clock.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "telexctl/commands/job_name.h"
#include "telexctl/commands/translation_commands.h"
#include "telexctl/commands/translation_file.h"
#include "telexctl/context.h"
#include "telexctl/failures/failure.h"
#include "telexctl/requests/job_requests.h"
#include "telexctl/requests/output_file.h"
#include "telexctl/requests/request_id.h"
#include "telexctl/requests/translated_file.h"
#include "telexctl/views/article_view.h"
#include "telexctl/views/job_view.h"
#include "telexctl/views/text.h"
#include "translation/formats/job_forms.h"

namespace telex::cli {
namespace {

struct ClaimFlags {
  JobOperands job;
  std::string from;
  std::string to;
  std::int32_t count = 1;
  std::string lease;
  std::string format = "text";
  std::string out;
};

translation::JobForm FormOf(const std::string& word) {
  return word == "xliff" ? translation::JobForm::kXliff : translation::JobForm::kMarkedText;
}

// The pairs that are meant. Where only one language is named, those that the queue has.
absl::StatusOr<std::vector<jobs::LanguagePair>> PairsOf(const ClaimFlags& flags,
                                                        TranslationApi& api) {
  std::vector<jobs::LanguagePair> pairs;
  if (flags.from.empty() && flags.to.empty()) return pairs;
  if (!flags.from.empty() && !flags.to.empty()) {
    auto pair = PairOf(PairName(flags.from, flags.to));
    if (!pair.ok()) return pair.status();
    pairs.push_back(*std::move(pair));
    return pairs;
  }
  const auto named = Language(flags.from.empty() ? flags.to : flags.from);
  if (!named.ok()) return named.status();
  const auto stats = api.GetQueueStats({});
  if (!stats.ok()) return stats.status();
  for (const jobs::PairStats& pair : stats->pairs()) {
    if ((flags.from.empty() ? pair.to() : pair.from()) != *named) continue;
    pairs.emplace_back();
    pairs.back().set_from(pair.from());
    pairs.back().set_to(pair.to());
  }
  return pairs;
}

absl::StatusOr<jobs::ClaimJobsRequest> ClaimRequest(const ClaimFlags& flags, TranslationApi& api,
                                                    Context& context) {
  jobs::ClaimJobsRequest request;
  if (!flags.job.name.empty()) {
    auto name = FindJob(flags.job, context);
    if (!name.ok()) return name.status();
    request.set_name(*std::move(name));
  }
  if (!flags.lease.empty()) {
    auto lease = Span(flags.lease, "--lease");
    if (!lease.ok()) return lease.status();
    *request.mutable_lease() = *std::move(lease);
  }
  const auto pairs = PairsOf(flags, api);
  if (!pairs.ok()) return pairs.status();
  request.mutable_pairs()->Add(pairs->begin(), pairs->end());
  request.set_worker(jobs::WORKER_PERSON);
  request.set_count(flags.count);
  request.set_request_id(NewRequestId());
  return request;
}

struct Claimed {
  std::string file;
  int to_do = 0;
};

absl::StatusOr<Claimed> Keep(const jobs::Job& job, const ClaimFlags& flags, Context& context) {
  const auto form = FormOf(flags.format);
  const std::string bytes = translation::WriteJob(form, JobFileOf(job.text()));
  Claimed claimed{.file = flags.out};
  for (const jobs::JobSegment& segment : job.text().segments())
    claimed.to_do += segment.target().empty() ? 1 : 0;
  if (flags.out == "-") {
    context.output().Text(bytes);
    return claimed;
  }
  if (flags.out.empty())
    claimed.file = FreeFileName(FileNameOf(job.text(), form == translation::JobForm::kXliff));
  const absl::Status status = WriteNewFile(claimed.file, bytes);
  if (!status.ok()) {
    return WithHint(status, fmt::format("{} is claimed all the same: telexctl translations export "
                                        "{} --out FILE writes it elsewhere",
                                        job.name(), ShortJob(job.name())));
  }
  return claimed;
}

void NoteNothing(const ClaimFlags& flags, Output& output) {
  output.Note(fmt::format(
      "Nothing is open for people{}{}{}{}: telexctl translations queue shows what is claimed, "
      "waits or is paused",
      flags.from.empty() ? "" : " from ", flags.from, flags.to.empty() ? "" : " into ", flags.to));
}

absl::Status Claim(const ClaimFlags& flags, Context& context) {
  if (!flags.out.empty() && flags.count != 1)
    return Usage(
        "--out names one file: several jobs are written into files with names of their own");
  if (const std::string free = FreeFileName(flags.out); free != flags.out && flags.out != "-")
    return WriteNewFile(flags.out, "");  // it is there: nothing is claimed
  const auto api = context.translations();
  if (!api.ok()) return api.status();
  const auto request = ClaimRequest(flags, **api, context);
  if (!request.ok()) return request.status();
  const bool none = !(flags.from.empty() && flags.to.empty()) && request->pairs().empty();
  auto answer = none ? absl::StatusOr<jobs::ClaimJobsResponse>(jobs::ClaimJobsResponse())
                     : (*api)->ClaimJobs(*request);
  if (!answer.ok()) return answer.status();
  if (answer->jobs().empty() && !request->name().empty()) {
    const auto job = GetJob(request->name(), **api);
    return job.ok() ? NotClaimed(*job) : job.status();
  }
  Table table{.heading = {"JOB", "YOURS UNTIL", "TO DO", "OF", "FILE", "HEADLINE"}, .flexible = 5};
  for (const jobs::Job& job : answer->jobs()) {
    const auto claimed = Keep(job, flags, context);
    if (!claimed.ok()) return claimed.status();
    table.rows.push_back({ShortJob(job.name()), TimeText(job.has_due_time(), job.due_time()),
                          std::to_string(claimed->to_do),
                          std::to_string(job.text().segments_size()), claimed->file,
                          job.headline()});
  }
  if (answer->jobs().empty()) NoteNothing(flags, context.output());
  if (flags.out == "-") return absl::OkStatus();
  if (context.output().json()) {
    context.output().JsonList(*answer);
    return absl::OkStatus();
  }
  context.output().Show(table);
  for (const jobs::Job& job : answer->jobs()) {
    if (!job.note().empty())
      context.output().Note(fmt::format("{}: {}", ShortJob(job.name()), job.note()));
  }
  if (!table.rows.empty()) {
    context.output().Note(
        fmt::format("next: translate {}, and then telexctl translations complete {}",
                    table.rows[0][4], table.rows[0][4]));
  }
  return absl::OkStatus();
}

// What can be done with the file of an export.
std::string AfterExport(const jobs::Job& job, const std::string& file) {
  const std::string name = ShortJob(job.name());
  const bool is_reviewed =
      job.state() == jobs::JOB_STATE_DONE ||
      (job.state() == jobs::JOB_STATE_OPEN && job.worker() == jobs::WORKER_REVIEWER);
  if (is_reviewed) {
    return fmt::format(
        "next: telexctl translations review {} with --approve, --reject or "
        "--replace {}",
        name, ShellQuoted(file));
  }
  if (job.state() == jobs::JOB_STATE_CLAIMED && job.token() == 0)
    return fmt::format("{} is {}: nobody else can complete it until then", name, JobStateText(job));
  return fmt::format("next: translate {}, and then telexctl translations complete {}", file, file);
}

absl::Status Export(const ClaimFlags& flags, Context& context) {
  const auto name = FindJob(flags.job, context);
  if (!name.ok()) return name.status();
  const auto api = context.translations();
  if (!api.ok()) return api.status();
  const auto text = GetJobText(*name, **api);
  if (!text.ok()) return text.status();
  const std::string bytes = translation::WriteJob(FormOf(flags.format), JobFileOf(*text));
  const bool to_output = flags.out.empty() || flags.out == "-";
  if (!to_output) {
    if (absl::Status status = WriteNewFile(flags.out, bytes); !status.ok()) return status;
  }
  if (context.output().json()) {
    context.output().Json(*text);
    return absl::OkStatus();
  }
  if (to_output) {
    context.output().Text(bytes);
    return absl::OkStatus();
  }
  const auto job = GetJob(*name, **api);
  if (job.ok()) context.output().Note(AfterExport(*job, flags.out));
  return absl::OkStatus();
}

struct HeldFlags {
  JobOperands job;
  std::string lease;
  std::int32_t done = 0;
  std::string reason;
  std::string note;
  bool escalate = false;
  bool permanent = false;
  std::string retry_after;
};

// With the token of the caller's claim; the service refuses what is not the caller's, with who has
// it and until when.
template <typename Request>
absl::StatusOr<Request> RequestFor(const HeldFlags& flags, TranslationApi& api, Context& context) {
  const auto name = FindJob(flags.job, context);
  if (!name.ok()) return name.status();
  const auto job = GetJob(*name, api);
  if (!job.ok()) return job.status();
  Request request;
  request.set_name(*name);
  request.set_token(job->token());
  if constexpr (requires { request.set_request_id(""); }) request.set_request_id(NewRequestId());
  return request;
}

absl::Status Release(const HeldFlags& flags, Context& context) {
  const auto api = context.translations();
  if (!api.ok()) return api.status();
  const auto request = RequestFor<jobs::ReleaseJobRequest>(flags, **api, context);
  if (!request.ok()) return request.status();
  return AnswerJob((*api)->ReleaseJob(*request), context);
}

absl::Status Extend(const HeldFlags& flags, Context& context) {
  const auto lease = Span(flags.lease, "--lease");
  if (!lease.ok()) return lease.status();
  const auto api = context.translations();
  if (!api.ok()) return api.status();
  auto request = RequestFor<jobs::ExtendLeaseRequest>(flags, **api, context);
  if (!request.ok()) return request.status();
  *request->mutable_lease() = *lease;
  request->set_segments_done(flags.done);
  return AnswerJob((*api)->ExtendLease(*request), context);
}

absl::Status FailJob(const HeldFlags& flags, Context& context) {
  const auto api = context.translations();
  if (!api.ok()) return api.status();
  auto request = RequestFor<jobs::FailJobRequest>(flags, **api, context);
  if (!request.ok()) return request.status();
  if (!flags.retry_after.empty()) {
    const auto after = Span(flags.retry_after, "--retry-after");
    if (!after.ok()) return after.status();
    *request->mutable_retry_after() = *after;
  }
  request->set_escalate(flags.escalate);
  request->set_permanent(flags.permanent);
  request->set_reason(flags.reason);
  request->set_note(flags.note);
  return AnswerJob((*api)->FailJob(*request), context);
}

void AddTaking(Command& translations) {
  const auto claimed = std::make_shared<ClaimFlags>();
  Command claim = translations.Add(
      "claim", "takes jobs for you, and writes each into a file to be translated",
      "telexctl translations claim --from en --to ru --lease 2h\n"
      "  telexctl translations claim 5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2 ru --format xliff",
      [=](Context& context) { return Claim(*claimed, context); });
  AddJobOperands(claim, claimed->job, JobOperand::kOptional);
  claim.Text("--from", claimed->from,
             "without JOB: the next that is to be done from this language");
  claim.Text("--to", claimed->to, "into this language");
  claim.Number("--count", claimed->count, "how many").ShowDefault().Between(1, 100);
  claim.Text("--lease", claimed->lease, "for how long: 45m, 2h, 3d; without: an hour");
  claim
      .Text("--format", claimed->format,
            "text, for any editor, or xliff 2.1, for translators' tools")
      .OneOf({"text", "xliff"})
      .ShowDefault();
  claim.Text("--out", claimed->out,
             "the file; - is standard output; without: JOB.vVERSION.txt, here");

  const auto exported = std::make_shared<ClaimFlags>();
  Command command =
      translations.Add("export", "writes the file of a job, which stays whose it is",
                       "telexctl translations export 5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2 ru "
                       "--format xliff --out story.xlf",
                       [=](Context& context) { return Export(*exported, context); });
  AddJobOperands(command, exported->job);
  command.Text("--format", exported->format, "text or xliff")
      .OneOf({"text", "xliff"})
      .ShowDefault();
  command.Text("--out", exported->out, "the file; without: standard output");
}

void AddHolding(Command& translations) {
  const auto released = std::make_shared<HeldFlags>();
  Command release =
      translations.Add("release", "gives a job back that you have claimed",
                       "telexctl translations release 5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2 ru",
                       [=](Context& context) { return Release(*released, context); });
  AddJobOperands(release, released->job);

  const auto extended = std::make_shared<HeldFlags>();
  Command extend = translations.Add(
      "extend", "keeps a job that you have claimed for longer",
      "telexctl translations extend 5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2 ru --lease 3h",
      [=](Context& context) { return Extend(*extended, context); });
  AddJobOperands(extend, extended->job);
  extend.Text("--lease", extended->lease, "from now on: 45m, 2h, 3d").Required();
  extend.Number("--done", extended->done, "how many segments are done, for lists");

  const auto failed = std::make_shared<HeldFlags>();
  Command fail = translations.Add("fail", "says that a job you have claimed cannot be done",
                                  "telexctl translations fail 5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2 "
                                  "ru --reason SOURCE_UNCLEAR \\\n"
                                  "    --note 'which minister?' --escalate",
                                  [=](Context& context) { return FailJob(*failed, context); });
  AddJobOperands(fail, failed->job);
  fail.Text("--reason", failed->reason, "a word in capitals, for counting").Required();
  fail.Text("--note", failed->note, "for whoever takes it next");
  fail.Switch("--escalate", failed->escalate, "a person is to do it");
  fail.Switch("--permanent", failed->permanent, "trying again is of no use");
  fail.Text("--retry-after", failed->retry_after, "not before this is over: 45m, 2h");
}

}  // namespace

void AddTranslationClaims(Command& translations) {
  AddTaking(translations);
  AddHolding(translations);
}

}  // namespace telex::cli
