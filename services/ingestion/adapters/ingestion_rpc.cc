#include "ingestion/adapters/ingestion_rpc.h"

#include "ingestion/adapters/newsroom.h"

namespace telex::ingestion {
namespace {

using rpc::Role;

const std::vector<Role> kAnybody = {Role::kSource, Role::kEditor, Role::kOperator, Role::kReader};
const std::vector<Role> kWriters = {Role::kSource, Role::kEditor};
const std::vector<Role> kEditors = {Role::kEditor};
const std::vector<Role> kKeepers = {Role::kOperator, Role::kEditor};

// Offers the newsroom's methods as a service's.
class Offer {
 public:
  Offer(rpc::UnaryService& service, Newsroom& newsroom) : service_(service), newsroom_(newsroom) {}

  template <typename Request, typename Answer>
  void operator()(const char* name, const std::vector<Role>& roles,
                  void (Newsroom::*method)(const Call&, const Request&, Done<Answer>)) {
    service_.Later<Request, Answer>(
        name, roles,
        [this_newsroom = &newsroom_, method](const rpc::Call& call, const Request& request,
                                             Done<Answer> done) {
          (this_newsroom->*method)({.actor = call.actor.name,
                                    .is_editor = call.actor.Is(Role::kEditor),
                                    .bound_to = call.actor.bound_to,
                                    .traceparent = call.traceparent,
                                    .deadline = call.deadline},
                                   request, std::move(done));
        });
  }

  template <typename Request, typename Answer>
  void operator()(const char* name,
                  absl::StatusOr<Answer> (Newsroom::*method)(const Request&) const) {
    service_.Now<Request, Answer>(name, kAnybody,
                                  [this_newsroom = &newsroom_, method](const Request& request) {
                                    return (this_newsroom->*method)(request);
                                  });
  }

 private:
  rpc::UnaryService& service_;
  Newsroom& newsroom_;
};

}  // namespace

IngestionServices::IngestionServices(Newsroom& newsroom, const rpc::Authenticator& authenticator,
                                     absl::Duration deadline_max)
    : articles("telex.ingestion.v1.IngestionService", authenticator, deadline_max),
      sources("telex.ingestion.v1.SourceService", authenticator, deadline_max) {
  Offer article(articles, newsroom);
  article("CreateArticle", kWriters, &Newsroom::CreateArticle);
  article("UpdateArticle", kEditors, &Newsroom::UpdateArticle);
  article("WithholdArticle", kEditors, &Newsroom::WithholdArticle);
  article("KillArticle", kEditors, &Newsroom::KillArticle);
  article("ReinstateArticle", kEditors, &Newsroom::ReinstateArticle);
  article("PurgeArticle", kKeepers, &Newsroom::PurgeArticle);
  article("ImportDocument", kWriters, &Newsroom::ImportDocument);
  article("GetArticle", &Newsroom::GetArticle);
  article("ListArticles", &Newsroom::ListArticles);
  article("ListArticleVersions", &Newsroom::ListArticleVersions);

  Offer source(sources, newsroom);
  source("CreateSource", kKeepers, &Newsroom::CreateSource);
  source("UpdateSource", kKeepers, &Newsroom::UpdateSource);
  source("GetSource", &Newsroom::GetSource);
  source("ListSources", &Newsroom::ListSources);
}

}  // namespace telex::ingestion
