// PurgeArticle: a story is forgotten, and the documents that it was read from.
#include <set>
#include <utility>

#include "ingestion/adapters/api_drafts.h"
#include "ingestion/adapters/newsroom.h"
#include "ingestion/adapters/originals.h"
#include "ingestion/adapters/refusals.h"
#include "ingestion/domain/rule.h"
#include "news/article_name.h"
#include "platform/errors/errors.h"

namespace telex::ingestion {
namespace {

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

// A purge that is under way: of the version that stands, and tried anew when another came first.
struct Newsroom::PurgeUnderWay {
  Call call;
  v1::PurgeArticleRequest request;
  news::ArticleId id;
  std::optional<news::Version> etag;
  Submission submission;
  bool may_be_behind = false;  // this replica, where the log says that it is stale
  int tries = 0;
  Done<news::v1::Article> done;
};

void Newsroom::PurgeArticle(const Call& call, const v1::PurgeArticleRequest& request,
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
void Newsroom::TryPurge(std::shared_ptr<PurgeUnderWay> purge) {
  const auto head = log_store_.ArticleHeadOf(purge->id);
  const news::Version standing = head ? head->article.version : news::Version{};
  const bool is_of_standing = !purge->etag || *purge->etag == standing;
  if (!is_of_standing && !KnownRules().at(options_.rule).purge_heeds_base)
    return purge->done(StaleEtag(purge->request.name(), standing, purge->request.etag()));
  const auto source = head ? log_store_.SourceHeadOf(head->article.source) : std::nullopt;
  purge->submission = NewSubmission(purge->call, purge->id, purge->request);
  purge->submission.action = Purge{.reason = std::string(Trimmed(purge->request.reason())),
                                   .link = source ? source->source.home_page : "",
                                   // Of no version: stale, unless it repeats what was decided.
                                   .base = is_of_standing ? standing : news::Version{}};
  purge->may_be_behind = !purge->etag || *purge->etag >= standing;
  std::set<std::string> documents;
  if (is_of_standing) documents = DocumentsOf(log_store_, purge->id);
  ForgetOriginals(submitter_, documents, options_.partitions, purge->call.deadline,
                  [this, purge](const absl::Status& forgotten) {
                    if (!forgotten.ok()) return purge->done(forgotten);
                    SubmitPurge(purge);
                  });
}

void Newsroom::SubmitPurge(std::shared_ptr<PurgeUnderWay> purge) {
  SubmitForArticle(purge->call, purge->submission, /*validate_only=*/false,
                   [this, purge](absl::StatusOr<news::v1::Article> article) {
                     const bool again = errors::Is(article.status(), errors::kStaleEtag) &&
                                        purge->may_be_behind && ++purge->tries < kTriesMax;
                     if (again) return TryPurge(purge);
                     purge->done(std::move(article));
                   });
}

}  // namespace telex::ingestion
