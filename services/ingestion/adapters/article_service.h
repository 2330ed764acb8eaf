#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string_view>

#include "ingestion/adapters/edge.h"
#include "telex/ingestion/v1/ingestion_service.pb.h"

namespace telex::ingestion {

// What the RPCs about articles do, without gRPC: checks and normalises a request, hands it in,
// answers when it is decided. Refusals carry one reason and the fields (errors::DetailsOf). Roles
// are the caller's to check. Thread-safe; nothing blocks; `done` is called once, at once or later
// from another thread.
class ArticleService {
 public:
  // `edge` outlives it, as it does the other services.
  explicit ArticleService(const Edge& edge) : edge_(edge) {}

  void CreateArticle(const Call& call, const v1::CreateArticleRequest& request,
                     Done<news::v1::Article> done);
  void UpdateArticle(const Call& call, const v1::UpdateArticleRequest& request,
                     Done<news::v1::Article> done);
  void WithholdArticle(const Call& call, const v1::WithholdArticleRequest& request,
                       Done<news::v1::Article> done);
  void KillArticle(const Call& call, const v1::KillArticleRequest& request,
                   Done<news::v1::Article> done);
  void ReinstateArticle(const Call& call, const v1::ReinstateArticleRequest& request,
                        Done<news::v1::Article> done);
  // Also forgets the documents that the story was read from.
  void PurgeArticle(const Call& call, const v1::PurgeArticleRequest& request,
                    Done<news::v1::Article> done);

  absl::StatusOr<news::v1::Article> GetArticle(const v1::GetArticleRequest& request) const;
  absl::StatusOr<v1::ListArticlesResponse> ListArticles(
      const v1::ListArticlesRequest& request) const;
  absl::StatusOr<v1::ListArticleVersionsResponse> ListArticleVersions(
      const v1::ListArticleVersionsRequest& request) const;

 private:
  struct Update;
  struct PurgeUnderWay;

  // What only a replica knows of a story that a caller submits as `set`: whether its expiry has
  // passed, and whether its section is new, which is refused or else a warning. A request that was
  // decided already is not judged again, unless the story was purged.
  absl::Status CheckHandedIn(const Draft& draft, const Source& source, const Submission& submission,
                             bool refuse_new_section, SetContent& set) const;
  void Submit(const Call& call, const Submission& submission, bool validate_only,
              Done<news::v1::Article> done);
  template <typename Request>
  void ChangeStatus(const Call& call, const Request& request, std::string_view reason,
                    decltype(Submission::action) action, Done<news::v1::Article> done);
  void TryUpdate(std::shared_ptr<Update> update);
  void TryPurge(std::shared_ptr<PurgeUnderWay> purge);
  void SubmitPurge(std::shared_ptr<PurgeUnderWay> purge);

  const Edge& edge_;
};

}  // namespace telex::ingestion
