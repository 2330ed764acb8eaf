// The RPCs of telex-ingestion as telexctl calls them.
#pragma once

#include <absl/status/statusor.h>

#include "telex/ingestion/v1/ingestion_service.pb.h"
#include "telex/ingestion/v1/source_service.pb.h"
#include "telex/news/v1/article.pb.h"

namespace telex::cli {

// Short names for what the contracts hold.
namespace pb {
using namespace telex::ingestion::v1;
using namespace telex::news::v1;
}  // namespace pb

// Errors carry reason, metadata and fields as the server gave them (platform/errors).
class IngestionApi {
 public:
  virtual ~IngestionApi() = default;

  virtual absl::StatusOr<pb::Article> CreateArticle(const pb::CreateArticleRequest& request) = 0;
  virtual absl::StatusOr<pb::Article> UpdateArticle(const pb::UpdateArticleRequest& request) = 0;
  virtual absl::StatusOr<pb::Article> GetArticle(const pb::GetArticleRequest& request) = 0;
  virtual absl::StatusOr<pb::ListArticlesResponse> ListArticles(
      const pb::ListArticlesRequest& request) = 0;
  virtual absl::StatusOr<pb::ListArticleVersionsResponse> ListArticleVersions(
      const pb::ListArticleVersionsRequest& request) = 0;
  virtual absl::StatusOr<pb::Article> WithholdArticle(
      const pb::WithholdArticleRequest& request) = 0;
  virtual absl::StatusOr<pb::Article> KillArticle(const pb::KillArticleRequest& request) = 0;
  virtual absl::StatusOr<pb::Article> ReinstateArticle(
      const pb::ReinstateArticleRequest& request) = 0;
  virtual absl::StatusOr<pb::Article> PurgeArticle(const pb::PurgeArticleRequest& request) = 0;
  virtual absl::StatusOr<pb::ImportDocumentResponse> ImportDocument(
      const pb::ImportDocumentRequest& request) = 0;

  virtual absl::StatusOr<pb::Source> CreateSource(const pb::CreateSourceRequest& request) = 0;
  virtual absl::StatusOr<pb::Source> GetSource(const pb::GetSourceRequest& request) = 0;
  virtual absl::StatusOr<pb::ListSourcesResponse> ListSources(
      const pb::ListSourcesRequest& request) = 0;
  virtual absl::StatusOr<pb::Source> UpdateSource(const pb::UpdateSourceRequest& request) = 0;
};

}  // namespace telex::cli
