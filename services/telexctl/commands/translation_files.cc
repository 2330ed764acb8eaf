#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "telexctl/commands/job_name.h"
#include "telexctl/commands/translation_commands.h"
#include "telexctl/commands/translation_edit.h"
#include "telexctl/commands/translation_file.h"
#include "telexctl/context.h"
#include "telexctl/failures/failure.h"
#include "telexctl/requests/request_id.h"
#include "telexctl/views/text.h"
#include "telexctl/views/translation_view.h"

namespace telex::cli {
namespace {

struct FileFlags {
  std::string file;
  std::vector<std::string> overrule;
};

absl::Status AnswerFindings(const jobs::CheckSegmentsResponse& findings, const TranslatedFile& file,
                            const std::string& path, Context& context) {
  if (context.output().json()) {
    context.output().JsonList(findings);
  } else if (findings.findings_size() > 0) {
    context.output().Text(FindingsText(findings, file));
  }
  return findings.findings().empty() ? absl::OkStatus() : FailureOf(findings, path);
}

absl::Status CheckFile(const FileFlags& flags, Context& context) {
  const auto overrulings = Overrulings(flags.overrule);
  if (!overrulings.ok()) return overrulings.status();
  const auto api = context.translations();
  if (!api.ok()) return api.status();
  const auto file = LoadTranslation(flags.file, **api);
  if (!file.ok()) return file.status();
  const auto placed = AtTheirPlaces(*overrulings, *file, **api);
  if (!placed.ok()) return placed.status();
  const auto findings = FindingsIn(*file, *placed, **api);
  if (!findings.ok()) return findings.status();
  if (findings->findings().empty() && !context.output().json()) {
    context.output().Text(fmt::format("{} segments, nothing found\n", file->segments.size()));
    context.output().Note(
        fmt::format("next: telexctl translations complete {}", ShellQuoted(flags.file)));
  }
  return AnswerFindings(*findings, *file, flags.file, context);
}

absl::Status CompleteFile(const FileFlags& flags, Context& context) {
  const auto overrulings = Overrulings(flags.overrule);
  if (!overrulings.ok()) return overrulings.status();
  const auto api = context.translations();
  if (!api.ok()) return api.status();
  const auto file = LoadTranslation(flags.file, **api);
  if (!file.ok()) return file.status();
  const auto held = Held(file->job.job, "", **api, context);
  if (!held.ok()) return held.status();
  if (held->worker() == jobs::WORKER_REVIEWER && held->token() == 0) {
    return Usage(fmt::format("{} awaits a review", held->name()),
                 fmt::format("telexctl translations review {} --replace {}", held->name(),
                             ShellQuoted(flags.file)));
  }
  const auto placed = AtTheirPlaces(*overrulings, *file, **api);
  if (!placed.ok()) return placed.status();
  const auto answer = Complete(*file, *held, *placed, **api);
  if (answer.ok()) {
    AnswerCompleted(*answer, *file, context);
    return absl::OkStatus();
  }
  if (!IsAboutSegments(answer.status())) return answer.status();
  const auto findings = FindingsIn(*file, *placed, **api);
  if (!findings.ok() || findings->findings().empty()) return answer.status();
  return AnswerFindings(*findings, *file, flags.file, context);
}

struct ReviewFlags {
  JobOperands job;
  bool approve = false;
  bool reject = false;
  std::string replace;
  std::int64_t revision = 0;
  std::string note;
  std::vector<std::string> overrule;
};

absl::StatusOr<jobs::ReviewTranslationRequest> ReviewRequest(const ReviewFlags& flags,
                                                             TranslationApi& api,
                                                             Context& context) {
  const auto overrulings = Overrulings(flags.overrule);
  if (!overrulings.ok()) return overrulings.status();
  const auto name = FindJob(flags.job, context);
  if (!name.ok()) return name.status();
  const auto job = GetJob(*name, api);
  if (!job.ok()) return job.status();
  jobs::ReviewTranslationRequest request;
  request.set_name(*name);
  request.set_version(job->version());
  request.set_revision(flags.revision > 0 ? flags.revision : job->revision());
  request.set_verdict(flags.approve  ? jobs::REVIEW_VERDICT_APPROVED
                      : flags.reject ? jobs::REVIEW_VERDICT_REJECTED
                                     : jobs::REVIEW_VERDICT_REPLACED);
  request.set_note(flags.note);
  request.set_request_id(NewRequestId());
  if (flags.replace.empty()) return request;
  const auto file = LoadTranslation(flags.replace, api);
  if (!file.ok()) return file.status();
  if (file->job.job != *name)
    return Usage(fmt::format("{} is of {}, and not of {}", flags.replace, file->job.job, *name));
  request.set_version(file->version);
  const auto placed = AtTheirPlaces(*overrulings, *file, api);
  if (!placed.ok()) return placed.status();
  if (absl::Status status = SetSegments(*file, *placed, *request.mutable_segments());
      !status.ok()) {
    return status;
  }
  return request;
}

absl::Status Review(const ReviewFlags& flags, Context& context) {
  if (flags.approve + flags.reject + (flags.replace.empty() ? 0 : 1) != 1)
    return Usage("say one of --approve, --reject and --replace FILE");
  const auto api = context.translations();
  if (!api.ok()) return api.status();
  const auto request = ReviewRequest(flags, **api, context);
  if (!request.ok()) return request.status();
  return AnswerJob((*api)->ReviewTranslation(*request), context);
}

constexpr const char* kOverruleHelp =
    "PLACE:CHECK=reason: a soft check that is wrong here, '*:CHECK=reason' wherever it finds "
    "something; may be repeated; it is kept on record";

void AddFileCommand(Command& translations, const std::string& name, const std::string& description,
                    const std::string& example,
                    absl::Status (*run)(const FileFlags& flags, Context& context)) {
  const auto flags = std::make_shared<FileFlags>();
  Command command = translations.Add(name, description, example,
                                     [=](Context& context) { return run(*flags, context); });
  command.Text("FILE", flags->file, "of claim or export, translated; - is standard input")
      .Required();
  command.Texts("--overrule", flags->overrule, kOverruleHelp);
}

}  // namespace

void AddTranslationFiles(Command& translations) {
  AddFileCommand(translations, "check", "says what the checks find in a file; changes nothing",
                 "telexctl translations check story.ru.v3.txt", CheckFile);
  AddFileCommand(translations, "complete", "hands over a translated file",
                 "telexctl translations complete story.ru.v3.txt \\\n"
                 "    --overrule body.p2.s3:NUMBERS_DIFFER='a dozen is 12 here'",
                 CompleteFile);

  const auto edited = std::make_shared<EditFlags>();
  Command edit = translations.Add(
      "edit", "claims a job, opens your editor ($VISUAL, $EDITOR), checks, and completes it",
      "telexctl translations edit 5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2 ru",
      [=](Context& context) { return EditJob(*edited, context); });
  AddJobOperands(edit, edited->job);
  edit.Text("--lease", edited->lease, "for how long it is yours, from each time you save: 45m, 2h")
      .ShowDefault();
  edit.Text("--out", edited->out, "the file; without: JOB.vVERSION.txt, here");

  const auto reviewed = std::make_shared<ReviewFlags>();
  Command review = translations.Add(
      "review", "what you find of a translation, or of the draft that waits for you",
      "telexctl translations review 5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2 ru --approve",
      [=](Context& context) { return Review(*reviewed, context); });
  AddJobOperands(review, reviewed->job);
  review.Switch("--approve", reviewed->approve, "it stands");
  review.Switch("--reject", reviewed->reject,
                "no feed shows it; a person translates it from the beginning");
  review.Text("--replace", reviewed->replace, "FILE: this is better; export gives the file");
  review.Number("--revision", reviewed->revision,
                "only if this is still the newest: as get and show have it");
  review.Text("--note", reviewed->note, "for whoever made it");
  review.Texts("--overrule", reviewed->overrule, kOverruleHelp);
}

}  // namespace telex::cli
