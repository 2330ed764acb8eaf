#include "telexctl/requests/translation_resources.h"

#include <fmt/format.h>

#include <cstdint>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "platform/errors/errors.h"
#include "telexctl/commands/translation_commands.h"
#include "telexctl/context.h"
#include "telexctl/failures/failure.h"
#include "telexctl/requests/glossary_file.h"
#include "telexctl/requests/input.h"
#include "telexctl/requests/job_requests.h"
#include "telexctl/requests/output_file.h"
#include "telexctl/requests/policy_file.h"
#include "telexctl/requests/request_id.h"
#include "telexctl/views/output.h"
#include "telexctl/views/text.h"
#include "telexctl/views/translation_resource_view.h"

namespace telex::cli {
namespace {

constexpr std::size_t kResourceBytesMax = 16 << 20;
constexpr std::size_t kMemoryBytesMax = 64 << 20;
constexpr absl::Duration kMemoryTimeout = absl::Seconds(600);
constexpr const char* kPairHelp = "en.ru: from English into Russian";

struct ResourceFlags {
  std::string pair;  // of a glossary
  std::string file;
  std::int64_t version = 0;
  std::optional<std::string> etag;
  bool validate_only = false;
};

// What somebody is to edit and to hand in again: no JSON of a message, unless it is asked for.
template <typename Message>
absl::Status AnswerResource(const absl::StatusOr<Message>& resource,
                            std::string (*write)(const Message&), Context& context) {
  if (!resource.ok()) return resource.status();
  if (context.output().json()) {
    context.output().Json(*resource);
  } else {
    context.output().Text(write(*resource));
  }
  return absl::OkStatus();
}

absl::Status GetPolicy(const ResourceFlags& flags, Context& context) {
  const auto api = context.translations();
  if (!api.ok()) return api.status();
  jobs::GetPolicyRequest request;
  request.set_version(flags.version);
  return AnswerResource((*api)->GetPolicy(request), WritePolicyFile, context);
}

// The resource of a file, guarded by the etag that was given.
template <typename Message>
absl::StatusOr<Message> ReadResource(
    const ResourceFlags& flags,
    const std::function<absl::StatusOr<Message>(std::string_view)>& read) {
  const auto bytes = ReadInput(flags.file, kResourceBytesMax, std::cin);
  if (!bytes.ok()) return bytes.status();
  auto resource = read(*bytes);
  if (!resource.ok()) return AboutFile(resource.status(), flags.file);
  if (flags.etag.has_value()) {
    auto etag = Etag(*flags.etag);
    if (!etag.ok()) return etag.status();
    resource->set_etag(*std::move(etag));
  }
  return resource;
}

// What stands by now is shown by `get`, a command of the resource's own.
absl::Status AboutStale(const absl::Status& status, const ResourceFlags& flags,
                        const std::string& get) {
  if (!errors::Is(status, errors::kStaleEtag)) return status;
  if (!flags.etag) {
    return WithHint(status, fmt::format("others are changing it at this very moment: look at what "
                                        "stands by now, telexctl translations {}, and repeat it",
                                        get));
  }
  return WithHint(status,
                  fmt::format("etag {} is no longer the newest: look at what stands by now, "
                              "telexctl translations {} (its etag: -o json), and repeat with that "
                              "etag, or without --etag",
                              ShellQuoted(*flags.etag), get));
}

std::string ChangedText(const ResourceFlags& flags, std::int64_t version) {
  return flags.validate_only ? "checked only, nothing was changed"
                             : fmt::format("version {} stands", version);
}

absl::Status SetPolicy(const ResourceFlags& flags, Context& context) {
  PolicyFile file;
  auto policy = ReadResource<jobs::Policy>(
      flags, [&](std::string_view bytes) -> absl::StatusOr<jobs::Policy> {
        auto read = ReadPolicyFile(bytes);
        if (!read.ok()) return read.status();
        file = *std::move(read);
        return file.policy;
      });
  if (!policy.ok()) return policy.status();
  const auto api = context.translations();
  if (!api.ok()) return api.status();
  jobs::UpdatePolicyRequest request;
  *request.mutable_policy() = *std::move(policy);
  request.set_request_id(NewRequestId());
  request.set_validate_only(flags.validate_only);
  const auto stands = (*api)->UpdatePolicy(request);
  if (!stands.ok()) return AboutStale(AboutPolicy(stands.status(), file), flags, "policy get");
  if (context.output().json()) {
    context.output().Json(*stands);
    return absl::OkStatus();
  }
  context.output().Text(
      fmt::format("{}: {} rules\n", ChangedText(flags, stands->version()), stands->rules_size()));
  if (flags.validate_only) return absl::OkStatus();
  context.output().Note(
      "It holds for what comes in from now on; telexctl translations backfill start touches the "
      "archive.");
  return absl::OkStatus();
}

absl::StatusOr<std::string> GlossaryName(const std::string& text) {
  const auto pair = PairOf(text);
  if (!pair.ok()) return pair.status();
  return fmt::format("glossaries/{}", PairName(pair->from(), pair->to()));
}

absl::Status ListGlossaries(Context& context) {
  const auto api = context.translations();
  if (!api.ok()) return api.status();
  const auto list = (*api)->ListGlossaries({});
  if (!list.ok()) return list.status();
  if (context.output().json()) {
    context.output().JsonList(*list);
  } else {
    context.output().Show(GlossaryTable(*list));
  }
  return absl::OkStatus();
}

absl::Status GetGlossary(const ResourceFlags& flags, Context& context) {
  auto name = GlossaryName(flags.pair);
  if (!name.ok()) return name.status();
  const auto api = context.translations();
  if (!api.ok()) return api.status();
  jobs::GetGlossaryRequest request;
  request.set_name(*std::move(name));
  request.set_version(flags.version);
  return AnswerResource((*api)->GetGlossary(request), WriteGlossaryFile, context);
}

absl::Status SetGlossary(const ResourceFlags& flags, Context& context) {
  auto name = GlossaryName(flags.pair);
  if (!name.ok()) return name.status();
  auto glossary = ReadResource<jobs::Glossary>(flags, ReadGlossaryFile);
  if (!glossary.ok()) return glossary.status();
  const auto api = context.translations();
  if (!api.ok()) return api.status();
  jobs::UpdateGlossaryRequest request;
  *request.mutable_glossary() = *std::move(glossary);
  request.mutable_glossary()->set_name(*std::move(name));
  request.set_request_id(NewRequestId());
  request.set_validate_only(flags.validate_only);
  const auto answer = (*api)->UpdateGlossary(request);
  if (!answer.ok()) return AboutStale(answer.status(), flags, "glossary get " + flags.pair);
  if (context.output().json()) {
    context.output().Json(*answer);
    return absl::OkStatus();
  }
  context.output().Text(fmt::format("{}: {} terms are others\n",
                                    ChangedText(flags, answer->glossary().version()),
                                    answer->changed_terms_size()));
  if (answer->outdated_count() > 0) {
    context.output().Text(fmt::format("\n{}{} translations have one of them:\n",
                                      answer->is_partial() ? "at least " : "",
                                      answer->outdated_count()));
    context.output().Show(OutdatedTable(*answer));
    context.output().Note(
        "They stand as they are. next: telexctl translations request JOB translates those "
        "segments again");
  }
  return absl::OkStatus();
}

struct MemoryFlags {
  std::string pair;
  std::string text;
  std::int32_t score = 0;
  std::int32_t limit = 0;
  std::string file;
};

absl::Status SearchMemory(const MemoryFlags& flags, Context& context) {
  const auto pair = PairOf(flags.pair);
  if (!pair.ok()) return pair.status();
  const auto api = context.translations();
  if (!api.ok()) return api.status();
  jobs::SearchMemoryRequest request;
  request.set_from(pair->from());
  request.set_to(pair->to());
  request.set_text(TaggedOf(flags.text));
  request.set_without_tags(true);
  request.set_score_min(flags.score);
  request.set_count(flags.limit);
  const auto found = (*api)->SearchMemory(request);
  if (!found.ok()) return found.status();
  if (context.output().json()) {
    context.output().JsonList(*found);
    return absl::OkStatus();
  }
  context.output().Show(SuggestionTable(*found));
  if (found->suggestions().empty())
    context.output().Note("Nothing in the memory is so alike: --score lowers the bound");
  return absl::OkStatus();
}

absl::Status ExportMemory(const MemoryFlags& flags, Context& context) {
  const auto pair = PairOf(flags.pair);
  if (!pair.ok()) return pair.status();
  const auto api = context.translations(kMemoryTimeout);
  if (!api.ok()) return api.status();
  jobs::ExportMemoryRequest request;
  request.set_from(pair->from());
  request.set_to(pair->to());
  std::string file;
  const absl::Status status = (*api)->ExportMemory(request, [&](const std::string& part) {
    if (flags.file.empty() || flags.file == "-") {
      context.output().Text(part);
    } else {
      file += part;
    }
    return absl::OkStatus();
  });
  if (!status.ok() || flags.file.empty() || flags.file == "-") return status;
  return WriteNewFile(flags.file, file);
}

absl::Status ImportMemory(const MemoryFlags& flags, Context& context) {
  const auto pair = PairOf(flags.pair);
  if (!pair.ok()) return pair.status();
  const auto bytes = ReadInput(flags.file, kMemoryBytesMax, std::cin);
  if (!bytes.ok()) return bytes.status();
  const auto api = context.translations(kMemoryTimeout);
  if (!api.ok()) return api.status();
  const auto answer = (*api)->ImportMemory(*pair, *bytes);
  if (!answer.ok()) return AboutFile(answer.status(), flags.file);
  if (context.output().json()) {
    context.output().Json(*answer);
  } else {
    context.output().Text(fmt::format(
        "{} units are in the memory; {} others lack one of the two languages, or text\n",
        answer->units(), answer->others()));
  }
  return absl::OkStatus();
}

absl::Status AnswerBackfill(const absl::StatusOr<jobs::Backfill>& backfill, Context& context) {
  if (!backfill.ok()) return backfill.status();
  if (context.output().json()) {
    context.output().Json(*backfill);
  } else {
    context.output().Show(DescribeBackfill(*backfill));
  }
  return absl::OkStatus();
}

absl::Status StartBackfill(const BackfillFlags& flags, Context& context) {
  const auto request = BackfillRequest(flags, NewRequestId());
  if (!request.ok()) return request.status();
  const auto api = context.translations();
  if (!api.ok()) return api.status();
  const auto backfill = (*api)->StartBackfill(*request);
  const absl::Status status = AnswerBackfill(backfill, context);
  if (status.ok() && !context.output().json()) {
    context.output().Note(
        flags.validate_only
            ? "Nothing was started: the same without --validate-only does it"
            : fmt::format("next: telexctl translations backfill list; stop {}", backfill->id()));
  }
  return status;
}

absl::Status StopBackfill(std::int64_t id, Context& context) {
  const auto api = context.translations();
  if (!api.ok()) return api.status();
  jobs::StopBackfillRequest request;
  request.set_id(id);
  return AnswerBackfill((*api)->StopBackfill(request), context);
}

absl::Status ListBackfills(Context& context) {
  const auto api = context.translations();
  if (!api.ok()) return api.status();
  const auto list = (*api)->ListBackfills({});
  if (!list.ok()) return list.status();
  if (context.output().json()) {
    context.output().JsonList(*list);
  } else {
    context.output().Show(BackfillTable(*list));
  }
  return absl::OkStatus();
}

void AddSetFlags(Command& command, ResourceFlags& flags) {
  command.Text("FILE", flags.file, "as get prints it; - is standard input").Required();
  command.Text("--etag", flags.etag, "only if this is still the newest version");
  command.Switch("--validate-only", flags.validate_only, "says what is wrong; changes nothing");
}

void AddPolicy(Command& translations) {
  Command policy =
      translations.AddGroup("policy", "which stories are translated into what, by whom",
                            "telexctl translations policy get >policy.yaml");
  const auto got = std::make_shared<ResourceFlags>();
  Command get = policy.Add("get", "the policy, as a file", "telexctl translations policy get",
                           [=](Context& context) { return GetPolicy(*got, context); });
  get.Number("--version", got->version, "an earlier one").Positive();
  const auto changed = std::make_shared<ResourceFlags>();
  Command set = policy.Add("set", "the whole policy, from a file",
                           "telexctl translations policy set policy.yaml --validate-only",
                           [=](Context& context) { return SetPolicy(*changed, context); });
  AddSetFlags(set, *changed);
}

void AddGlossary(Command& translations) {
  Command glossary = translations.AddGroup("glossary", "how names and terms are to be translated",
                                           "telexctl translations glossary get en.ru >en.ru.txt");
  glossary.Add("list", "the pairs that have one", "telexctl translations glossary list",
               ListGlossaries);
  const auto got = std::make_shared<ResourceFlags>();
  Command get = glossary.Add("get", "the glossary of a pair, as a file",
                             "telexctl translations glossary get en.ru",
                             [=](Context& context) { return GetGlossary(*got, context); });
  get.Text("PAIR", got->pair, kPairHelp).Required();
  get.Number("--version", got->version, "an earlier one").Positive();
  const auto changed = std::make_shared<ResourceFlags>();
  Command set = glossary.Add("set", "the whole glossary of a pair, from a file",
                             "telexctl translations glossary set en.ru en.ru.txt",
                             [=](Context& context) { return SetGlossary(*changed, context); });
  set.Text("PAIR", changed->pair, kPairHelp).Required();
  AddSetFlags(set, *changed);
}

void AddMemory(Command& translations) {
  Command memory = translations.AddGroup("memory", "how segments were translated before",
                                         "telexctl translations memory search en.ru 'Prices rose'");
  const auto searched = std::make_shared<MemoryFlags>();
  Command search = memory.Add("search", "what is like a text, the most alike first",
                              "telexctl translations memory search en.ru 'Prices rose' --score 80",
                              [=](Context& context) { return SearchMemory(*searched, context); });
  search.Text("PAIR", searched->pair, kPairHelp).Required();
  search.Text("TEXT", searched->text, "a sentence").Required();
  search.Number("--score", searched->score, "how alike at least, per cent; without: 70")
      .Between(1, 100);
  search.Number("--limit", searched->limit, "how many; without: 5").Between(1, 20);

  const auto exported = std::make_shared<MemoryFlags>();
  Command get = memory.Add("export", "all of a pair, as TMX 1.4",
                           "telexctl translations memory export en.ru --out en.ru.tmx",
                           [=](Context& context) { return ExportMemory(*exported, context); });
  get.Text("PAIR", exported->pair, kPairHelp).Required();
  get.Text("--out", exported->file, "the file; without: standard output");

  const auto imported = std::make_shared<MemoryFlags>();
  Command set =
      memory.Add("import", "takes a TMX file in; what was translated here since goes before it",
                 "telexctl translations memory import en.ru agency.tmx",
                 [=](Context& context) { return ImportMemory(*imported, context); });
  set.Text("PAIR", imported->pair, kPairHelp).Required();
  set.Text("FILE", imported->file, "TMX 1.1 to 1.4; - is standard input").Required();
}

void AddBackfill(Command& translations) {
  Command backfill = translations.AddGroup(
      "backfill", "translates stories that are there already",
      "telexctl translations backfill start en.ru --since 2025-01-01 --validate-only");
  const auto flags = std::make_shared<BackfillFlags>();
  Command start = backfill.Add("start", "asks for stories of the archive, behind all that is new",
                               "telexctl translations backfill start en.ru --since 2025-01-01 "
                               "--section world --validate-only",
                               [=](Context& context) { return StartBackfill(*flags, context); });
  start.Text("PAIR", flags->pair, kPairHelp).Required();
  start.Text("--since", flags->since, "first published at this instant or later").Required();
  start.Text("--until", flags->until, "and before this one; without: now");
  start.Texts("--source", flags->sources, "of this source; may be repeated");
  start.Texts("--section", flags->sections, "of this section; may be repeated");
  start.Text("--workflow", flags->workflow, "who translates them; without: machine")
      .OneOf(WorkflowWords());
  start.Switch("--validate-only,--dry-run", flags->validate_only,
               "says what it would cost; starts nothing");
  const auto id = std::make_shared<std::int64_t>(0);
  Command stop = backfill.Add("stop", "cancels what of it is not done",
                              "telexctl translations backfill stop 4711",
                              [=](Context& context) { return StopBackfill(*id, context); });
  stop.Number("ID", *id, "as list shows it").Required();
  backfill.Add("list", "all of them, and how far they are", "telexctl translations backfill list",
               ListBackfills);
}

}  // namespace

void AddTranslationResources(Command& translations) {
  AddPolicy(translations);
  AddGlossary(translations);
  AddMemory(translations);
  AddBackfill(translations);
}

}  // namespace telex::cli
