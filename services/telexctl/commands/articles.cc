#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <string_view>
#include <type_traits>
#include <utility>

#include "telexctl/commands/article_name.h"
#include "telexctl/commands/command.h"
#include "telexctl/commands/meant.h"
#include "telexctl/context.h"
#include "telexctl/failures/failure.h"
#include "telexctl/requests/article_requests.h"
#include "telexctl/requests/document_text.h"
#include "telexctl/requests/input.h"
#include "telexctl/requests/request_id.h"
#include "telexctl/views/article_view.h"
#include "telexctl/views/count_view.h"
#include "telexctl/views/result_view.h"

namespace telex::cli {
namespace {

constexpr std::size_t kBodyBytesMax = 1 << 20;
constexpr const char* kNameHelp =
    "articles/UUID, the bare UUID, urn:uuid:UUID, or its address at Telex or at its source";

absl::StatusOr<std::string> ReadBody(const std::string& file) {
  auto bytes = ReadInput(file, kBodyBytesMax, std::cin);
  if (!bytes.ok()) return bytes;
  auto text = DocumentText(*std::move(bytes));
  if (!text.ok()) return AboutFile(text.status(), file);
  return text;
}

absl::Status Answer(const absl::StatusOr<pb::Article>& article, Context& context) {
  if (!article.ok()) return article.status();
  if (context.output().json()) {
    context.output().Json(*article);
  } else {
    context.output().Show(DescribeArticle(*article));
  }
  return absl::OkStatus();
}

// What a change did. `remark` goes with a verdict of unchanged.
absl::Status AnswerChange(const absl::StatusOr<pb::Article>& article, Call call, Context& context,
                          std::string_view remark = "") {
  if (!article.ok()) return article.status();
  if (context.output().json()) {
    context.output().Json(*article);
    return absl::OkStatus();
  }
  Fields fields = DescribeArticle(*article);
  std::string verdict = VerdictText(*article, call);
  if (article->result().verdict() == pb::WriteResult::VERDICT_UNCHANGED) verdict += remark;
  fields.insert(fields.begin(), {"verdict", std::move(verdict)});
  context.output().Show(fields);
  return absl::OkStatus();
}

Call CallOf(const ArticleFlags& flags) {
  return flags.validate_only ? Call::kValidated : Call::kWrote;
}

absl::Status Get(const std::string& text, bool with_body, Context& context) {
  auto name = FindArticle(text, Versions::kAllowed, context);
  if (!name.ok()) return name.status();
  const auto api = context.api();
  if (!api.ok()) return api.status();
  pb::GetArticleRequest request;
  request.set_name(*std::move(name));
  const auto article = (*api)->GetArticle(request);
  if (!article.ok() || context.output().json()) return Answer(article, context);
  Fields fields = DescribeArticle(*article);
  const std::string whole = article->name().substr(0, article->name().find('@'));
  if (const auto counts = context.CountsOf(whole)) fields.emplace_back("views", ViewsText(*counts));
  context.output().Show(fields);
  if (with_body) context.output().Body(article->body_html());
  return absl::OkStatus();
}

Table ArticleTable(const pb::ListArticlesResponse& list) {
  Table table{.heading = {"ARTICLE", "V", "STATUS", "FEED", "THIS VERSION", "HEADLINE"},
              .flexible = 5};
  for (const pb::Article& article : list.articles()) {
    table.rows.push_back(
        {article.name().substr(article.name().find('/') + 1), std::to_string(article.version()),
         StatusWord(article), article.section() + "." + article.language(),
         TimeText(article.has_versioncreated(), article.versioncreated()), article.headline()});
  }
  return table;
}

absl::Status List(const ListFlags& flags, Context& context) {
  auto request = ListRequest(flags);
  if (!request.ok()) return request.status();
  const auto api = context.api();
  if (!api.ok()) return api.status();
  pb::ListArticlesResponse all;
  do {
    request->set_page_token(all.next_page_token());
    request->set_page_size(std::min(request->page_size(), flags.limit - all.articles_size()));
    auto page = (*api)->ListArticles(*request);
    if (!page.ok()) return page.status();
    all.mutable_articles()->MergeFrom(page->articles());
    all.set_next_page_token(page->next_page_token());
  } while (!all.next_page_token().empty() && all.articles_size() < flags.limit);
  if (all.articles().empty()) {
    if (const std::string meant = MeantBy(flags, **api); !meant.empty())
      context.output().Note(meant);
  }
  if (context.output().json()) {
    context.output().JsonList(all);
    return absl::OkStatus();
  }
  context.output().Show(ArticleTable(all));
  if (!all.next_page_token().empty()) {
    context.output().Note(fmt::format("There are more than {}: --limit", flags.limit));
  }
  return absl::OkStatus();
}

absl::Status ListVersions(const std::string& text, std::int32_t limit, Context& context) {
  auto name = FindArticle(text, Versions::kRefused, context);
  if (!name.ok()) return name.status();
  const auto api = context.api();
  if (!api.ok()) return api.status();
  pb::ListArticleVersionsRequest request;
  request.set_name(*std::move(name));
  pb::ListArticleVersionsResponse all;
  do {
    request.set_page_token(all.next_page_token());
    request.set_page_size(std::min(200, limit - all.articles_size()));
    auto page = (*api)->ListArticleVersions(request);
    if (!page.ok()) return page.status();
    all.mutable_articles()->MergeFrom(page->articles());
    all.set_next_page_token(page->next_page_token());
  } while (!all.next_page_token().empty() && all.articles_size() < limit);
  if (context.output().json()) {
    context.output().JsonList(all);
    return absl::OkStatus();
  }
  Table table{.heading = {"V", "MADE", "BY", "STATUS", "WHY", "HEADLINE"}, .flexible = 5};
  for (const pb::Article& article : all.articles()) {
    table.rows.push_back({std::to_string(article.version()),
                          TimeText(article.has_versioncreated(), article.versioncreated()),
                          article.actor(), StatusWord(article), article.status_reason(),
                          article.headline()});
  }
  context.output().Show(table);
  return absl::OkStatus();
}

absl::Status Create(const ArticleFlags& flags, Context& context) {
  const auto request = CreateRequest(flags, ReadBody, NewRequestId());
  if (!request.ok()) return request.status();
  const auto api = context.api();
  if (!api.ok()) return api.status();
  return AnswerChange((*api)->CreateArticle(*request), CallOf(flags), context);
}

absl::Status Update(ArticleFlags flags, Context& context) {
  auto name = FindArticle(flags.name, Versions::kRefused, context);
  if (!name.ok()) return name.status();
  flags.name = *std::move(name);
  const auto request = UpdateRequest(flags, ReadBody, NewRequestId());
  if (!request.ok()) return request.status();
  const auto api = context.api();
  if (!api.ok()) return api.status();
  return AboutEtag(AnswerChange((*api)->UpdateArticle(*request), CallOf(flags), context),
                   flags.etag);
}

struct StatusFlags {
  std::string name;
  std::string reason;
  std::string note;
};

// Withhold, kill and reinstate differ in their request and their method only.
template <typename Request>
constexpr bool HasReason = !std::is_same_v<Request, pb::ReinstateArticleRequest>;

template <typename Request>
absl::Status ChangeStatus(const StatusFlags& flags, Context& context,
                          absl::StatusOr<pb::Article> (IngestionApi::*method)(const Request&)) {
  auto name = FindArticle(flags.name, Versions::kRefused, context);
  if (!name.ok()) return name.status();
  const auto api = context.api();
  if (!api.ok()) return api.status();
  Request request;
  request.set_name(*std::move(name));
  if constexpr (HasReason<Request>) request.set_reason(flags.reason);
  request.set_note(flags.note);
  request.set_request_id(NewRequestId());
  const auto article = ((*api)->*method)(request);
  const bool is_weaker = std::is_same_v<Request, pb::WithholdArticleRequest> && article.ok() &&
                         article->pub_status() == pb::PUB_STATUS_CANCELED;
  return AnswerChange(article, Call::kWrote, context,
                      is_weaker ? "; a withhold does not weaken a kill" : "");
}

// OK once the person has named the article a second time, by --confirm or at the terminal, where
// the story is shown first.
absl::Status Confirm(const PurgeFlags& flags, const std::string& name, IngestionApi& api,
                     Context& context) {
  const std::string id = name.substr(name.find('/') + 1);
  const auto names_it = [&](const std::string& text) {
    const auto named = ArticleName(text, Versions::kRefused);
    return named.ok() && *named == name;
  };
  if (names_it(flags.confirm)) return absl::OkStatus();
  if (!flags.confirm.empty()) {
    return Usage(fmt::format("--confirm: '{}' is not the id of the article that is to be purged",
                             flags.confirm),
                 fmt::format("telexctl articles get {} shows it", id));
  }
  pb::GetArticleRequest get;
  get.set_name(name);
  const auto article = api.GetArticle(get);
  if (!article.ok()) return article.status();
  context.output().Note(fmt::format(
      "A purge erases {} for ever, all {} of its versions, and cannot be undone: '{}'. To go on, "
      "type its id, {}, or use --confirm {}",
      name, article->version(), article->headline(), id, id));
  if (names_it(context.TypedLine())) return absl::OkStatus();
  return Usage("not confirmed: nothing was purged",
               fmt::format("look at it (telexctl articles get {}), and then: {}", id,
                           context.LineWith("--confirm", id)));
}

absl::Status Purge(const PurgeFlags& flags, Context& context) {
  auto name = FindArticle(flags.name, Versions::kRefused, context);
  if (!name.ok()) return name.status();
  const auto api = context.api();
  if (!api.ok()) return api.status();
  const auto request = PurgeRequest(flags, *name, NewRequestId());
  if (!request.ok()) return request.status();
  if (absl::Status status = Confirm(flags, *name, **api, context); !status.ok()) return status;
  return AboutEtag(AnswerChange((*api)->PurgeArticle(*request), Call::kWrote, context), flags.etag);
}

void AddContentFlags(Command& command, ArticleFlags& flags) {
  command.Text("--headline", flags.headline, "plain text, one line");
  command.Text("--byline", flags.byline, "who wrote it");
  command.Text("--section", flags.section, "slug, or one of the source's aliases");
  command.Switch("--new-section", flags.new_section,
                 "opens the section where no story stands in it yet, and with it a public feed");
  command.Text("--language", flags.language, "BCP 47, or one of the source's aliases");
  command.Text("--canonical-url", flags.canonical_url, "the story's address at its source");
  command.Text("--embargoed", flags.embargoed, "not to be seen before this instant");
  command.Text("--expires", flags.expires, "not to be seen after this instant");
  command.Text("--ednote", flags.ednote, "to editors at partners");
  command.Number("--urgency", flags.urgency, "1, most urgent, to 9").Between(1, 9);
  command.Switch("--validate-only", flags.validate_only, "says what would be made; makes nothing");
}

void AddReading(Command& articles) {
  const auto name = std::make_shared<std::string>();
  const auto with_body = std::make_shared<bool>(false);
  Command get = articles.Add("get", "one article, or one of its versions",
                             "telexctl articles get 5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2@1 --body",
                             [=](Context& context) { return Get(*name, *with_body, context); });
  get.Text("NAME", *name, std::string(kNameHelp) + "; UUID may be UUID@VERSION").Required();
  get.Switch("--body", *with_body, "the body, too");

  const auto list_flags = std::make_shared<ListFlags>();
  Command list =
      articles.Add("list", "the newest version of articles, newest first",
                   "telexctl articles list --section world --status usable --after 2025-04-18",
                   [=](Context& context) { return List(*list_flags, context); });
  list.Text("--source", list_flags->source, "of this source");
  list.Text("--section", list_flags->section, "slug");
  list.Text("--language", list_flags->language, "BCP 47");
  list.Text("--status", list_flags->status, "usable, withheld or canceled");
  list.Text("--words", list_flags->words,
            "each stands in the headline, the key or the byline, in any case");
  list.Text("--after", list_flags->after, "made at this instant or later");
  list.Text("--before", list_flags->before, "made before this instant");
  list.Number("--limit", list_flags->limit, "how many").ShowDefault().Between(1, 100'000);

  const auto of = std::make_shared<std::string>();
  const auto limit = std::make_shared<std::int32_t>(100);
  Command versions =
      articles.Add("versions", "what became of an article, newest first",
                   "telexctl articles versions 5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2",
                   [=](Context& context) { return ListVersions(*of, *limit, context); });
  versions.Text("NAME", *of, kNameHelp).Required();
  versions.Number("--limit", *limit, "how many").ShowDefault().Between(1, 100'000);
}

void AddWriting(Command& articles) {
  const auto made = std::make_shared<ArticleFlags>();
  Command create = articles.Add(
      "create", "submits a new story",
      "telexctl articles create --source courier.example --key 4711 --headline 'Ferry is late' \\\n"
      "    --section harbour --language en --body-file story.txt",
      [=](Context& context) { return Create(*made, context); });
  create.Text("--source", made->source, "whose story it is").Required();
  create.Text("--key", made->key, "its key within the source");
  AddContentFlags(create, *made);
  create.Text("--body-file,BODY", made->body_file,
              "paragraphs parted by blank lines, or HTML when named .html; - is standard input");

  const auto changed = std::make_shared<ArticleFlags>();
  Command update = articles.Add(
      "update", "corrects a story: changes what is named; an empty value clears it",
      "telexctl articles update 5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2 --headline 'Ferry is on time'",
      [=](Context& context) { return Update(*changed, context); });
  update.Text("NAME", changed->name, kNameHelp).Required();
  AddContentFlags(update, *changed);
  update.Text("--body-file", changed->body_file, "as with create");
  update.Text("--etag", changed->etag, "only if this is still the newest version: as get shows it");
}

template <typename Request>
void AddStatusCommand(Command& articles, const std::string& name, const std::string& description,
                      const std::string& example,
                      absl::StatusOr<pb::Article> (IngestionApi::*method)(const Request&)) {
  const auto flags = std::make_shared<StatusFlags>();
  Command command = articles.Add(name, description, example, [=](Context& context) {
    return ChangeStatus(*flags, context, method);
  });
  command.Text("NAME", flags->name, kNameHelp).Required();
  if (HasReason<Request>) {
    command.Text("--reason", flags->reason, "why; editors and partners read it").Required();
  }
  command.Text("--note", flags->note, "to editors at partners");
}

void AddPurge(Command& articles) {
  const auto flags = std::make_shared<PurgeFlags>();
  Command purge = articles.Add(
      "purge", "erases a story for ever, where the law asks for it; kill only takes it down",
      "telexctl articles purge 5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2 --reason 'request 2026-14'",
      [=](Context& context) { return Purge(*flags, context); });
  purge.Text("NAME", flags->name, kNameHelp).Required();
  purge
      .Text("--reason", flags->reason,
            "why; editors read it, partners do not; it is kept for ever: name nobody in it")
      .Required();
  purge.Text("--confirm", flags->confirm,
             "UUID of the article once more; without it a person is asked at the terminal");
  purge.Text("--etag", flags->etag, "only if this is still the newest version: as get shows it");
}

}  // namespace

void AddArticles(Command& program) {
  Command articles = program.AddGroup(
      "articles", "stories: read, correct, withdraw, erase",
      "telexctl articles list --section world\n"
      "  telexctl articles get 5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2 --body\n"
      "  telexctl articles kill 5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2 --reason 'untrue'");
  AddReading(articles);
  AddWriting(articles);
  AddStatusCommand(articles, "withhold", "takes a story back for now",
                   "telexctl articles withhold 5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2 "
                   "--reason 'source is checked'",
                   &IngestionApi::WithholdArticle);
  AddStatusCommand(articles, "kill", "kills a story: partners are told to take it down",
                   "telexctl articles kill 5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2 --reason 'untrue'",
                   &IngestionApi::KillArticle);
  AddStatusCommand(articles, "reinstate", "lifts a withhold or a kill",
                   "telexctl articles reinstate 5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2",
                   &IngestionApi::ReinstateArticle);
  AddPurge(articles);
}

}  // namespace telex::cli
