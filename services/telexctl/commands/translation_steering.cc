#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <string>
#include <tuple>

#include "telexctl/commands/job_name.h"
#include "telexctl/commands/translation_commands.h"
#include "telexctl/context.h"
#include "telexctl/requests/input.h"
#include "telexctl/requests/job_requests.h"
#include "telexctl/requests/request_id.h"
#include "telexctl/views/job_view.h"

namespace telex::cli {
namespace {

struct RequestFlags {
  JobOperands job;
  std::string workflow;
  std::int32_t urgency = 0;
  std::string deadline;
  std::string not_before;
};

absl::Status Request(const RequestFlags& flags, Context& context) {
  jobs::RequestTranslationRequest request;
  for (const auto& [text, flag, field] :
       {std::tuple(&flags.deadline, "--deadline",
                   &jobs::RequestTranslationRequest::mutable_deadline),
        std::tuple(&flags.not_before, "--not-before",
                   &jobs::RequestTranslationRequest::mutable_not_before)}) {
    if (text->empty()) continue;
    const auto instant = Instant(*text, flag);
    if (!instant.ok()) return instant.status();
    *(request.*field)() = *instant;
  }
  const auto name = FindJob(flags.job, context);
  if (!name.ok()) return name.status();
  const auto api = context.translations();
  if (!api.ok()) return api.status();
  request.set_article(ArticleOf(*name));
  request.set_language(LanguageOf(*name));
  request.set_workflow(WorkflowOf(flags.workflow));
  request.set_urgency(flags.urgency);
  request.set_request_id(NewRequestId());
  return AnswerJob((*api)->RequestTranslation(request), context);
}

struct NoteFlags {
  JobOperands job;
  std::string note;
};

// Cancel and replay differ in their request and their method only.
template <typename RequestMessage>
absl::Status Change(const NoteFlags& flags, Context& context,
                    absl::StatusOr<jobs::Job> (TranslationApi::*method)(const RequestMessage&)) {
  const auto name = FindJob(flags.job, context);
  if (!name.ok()) return name.status();
  const auto api = context.translations();
  if (!api.ok()) return api.status();
  RequestMessage request;
  request.set_name(*name);
  request.set_note(flags.note);
  request.set_request_id(NewRequestId());
  return AnswerJob(((*api)->*method)(request), context);
}

struct PairFlags {
  std::string pair;
  std::string note;
};

template <typename RequestMessage>
absl::Status ChangePair(
    const PairFlags& flags, Context& context,
    absl::StatusOr<jobs::PairStats> (TranslationApi::*method)(const RequestMessage&)) {
  const auto pair = PairOf(flags.pair);
  if (!pair.ok()) return pair.status();
  const auto api = context.translations();
  if (!api.ok()) return api.status();
  RequestMessage request;
  request.set_from(pair->from());
  request.set_to(pair->to());
  if constexpr (requires { request.set_note(flags.note); }) request.set_note(flags.note);
  const auto stands = ((*api)->*method)(request);
  if (!stands.ok()) return stands.status();
  if (context.output().json()) {
    context.output().Json(*stands);
    return absl::OkStatus();
  }
  jobs::QueueStats stats;
  *stats.add_pairs() = *stands;
  context.output().Show(PairTable(stats));
  if (stands->paused()) {
    context.output().Note(
        fmt::format("What is claimed goes on. next: telexctl translations resume {}",
                    PairName(pair->from(), pair->to())));
  }
  return absl::OkStatus();
}

template <typename RequestMessage>
void AddChange(Command& translations, const std::string& name, const std::string& description,
               const std::string& example,
               absl::StatusOr<jobs::Job> (TranslationApi::*method)(const RequestMessage&)) {
  const auto flags = std::make_shared<NoteFlags>();
  Command command = translations.Add(name, description, example, [=](Context& context) {
    return Change(*flags, context, method);
  });
  AddJobOperands(command, flags->job);
  command.Text("--note", flags->note, "why; it stands with the job");
}

template <typename RequestMessage>
Command AddPairChange(
    Command& translations, const std::string& name, const std::string& description,
    const std::string& example, const std::shared_ptr<PairFlags>& flags,
    absl::StatusOr<jobs::PairStats> (TranslationApi::*method)(const RequestMessage&)) {
  Command command = translations.Add(name, description, example, [=](Context& context) {
    return ChangePair(*flags, context, method);
  });
  command.Text("PAIR", flags->pair, "en.ru: from English into Russian").Required();
  return command;
}

}  // namespace

void AddTranslationSteering(Command& translations) {
  const auto flags = std::make_shared<RequestFlags>();
  Command request = translations.Add(
      "request", "asks for a translation, whatever the policy says; begins again what is done",
      "telexctl translations request 5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2 ru --workflow person",
      [=](Context& context) { return Request(*flags, context); });
  AddJobOperands(request, flags->job);
  request.Text("--workflow", flags->workflow, "without: as the policy has it, else machine")
      .OneOf(WorkflowWords());
  request.Number("--urgency", flags->urgency, "1, most urgent, to 9; without: the story's")
      .Between(1, 9);
  request.Text("--deadline", flags->deadline, "it is to be done by this instant");
  request.Text("--not-before", flags->not_before, "it is not to be begun before this instant");

  AddChange(
      translations, "cancel", "takes a job from the queue",
      "telexctl translations cancel 5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2 ru --note 'not for us'",
      &TranslationApi::CancelJob);
  AddChange(translations, "replay", "tries a dead job again",
            "telexctl translations replay 5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2 ru",
            &TranslationApi::ReplayJob);

  const auto paused = std::make_shared<PairFlags>();
  Command pause = AddPairChange(
      translations, "pause", "gives nobody jobs of a pair of languages; what is claimed goes on",
      "telexctl translations pause en.ru --note 'glossary is being changed'", paused,
      &TranslationApi::PausePair);
  pause.Text("--note", paused->note, "why").Required();
  AddPairChange(translations, "resume", "gives jobs of the pair again",
                "telexctl translations resume en.ru", std::make_shared<PairFlags>(),
                &TranslationApi::ResumePair);
}

}  // namespace telex::cli
