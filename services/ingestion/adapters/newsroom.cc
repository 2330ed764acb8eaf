#include "ingestion/adapters/newsroom.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "ingestion/adapters/api_drafts.h"
#include "ingestion/adapters/record_codec.h"
#include "ingestion/adapters/refusals.h"
#include "ingestion/adapters/section_check.h"
#include "news/article_name.h"
#include "news/wire/article_codec.h"
#include "platform/errors/errors.h"

namespace telex::ingestion {
namespace {

using news::ArticleId;
using news::Version;

}  // namespace

Newsroom::Newsroom(NewsroomOptions options, const LogStore& log_store, Submitter& submitter)
    : options_(std::move(options)), log_store_(log_store), submitter_(submitter) {}

Submission Newsroom::NewSubmission(const Call& call, Subject subject, const std::string& request_id,
                                   const google::protobuf::Message& request) const {
  Submission submission;
  submission.rule = options_.rule;
  submission.time = absl::FromUnixMillis(absl::ToUnixMillis(options_.now()));
  submission.actor = call.actor;
  submission.request_id = request_id;
  if (!request_id.empty()) submission.request_hash = RequestHash(request);
  submission.subject = std::move(subject);
  return submission;
}

absl::StatusOr<Source> Newsroom::KnownSource(std::string_view name, std::string_view field) const {
  if (name.empty())
    return errors::FieldError(field, errors::kFieldRequired, "name the source: sources/{source}");
  const auto id = news::SourceId::FromName(name);
  const auto head = id ? log_store_.SourceHeadOf(*id) : std::nullopt;
  if (!head) {
    return errors::FieldError(
        field, errors::kUnknownSource,
        fmt::format("'{}' is not known; ListSources shows those that are, CreateSource makes one",
                    name));
  }
  return head->source;
}

absl::Status Newsroom::CheckSpeaksFor(const Call& call, const Source& source) {
  const bool speaks = call.is_editor || call.bound_to.empty() ||
                      std::find(call.bound_to.begin(), call.bound_to.end(), source.id.text()) !=
                          call.bound_to.end();
  if (speaks) return absl::OkStatus();
  return errors::Error(absl::StatusCode::kPermissionDenied, errors::kOtherSource,
                       fmt::format("this caller hands in for {} alone, and not for {}",
                                   fmt::join(call.bound_to, ", "), source.id.text()),
                       {{"source", source.id.Name()}});
}

absl::StatusOr<SetContent> Newsroom::NormaliseDraft(const Draft& draft, const Source& source,
                                                    std::string_view key,
                                                    std::string_view field_path,
                                                    bool section_is_printed) const {
  absl::TimeZone zone = absl::UTCTimeZone();
  if (!source.time_zone.empty()) absl::LoadTimeZone(source.time_zone, &zone);
  auto set = Normalise({.draft = draft,
                        .source = source,
                        .zone = zone,
                        .now = options_.now(),
                        .key = Trimmed(key),
                        .field_path = field_path,
                        .section_is_printed = section_is_printed});
  if (set.ok()) set->edited_policy = source.edited_policy;
  return set;
}

absl::Status Newsroom::CheckNotPurged(const Submission& submission) const {
  const auto& id = std::get<ArticleId>(submission.subject);
  const auto head = log_store_.ArticleHeadOf(id);
  return head && head->article.purged ? Purged(news::NameOf(id)) : absl::OkStatus();
}

absl::Status Newsroom::CheckHandedIn(const Draft& draft, const Source& source,
                                     const Submission& submission, bool refuse_new_section,
                                     SetContent& set) const {
  if (absl::Status status = CheckNotPurged(submission); !status.ok()) return status;
  const auto& id = std::get<ArticleId>(submission.subject);
  if (!submission.request_id.empty() &&
      log_store_.StandingDecision(NameOf(id), submission.request_id)) {
    return absl::OkStatus();
  }
  const auto head = log_store_.ArticleHeadOf(id);
  absl::Status status =
      CheckExpiry(set.content.expires, head ? head->article.content.expires : std::nullopt,
                  options_.now(), "article.");
  if (!status.ok() || draft.section.empty()) return status;
  if (head && head->article.content.section == set.content.section) return status;
  const auto section = NewSectionIn(log_store_, source, set.content.section);
  if (section && refuse_new_section) return Refusal(*section, "article.section");
  if (section) set.warnings.push_back(Warning(*section));
  return status;
}

absl::StatusOr<news::v1::Article> Newsroom::ArticleOf(const Decision& decision) const {
  const auto name = news::ArticleName::Parse(decision.subject);
  const auto head = name ? log_store_.ArticleVersionOf(name->id, decision.version) : std::nullopt;
  if (head) return news::ToProto(head->article);
  // Forgotten between the decision and now.
  return NotFound(decision.subject);
}

std::pair<Decision, news::v1::Article> Newsroom::Preview(const Submission& submission) const {
  const auto& id = std::get<ArticleId>(submission.subject);
  const auto head = log_store_.ArticleHeadOf(id);
  const auto earlier = submission.request_id.empty()
                           ? std::nullopt
                           : log_store_.StandingDecision(NameOf(id), submission.request_id);
  const Rule rule = KnownRules().at(submission.rule);
  auto outcome = DecideArticle(rule, head ? &*head : nullptr, earlier ? &*earlier : nullptr,
                               submission, SubmissionPosition{});
  if (outcome.next) return {std::move(outcome.decision), news::ToProto(outcome.next->article)};
  if (head) return {std::move(outcome.decision), news::ToProto(head->article)};
  return {std::move(outcome.decision), news::v1::Article()};
}

void Newsroom::SubmitForArticle(const Call& call, const Submission& submission, bool validate_only,
                                Done<news::v1::Article> done) {
  if (validate_only) {
    auto [decision, article] = Preview(submission);
    if (absl::Status refused = RefusalOf(decision); !refused.ok()) return done(refused);
    return done(std::move(article));
  }
  submitter_.Submit(submission, call.traceparent, call.deadline,
                    [this, done = std::move(done)](absl::StatusOr<Decision> decision) {
                      if (!decision.ok()) return done(decision.status());
                      if (absl::Status refused = RefusalOf(*decision); !refused.ok())
                        return done(refused);
                      done(ArticleOf(*decision));
                    });
}

// Articles in
// -----------------------------------------------------------------------------------------------------------------

void Newsroom::CreateArticle(const Call& call, const v1::CreateArticleRequest& request,
                             Done<news::v1::Article> done) {
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return done(status);
  const auto source = KnownSource(request.article().source(), "article.source");
  if (!source.ok()) return done(source.status());
  if (absl::Status status = CheckSpeaksFor(call, *source); !status.ok()) return done(status);
  auto draft = DraftOf(request.article(), request.body_text());
  if (!draft.ok()) return done(draft.status());
  auto set = NormaliseDraft(*draft, *source, request.article().key(), "article.");
  if (!set.ok()) return done(set.status());
  set->base = Version{};
  // A source that hands in a story speaks for itself; a person's version is an edit.
  if (!call.is_editor) set->upstream = Upstream{.hash = UpstreamHash(*set)};

  const ArticleId id = ArticleId::Of(source->id.text(), set->key);
  Submission submission = NewSubmission(call, id, request);
  if (absl::Status status =
          CheckHandedIn(*draft, *source, submission, request.refuse_new_section(), *set);
      !status.ok())
    return done(status);
  submission.action = *std::move(set);
  SubmitForArticle(call, submission, request.validate_only(),
                   [done = std::move(done)](absl::StatusOr<news::v1::Article> article) {
                     // Another version stands where none was expected.
                     if (errors::Is(article.status(), errors::kStaleEtag))
                       return done(ArticleExists(article.status()));
                     done(std::move(article));
                   });
}

// An update that is under way: resolved against the head, handed in, and tried anew when another
// change came first.
struct Newsroom::Update {
  Call call;
  v1::UpdateArticleRequest request;
  ArticleId id;
  std::optional<Version> etag;
  int tries = 0;
  Done<news::v1::Article> done;
};

void Newsroom::UpdateArticle(const Call& call, const v1::UpdateArticleRequest& request,
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

void Newsroom::TryUpdate(std::shared_ptr<Update> update) {
  const auto head = log_store_.ArticleHeadOf(update->id);
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
  const auto source = KnownSource(head->article.source.Name(), "article.source");
  if (!source.ok()) return update->done(source.status());
  auto draft = MergedDraft(head->article, update->request);
  if (!draft.ok()) return update->done(draft.status());
  auto set = NormaliseDraft(*draft, SettingsForUpdate(*source, update->request.update_mask()),
                            head->article.key, "article.");
  if (!set.ok()) return update->done(set.status());
  set->base = update->etag.value_or(head->article.version);
  set->printed_views = head->article.printed_views;
  Submission submission = NewSubmission(update->call, update->id, update->request);
  if (absl::Status status =
          CheckHandedIn(*draft, *source, submission, update->request.refuse_new_section(), *set);
      !status.ok())
    return update->done(status);
  submission.action = *std::move(set);
  SubmitForArticle(update->call, submission, update->request.validate_only(),
                   [this, update](absl::StatusOr<news::v1::Article> article) {
                     const bool again = errors::Is(article.status(), errors::kStaleEtag) &&
                                        !update->etag && ++update->tries < kTriesMax;
                     if (again) return TryUpdate(update);
                     update->done(std::move(article));
                   });
}

template <typename Request>
void Newsroom::ChangeStatus(const Call& call, const Request& request, std::string_view reason,
                            decltype(Submission::action) action, Done<news::v1::Article> done) {
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return done(status);
  const auto id = ArticleIdOf(request.name(), "name");
  if (!id.ok()) return done(id.status());
  absl::Status status;
  if (!std::holds_alternative<Reinstate>(action)) status = CheckReason(reason);
  status = WithBound(status, "note", request.note());
  if (!status.ok()) return done(status);
  Submission submission = NewSubmission(call, *id, request);
  submission.action = std::move(action);
  SubmitForArticle(call, submission, /*validate_only=*/false, std::move(done));
}

void Newsroom::WithholdArticle(const Call& call, const v1::WithholdArticleRequest& request,
                               Done<news::v1::Article> done) {
  ChangeStatus(call, request, request.reason(),
               Withhold{std::string(Trimmed(request.reason())), request.note()}, std::move(done));
}

void Newsroom::KillArticle(const Call& call, const v1::KillArticleRequest& request,
                           Done<news::v1::Article> done) {
  ChangeStatus(call, request, request.reason(),
               Kill{std::string(Trimmed(request.reason())), request.note()}, std::move(done));
}

void Newsroom::ReinstateArticle(const Call& call, const v1::ReinstateArticleRequest& request,
                                Done<news::v1::Article> done) {
  ChangeStatus(call, request, "", Reinstate{request.note()}, std::move(done));
}

// Articles out
// ----------------------------------------------------------------------------------------------------------------

absl::StatusOr<news::v1::Article> Newsroom::GetArticle(const v1::GetArticleRequest& request) const {
  const auto name = news::ArticleName::Parse(request.name());
  if (!name) {
    return errors::FieldError("name", errors::kFieldInvalid,
                              "articles/{article}, or articles/{article}@{version}");
  }
  const auto head = name->version ? log_store_.ArticleVersionOf(name->id, *name->version)
                                  : log_store_.ArticleHeadOf(name->id);
  if (!head) return NotFound(request.name());
  return news::ToProto(head->article);
}

absl::StatusOr<v1::ListArticlesResponse> Newsroom::ListArticles(
    const v1::ListArticlesRequest& request) const {
  const auto filter = FilterOf(request);
  if (!filter.ok()) return filter.status();
  const auto size = PageSize(request.page_size());
  if (!size.ok()) return size.status();
  const auto page = log_store_.List(*filter, *size, request.page_token());
  if (!page.ok()) return page.status();
  v1::ListArticlesResponse response;
  for (const ArticleHead& head : page->items) *response.add_articles() = WithoutBody(head.article);
  response.set_next_page_token(page->next_token);
  return response;
}

absl::StatusOr<v1::ListArticleVersionsResponse> Newsroom::ListArticleVersions(
    const v1::ListArticleVersionsRequest& request) const {
  const auto id = ArticleIdOf(request.name(), "name");
  if (!id.ok()) return id.status();
  const auto size = PageSize(request.page_size());
  if (!size.ok()) return size.status();
  const auto page = log_store_.Versions(*id, *size, request.page_token());
  if (!page.ok()) return page.status();
  if (page->items.empty() && request.page_token().empty()) return NotFound(request.name());
  v1::ListArticleVersionsResponse response;
  for (const ArticleHead& head : page->items) *response.add_articles() = WithoutBody(head.article);
  response.set_next_page_token(page->next_token);
  return response;
}

// Sources
// -----------------------------------------------------------------------------------------------------------------------

void Newsroom::SubmitSource(const Call& call, const Submission& submission, bool creating,
                            bool validate_only, Done<v1::Source> done) {
  const news::SourceId id = std::get<news::SourceId>(submission.subject);
  const auto refusal = [creating, name = id.Name()](const Decision& decision) {
    return decision.verdict == Verdict::kStale && creating ? SourceExists(name)
                                                           : RefusalOf(decision);
  };
  if (validate_only) {
    const auto head = log_store_.SourceHeadOf(id);
    const auto preview = DecideSource(KnownRules().at(submission.rule), head ? &*head : nullptr,
                                      nullptr, submission, SubmissionPosition{});
    if (absl::Status refused = refusal(preview.decision); !refused.ok()) return done(refused);
    return done(ToProto(preview.next ? preview.next->source : head->source));
  }
  submitter_.Submit(submission, call.traceparent, call.deadline,
                    [this, refusal, id, done = std::move(done)](absl::StatusOr<Decision> decision) {
                      if (!decision.ok()) return done(decision.status());
                      if (absl::Status refused = refusal(*decision); !refused.ok())
                        return done(refused);
                      const auto head = log_store_.SourceHeadOf(id);
                      if (!head) return done(SourceNotFound(id.Name()));
                      done(ToProto(head->source));
                    });
}

void Newsroom::CreateSource(const Call& call, const v1::CreateSourceRequest& request,
                            Done<v1::Source> done) {
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return done(status);
  const auto id = news::SourceId::Parse(request.source_id());
  if (!id) {
    return done(errors::FieldError(
        "source_id", errors::kFieldInvalid,
        "1–63 lower-case letters, digits, hyphens and dots, beginning with a letter or digit"));
  }
  v1::Source message = request.source();
  message.set_name(id->Name());
  auto source = SettableSource(message);
  if (!source.ok()) return done(source.status());
  Submission submission = NewSubmission(call, *id, request);
  submission.action = SetSource{.source = *std::move(source), .base = Version{}};
  SubmitSource(call, submission, /*creating=*/true, request.validate_only(), std::move(done));
}

void Newsroom::UpdateSource(const Call& call, const v1::UpdateSourceRequest& request,
                            Done<v1::Source> done) {
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return done(status);
  const auto id = news::SourceId::FromName(request.source().name());
  const auto head = id ? log_store_.SourceHeadOf(*id) : std::nullopt;
  if (!head) return done(SourceNotFound(request.source().name()));
  std::optional<Version> etag;
  if (!request.source().etag().empty()) {
    const auto given = EtagIn(request.source().etag(), "source.etag");
    if (!given.ok()) return done(given.status());
    etag = *given;
  }
  auto merged = MergedSource(ToProto(head->source), request);
  if (!merged.ok()) return done(merged.status());
  auto source = SettableSource(*merged);
  if (!source.ok()) return done(source.status());
  Submission submission = NewSubmission(call, *id, request);
  submission.action =
      SetSource{.source = *std::move(source), .base = etag.value_or(head->source.version)};
  SubmitSource(call, submission, /*creating=*/false, request.validate_only(), std::move(done));
}

absl::StatusOr<v1::Source> Newsroom::GetSource(const v1::GetSourceRequest& request) const {
  const auto id = news::SourceId::FromName(request.name());
  if (!id) return errors::FieldError("name", errors::kFieldInvalid, "sources/{source}");
  const auto head = log_store_.SourceHeadOf(*id);
  if (!head) return SourceNotFound(request.name());
  return ToProto(head->source);
}

absl::StatusOr<v1::ListSourcesResponse> Newsroom::ListSources(
    const v1::ListSourcesRequest& request) const {
  const auto size = PageSize(request.page_size());
  if (!size.ok()) return size.status();
  const std::vector<SourceHead> sources = log_store_.Sources();
  auto next = sources.begin();
  if (!request.page_token().empty()) {
    const auto place = PlaceInSources(request.page_token());
    if (!place.ok()) return place.status();
    next = std::lower_bound(
        sources.begin(), sources.end(), *place,
        [](const SourceHead& head, const std::string& id) { return head.source.id.text() < id; });
  }
  v1::ListSourcesResponse response;
  for (; next != sources.end(); ++next) {
    if (static_cast<std::size_t>(response.sources_size()) == *size) {
      response.set_next_page_token(SourcesPageToken(next->source.id.text()));
      break;
    }
    *response.add_sources() = ToProto(next->source);
  }
  return response;
}

}  // namespace telex::ingestion
