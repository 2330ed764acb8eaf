#include "ingestion/adapters/article_service.h"

#include <set>
#include <utility>

#include "ingestion/adapters/api_drafts.h"
#include "ingestion/adapters/originals.h"
#include "ingestion/adapters/refusals.h"
#include "ingestion/adapters/section_check.h"
#include "ingestion/domain/normalise.h"
#include "ingestion/domain/rule.h"
#include "news/article_name.h"
#include "news/wire/article_codec.h"
#include "platform/errors/errors.h"

namespace telex::ingestion {
namespace {

using news::ArticleId;
using news::Version;

// Tries of a change that was made without an etag and met another change.
constexpr int kTriesMax = 5;

constexpr std::size_t kVersionsAtOnce = 100;

// The originals that the story's versions name, as far as this replica has read them.
std::set<std::string> DocumentsOf(const LogStore& log_store, const news::ArticleId& id) {
  std::set<std::string> documents;
  std::string token;
  do {
    const auto page = log_store.Versions(id, kVersionsAtOnce, token);
    if (!page.ok()) break;  // the token is the page's own
    for (const ArticleHead& version : page->items) {
      if (!version.article.document.empty()) documents.insert(version.article.document);
    }
    token = page->next_token;
  } while (!token.empty());
  return documents;
}

}  // namespace

absl::Status ArticleService::CheckHandedIn(const Draft& draft, const Source& source,
                                           const Submission& submission, bool refuse_new_section,
                                           SetContent& set) const {
  if (absl::Status status = edge_.CheckNotPurged(submission); !status.ok()) return status;
  const auto& id = std::get<ArticleId>(submission.subject);
  if (!submission.request_id.empty() &&
      edge_.log_store().StandingDecision(NameOf(id), submission.request_id)) {
    return absl::OkStatus();
  }
  const auto head = edge_.log_store().ArticleHeadOf(id);
  absl::Status status =
      CheckExpiry(set.content.expires, head ? head->article.content.expires : std::nullopt,
                  edge_.now(), "article.");
  if (!status.ok()) return status;
  // Who names none is told already that the story stands in the default one.
  if (draft.section.empty() && !refuse_new_section) return status;
  if (head && head->article.content.section == set.content.section) return status;
  const auto section = NewSectionIn(edge_.log_store(), source, set.content.section);
  if (section && refuse_new_section) return Refusal(*section, "article.section");
  if (section) set.warnings.push_back(Warning(*section));
  return status;
}

void ArticleService::Submit(const Call& call, const Submission& submission, bool validate_only,
                            Done<news::v1::Article> done) {
  if (validate_only) {
    auto [decision, article] = edge_.Preview(submission);
    if (absl::Status refused = RefusalOf(decision); !refused.ok()) return done(refused);
    return done(std::move(article));
  }
  edge_.submitter().Submit(submission, call.traceparent, call.deadline,
                           [this, done = std::move(done)](absl::StatusOr<Decision> decision) {
                             if (!decision.ok()) return done(decision.status());
                             if (absl::Status refused = RefusalOf(*decision); !refused.ok())
                               return done(refused);
                             done(edge_.ArticleOf(*decision));
                           });
}

// Articles in
// -----------------------------------------------------------------------------------------------------------------

void ArticleService::CreateArticle(const Call& call, const v1::CreateArticleRequest& request,
                                   Done<news::v1::Article> done) {
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return done(status);
  const auto source = edge_.KnownSource(request.article().source(), "article.source");
  if (!source.ok()) return done(source.status());
  if (absl::Status status = Edge::CheckSpeaksFor(call, *source); !status.ok()) return done(status);
  auto draft = DraftOf(request.article(), request.body_text());
  if (!draft.ok()) return done(draft.status());
  auto set = edge_.NormaliseDraft(*draft, *source, request.article().key(), "article.");
  if (!set.ok()) return done(set.status());
  set->base = Version{};
  // A source that submits a story speaks for itself; a person's version is an edit.
  if (!call.is_editor) set->upstream = Upstream{.hash = UpstreamHash(*set)};

  const ArticleId id = ArticleId::Of(source->id.text(), set->key);
  Submission submission = edge_.NewSubmission(call, id, request);
  if (absl::Status status =
          CheckHandedIn(*draft, *source, submission, request.refuse_new_section(), *set);
      !status.ok())
    return done(status);
  // What another version that stands is called, where none was expected.
  auto exists = [is_editor = call.is_editor, source = source->id.Name(),
                 key = set->key](const absl::Status& stale) {
    return is_editor ? ArticleExists(stale) : ArticleExistsForSource(stale, source, key);
  };
  submission.action = *std::move(set);
  Submit(call, submission, request.validate_only(),
         [done = std::move(done), exists = std::move(exists)](auto article) {
           if (errors::Is(article.status(), errors::kStaleEtag))
             return done(exists(article.status()));
           done(std::move(article));
         });
}

// An update that is under way: resolved against the head, submitted, and tried again when another
// change came first.
struct ArticleService::Update {
  Call call;
  v1::UpdateArticleRequest request;
  ArticleId id;
  std::optional<Version> etag;
  int tries = 0;
  Done<news::v1::Article> done;
};

void ArticleService::UpdateArticle(const Call& call, const v1::UpdateArticleRequest& request,
                                   Done<news::v1::Article> done) {
  auto update =
      std::make_shared<Update>(Update{.call = call, .request = request, .done = std::move(done)});
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok())
    return update->done(status);
  const auto id = ArticleIdOf(request.article().name(), "article.name");
  if (!id.ok()) return update->done(id.status());
  update->id = *id;
  if (absl::Status status = CheckMask(request.update_mask()); !status.ok())
    return update->done(status);
  if (!request.article().etag().empty()) {
    const auto etag = EtagIn(request.article().etag(), "article.etag");
    if (!etag.ok()) return update->done(etag.status());
    update->etag = *etag;
  }
  TryUpdate(std::move(update));
}

void ArticleService::TryUpdate(std::shared_ptr<Update> update) {
  const auto head = edge_.log_store().ArticleHeadOf(update->id);
  if (!head) return update->done(NotFound(news::NameOf(update->id)));
  if (head->article.purged) return update->done(Purged(news::NameOf(update->id)));
  // Whether the client's etag is stale is the log's to decide where this replica may be behind, or
  // where this may be the repeat of a request that made the newer version (AIP-155); here only what
  // is plain.
  if (update->etag && *update->etag < head->article.version &&
      update->request.request_id().empty()) {
    return update->done(StaleEtag(update->request.article().name(), head->article.version,
                                  update->request.article().etag()));
  }
  const auto source = edge_.KnownSource(head->article.source.Name(), "article.source");
  if (!source.ok()) return update->done(source.status());
  auto draft = MergedDraft(head->article, update->request);
  if (!draft.ok()) return update->done(draft.status());
  auto set = edge_.NormaliseDraft(*draft, SettingsForUpdate(*source, update->request.update_mask()),
                                  head->article.key, "article.");
  if (!set.ok()) return update->done(set.status());
  set->base = update->etag.value_or(head->article.version);
  set->printed_views = head->article.printed_views;
  Submission submission = edge_.NewSubmission(update->call, update->id, update->request);
  if (absl::Status status =
          CheckHandedIn(*draft, *source, submission, update->request.refuse_new_section(), *set);
      !status.ok())
    return update->done(status);
  submission.action = *std::move(set);
  Submit(update->call, submission, update->request.validate_only(),
         [this, update](absl::StatusOr<news::v1::Article> article) {
           const bool again = errors::Is(article.status(), errors::kStaleEtag) && !update->etag &&
                              ++update->tries < kTriesMax;
           if (again) return TryUpdate(update);
           update->done(std::move(article));
         });
}

template <typename Request>
void ArticleService::ChangeStatus(const Call& call, const Request& request, std::string_view reason,
                                  decltype(Submission::action) action,
                                  Done<news::v1::Article> done) {
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return done(status);
  const auto id = ArticleIdOf(request.name(), "name");
  if (!id.ok()) return done(id.status());
  absl::Status status;
  if (!std::holds_alternative<Reinstate>(action)) status = CheckReason(reason);
  status = WithBound(status, "note", request.note());
  if (!status.ok()) return done(status);
  Submission submission = edge_.NewSubmission(call, *id, request);
  submission.action = std::move(action);
  Submit(call, submission, /*validate_only=*/false, std::move(done));
}

void ArticleService::WithholdArticle(const Call& call, const v1::WithholdArticleRequest& request,
                                     Done<news::v1::Article> done) {
  ChangeStatus(call, request, request.reason(),
               Withhold{std::string(Trimmed(request.reason())), request.note()}, std::move(done));
}

void ArticleService::KillArticle(const Call& call, const v1::KillArticleRequest& request,
                                 Done<news::v1::Article> done) {
  ChangeStatus(call, request, request.reason(),
               Kill{std::string(Trimmed(request.reason())), request.note()}, std::move(done));
}

void ArticleService::ReinstateArticle(const Call& call, const v1::ReinstateArticleRequest& request,
                                      Done<news::v1::Article> done) {
  ChangeStatus(call, request, "", Reinstate{request.note()}, std::move(done));
}

// Purge
// -----------------------------------------------------------------------------------------------------------------

// A purge that is under way: of the version that stands, and tried again when another came first.
struct ArticleService::PurgeUnderWay {
  Call call;
  v1::PurgeArticleRequest request;
  news::ArticleId id;
  std::optional<news::Version> etag;
  Submission submission;
  bool may_be_behind = false;  // this replica, where the log says that it is stale
  int tries = 0;
  Done<news::v1::Article> done;
};

void ArticleService::PurgeArticle(const Call& call, const v1::PurgeArticleRequest& request,
                                  Done<news::v1::Article> done) {
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return done(status);
  const auto id = ArticleIdOf(request.name(), "name");
  if (!id.ok()) return done(id.status());
  if (absl::Status status = CheckReason(request.reason()); !status.ok()) return done(status);
  auto purge = std::make_shared<PurgeUnderWay>(
      PurgeUnderWay{.call = call, .request = request, .id = *id, .done = std::move(done)});
  if (!request.etag().empty()) {
    const auto etag = EtagIn(request.etag(), "etag");
    if (!etag.ok()) return purge->done(etag.status());
    purge->etag = *etag;
  }
  TryPurge(std::move(purge));
}

// The originals first: once the purge is read, nobody knows any more which they were. The purge
// names the version that was looked at, so none that came in meanwhile is overlooked.
void ArticleService::TryPurge(std::shared_ptr<PurgeUnderWay> purge) {
  const auto head = edge_.log_store().ArticleHeadOf(purge->id);
  const news::Version standing = head ? head->article.version : news::Version{};
  const bool is_of_standing = !purge->etag || *purge->etag == standing;
  if (!is_of_standing && !KnownRules().at(edge_.rule()).purge_heeds_base)
    return purge->done(StaleEtag(purge->request.name(), standing, purge->request.etag()));
  const auto source = head ? edge_.log_store().SourceHeadOf(head->article.source) : std::nullopt;
  purge->submission = edge_.NewSubmission(purge->call, purge->id, purge->request);
  purge->submission.action = Purge{.reason = std::string(Trimmed(purge->request.reason())),
                                   .link = source ? source->source.home_page : "",
                                   // Of no version: stale, unless it repeats what was decided.
                                   .base = is_of_standing ? standing : news::Version{}};
  purge->may_be_behind = !purge->etag || *purge->etag >= standing;
  std::set<std::string> documents;
  if (is_of_standing) documents = DocumentsOf(edge_.log_store(), purge->id);
  ForgetOriginals(edge_.submitter(), documents, edge_.partitions(), purge->call.deadline,
                  [this, purge](const absl::Status& forgotten) {
                    if (!forgotten.ok()) return purge->done(forgotten);
                    SubmitPurge(purge);
                  });
}

void ArticleService::SubmitPurge(std::shared_ptr<PurgeUnderWay> purge) {
  Submit(purge->call, purge->submission, /*validate_only=*/false,
         [this, purge](absl::StatusOr<news::v1::Article> article) {
           const bool again = errors::Is(article.status(), errors::kStaleEtag) &&
                              purge->may_be_behind && ++purge->tries < kTriesMax;
           if (again) return TryPurge(purge);
           purge->done(std::move(article));
         });
}

// Articles out
// ----------------------------------------------------------------------------------------------------------------

absl::StatusOr<news::v1::Article> ArticleService::GetArticle(
    const v1::GetArticleRequest& request) const {
  const auto name = news::ArticleName::Parse(request.name());
  if (!name) {
    return errors::FieldError("name", errors::kFieldInvalid,
                              "articles/{article}, or articles/{article}@{version}");
  }
  const auto head = name->version ? edge_.log_store().ArticleVersionOf(name->id, *name->version)
                                  : edge_.log_store().ArticleHeadOf(name->id);
  if (!head) return NotFound(request.name());
  return news::ToProto(head->article);
}

absl::StatusOr<v1::ListArticlesResponse> ArticleService::ListArticles(
    const v1::ListArticlesRequest& request) const {
  const auto filter = FilterOf(request);
  if (!filter.ok()) return filter.status();
  const auto size = PageSize(request.page_size());
  if (!size.ok()) return size.status();
  const auto page = edge_.log_store().List(*filter, *size, request.page_token());
  if (!page.ok()) return page.status();
  v1::ListArticlesResponse response;
  for (const ArticleHead& head : page->items) *response.add_articles() = WithoutBody(head.article);
  response.set_next_page_token(page->next_token);
  return response;
}

absl::StatusOr<v1::ListArticleVersionsResponse> ArticleService::ListArticleVersions(
    const v1::ListArticleVersionsRequest& request) const {
  const auto id = ArticleIdOf(request.name(), "name");
  if (!id.ok()) return id.status();
  const auto size = PageSize(request.page_size());
  if (!size.ok()) return size.status();
  const auto page = edge_.log_store().Versions(*id, *size, request.page_token());
  if (!page.ok()) return page.status();
  if (page->items.empty() && request.page_token().empty()) return NotFound(request.name());
  v1::ListArticleVersionsResponse response;
  for (const ArticleHead& head : page->items) *response.add_articles() = WithoutBody(head.article);
  response.set_next_page_token(page->next_token);
  return response;
}

}  // namespace telex::ingestion
