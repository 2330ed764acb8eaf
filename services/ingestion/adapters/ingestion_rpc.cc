#include "ingestion/adapters/ingestion_rpc.h"

#include "ingestion/adapters/intake.h"

namespace telex::ingestion {
namespace {

using rpc::Role;

const std::vector<Role> kAnybody = {Role::kSource, Role::kEditor, Role::kOperator, Role::kReader};
const std::vector<Role> kWriters = {Role::kSource, Role::kEditor};
const std::vector<Role> kEditors = {Role::kEditor};
const std::vector<Role> kKeepers = {Role::kOperator, Role::kEditor};

// Offers a service's methods over gRPC.
template <typename Service>
class Offer {
 public:
  Offer(rpc::UnaryService& rpc, Service& service) : rpc_(rpc), service_(service) {}

  template <typename Request, typename Answer>
  void operator()(const char* name, const std::vector<Role>& roles,
                  void (Service::*method)(const Call&, const Request&, Done<Answer>)) {
    rpc_.Later<Request, Answer>(
        name, roles,
        [service = &service_, method](const rpc::Call& call, const Request& request,
                                      Done<Answer> done) {
          (service->*method)({.actor = call.actor.name,
                              .is_editor = call.actor.Is(Role::kEditor),
                              .bound_to = call.actor.bound_to,
                              .traceparent = call.traceparent,
                              .deadline = call.deadline},
                             request, std::move(done));
        });
  }

  template <typename Request, typename Answer>
  void operator()(const char* name,
                  absl::StatusOr<Answer> (Service::*method)(const Request&) const) {
    rpc_.Now<Request, Answer>(name, kAnybody,
                              [service = &service_, method](const Request& request) {
                                return (service->*method)(request);
                              });
  }

 private:
  rpc::UnaryService& rpc_;
  Service& service_;
};

}  // namespace

IngestionServices::IngestionServices(Intake& intake, const rpc::Authenticator& authenticator,
                                     absl::Duration deadline_max)
    : articles("telex.ingestion.v1.IngestionService", authenticator, deadline_max),
      sources("telex.ingestion.v1.SourceService", authenticator, deadline_max) {
  Offer of_article(articles, intake.articles);
  of_article("CreateArticle", kWriters, &ArticleService::CreateArticle);
  of_article("UpdateArticle", kEditors, &ArticleService::UpdateArticle);
  of_article("WithholdArticle", kEditors, &ArticleService::WithholdArticle);
  of_article("KillArticle", kEditors, &ArticleService::KillArticle);
  of_article("ReinstateArticle", kEditors, &ArticleService::ReinstateArticle);
  of_article("PurgeArticle", kKeepers, &ArticleService::PurgeArticle);
  of_article("GetArticle", &ArticleService::GetArticle);
  of_article("ListArticles", &ArticleService::ListArticles);
  of_article("ListArticleVersions", &ArticleService::ListArticleVersions);

  Offer of_import(articles, intake.imports);
  of_import("ImportDocument", kWriters, &ImportService::ImportDocument);

  Offer of_source(sources, intake.sources);
  of_source("CreateSource", kKeepers, &SourceService::CreateSource);
  of_source("UpdateSource", kKeepers, &SourceService::UpdateSource);
  of_source("GetSource", &SourceService::GetSource);
  of_source("ListSources", &SourceService::ListSources);
}

}  // namespace telex::ingestion
