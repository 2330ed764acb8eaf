#include <fmt/format.h>

#include "platform/errors/errors.h"
#include "telexctl/commands/command.h"
#include "telexctl/context.h"
#include "telexctl/failures/failure.h"
#include "telexctl/requests/input.h"
#include "telexctl/requests/request_id.h"
#include "telexctl/requests/source_requests.h"
#include "telexctl/views/article_view.h"
#include "telexctl/views/result_view.h"

namespace telex::cli {
namespace {

// As often as the service itself tries an update of a story that names no etag.
constexpr int kUpdateTriesMax = 5;

template <typename Map>
std::string Aliases(const Map& map) {
  const std::map<std::string, std::string> sorted(map.begin(), map.end());
  std::string text;
  for (const auto& [from, to] : sorted) {
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", from, to);
  }
  return text;
}

Fields Describe(const pb::Source& source) {
  return {
      {"name", source.name()},
      {"version", source.version() > 0 ? std::to_string(source.version()) : ""},
      {"etag", source.etag()},
      {"display name", source.display_name()},
      {"home page", source.home_page()},
      {"usage terms", source.usage_terms()},
      {"attribution", source.attribution()},
      {"default language", source.default_language()},
      {"section aliases", Aliases(source.section_aliases())},
      {"language aliases", Aliases(source.language_aliases())},
      {"when edited here", source.edited_policy() == pb::EDITED_POLICY_APPLY ? "apply" : "hold"},
      {"sections", fmt::format("{}", fmt::join(source.sections(), ", "))},
      {"time zone", source.time_zone()},
      {"made", TimeText(source.has_create_time(), source.create_time())},
      {"changed", TimeText(source.has_update_time(), source.update_time())},
      {"changed by", source.actor()}};
}

absl::Status Answer(const absl::StatusOr<pb::Source>& source, Context& context) {
  if (!source.ok()) return source.status();
  if (context.output().json()) {
    context.output().Json(*source);
  } else {
    context.output().Show(Describe(*source));
  }
  return absl::OkStatus();
}

absl::Status AnswerChange(const absl::StatusOr<pb::Source>& source, const SourceFlags& flags,
                          Context& context) {
  if (!source.ok() || context.output().json()) return Answer(source, context);
  Fields fields = Describe(*source);
  const Call call = flags.validate_only ? Call::kValidated : Call::kWrote;
  fields.insert(fields.begin(), {"verdict", VerdictText(*source, call)});
  context.output().Show(fields);
  return absl::OkStatus();
}

absl::StatusOr<pb::Source> Fetch(IngestionApi& api, const std::string& source) {
  pb::GetSourceRequest request;
  request.set_name(SourceName(source));
  return api.GetSource(request);
}

absl::Status Get(const std::string& source, Context& context) {
  const auto api = context.api();
  if (!api.ok()) return api.status();
  return Answer(Fetch(**api, source), context);
}

absl::Status ListSources(Context& context) {
  const auto api = context.api();
  if (!api.ok()) return api.status();
  pb::ListSourcesRequest request;
  request.set_page_size(200);
  pb::ListSourcesResponse all;
  do {
    request.set_page_token(all.next_page_token());
    auto page = (*api)->ListSources(request);
    if (!page.ok()) return page.status();
    all.mutable_sources()->MergeFrom(page->sources());
    all.set_next_page_token(page->next_page_token());
  } while (!all.next_page_token().empty());
  if (context.output().json()) {
    context.output().JsonList(all);
    return absl::OkStatus();
  }
  Table table{.heading = {"SOURCE", "V", "DISPLAY NAME", "LANGUAGE", "HOME PAGE", "USAGE TERMS"},
              .flexible = 5};
  for (const pb::Source& source : all.sources()) {
    table.rows.push_back({source.name().substr(source.name().find('/') + 1),
                          std::to_string(source.version()), source.display_name(),
                          source.default_language(), source.home_page(), source.usage_terms()});
  }
  context.output().Show(table);
  return absl::OkStatus();
}

absl::Status Create(const SourceFlags& flags, Context& context) {
  const auto request = CreateSourceRequestOf(flags, NewRequestId());
  if (!request.ok()) return request.status();
  const auto api = context.api();
  if (!api.ok()) return api.status();
  return AnswerChange((*api)->CreateSource(*request), flags, context);
}

absl::Status Update(const SourceFlags& flags, Context& context) {
  // What is wrong on the command line shows before anything is asked.
  if (auto checked = UpdateSourceRequestOf(flags, {}, ""); !checked.ok()) return checked.status();
  const auto api = context.api();
  if (!api.ok()) return api.status();
  for (int tries = 1;; ++tries) {
    pb::Source current;
    if (NeedsCurrent(flags)) {
      auto fetched = Fetch(**api, flags.source);
      if (!fetched.ok()) return fetched.status();
      current = *std::move(fetched);
    }
    const auto request = UpdateSourceRequestOf(flags, current, NewRequestId());
    if (!request.ok()) return request.status();
    const auto source = (*api)->UpdateSource(*request);
    // Whom a change by somebody else is no matter to is not bothered with it.
    const bool again = errors::Is(source.status(), errors::kStaleEtag) && !flags.etag;
    if (!again || tries == kUpdateTriesMax)
      return AboutEtag(AnswerChange(source, flags, context), flags.etag);
  }
}

void AddSourceFlags(Command& command, SourceFlags& flags) {
  command.Text("SOURCE", flags.source, "its id: letters, digits, hyphens, dots").Required();
  command.Text("--display-name", flags.display_name, "as partners read it");
  command.Text("--home-page", flags.home_page, "http or https; credits link here");
  command.Text("--usage-terms", flags.usage_terms, "the licence's words");
  command.Text("--attribution", flags.attribution, "the line to print beside a story");
  command.Text("--default-language", flags.default_language, "BCP 47");
  command.Texts("--section-alias", flags.section_aliases, "WORLD=world; may be repeated");
  command.Texts("--language-alias", flags.language_aliases, "arm=hy; may be repeated");
  command
      .Text("--edited-policy", flags.edited_policy,
            "what a new version of theirs does to a story that was edited here: hold or apply")
      .OneOf({"hold", "apply"});
  command.Text("--sections", flags.sections, "the slugs it may use, comma-parted; empty: any");
  command.Text("--time-zone", flags.time_zone, "IANA name, for dates printed without one");
  command.Switch("--validate-only", flags.validate_only, "says what would be made; makes nothing");
}

}  // namespace

void AddSources(Command& program) {
  Command sources =
      program.AddGroup("sources", "publishers whose stories come in",
                       "telexctl sources list\n  telexctl sources get courier.example\n"
                       "  telexctl sources update courier.example --section-alias HARBOUR=harbour");
  sources.Add("list", "all of them, by name", "telexctl sources list", ListSources);

  const auto name = std::make_shared<std::string>();
  Command get = sources.Add("get", "one of them", "telexctl sources get courier.example",
                            [=](Context& context) { return Get(*name, context); });
  get.Text("SOURCE", *name, "its id").Required();

  const auto made = std::make_shared<SourceFlags>();
  Command create = sources.Add(
      "create", "makes one",
      "telexctl sources create courier.example --display-name 'The Courier' \\\n"
      "    --home-page https://courier.example --usage-terms 'With a link to the source' \\\n"
      "    --default-language en --section-alias WORLD=world --language-alias arm=hy",
      [=](Context& context) { return Create(*made, context); });
  AddSourceFlags(create, *made);

  const auto changed = std::make_shared<SourceFlags>();
  Command update =
      sources.Add("update", "changes what is named; aliases are added, NAME= takes one away",
                  "telexctl sources update courier.example --section-alias "
                  "HARBOUR=harbour --edited-policy apply",
                  [=](Context& context) { return Update(*changed, context); });
  AddSourceFlags(update, *changed);
  update.Text("--etag", changed->etag, "only if this is still the newest version: as get shows it");
}

}  // namespace telex::cli
