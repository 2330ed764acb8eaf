#include "telexctl/adapters/grpc_ingestion_api.h"

#include <utility>

#include "telex/ingestion/v1/ingestion_service.grpc.pb.h"
#include "telex/ingestion/v1/source_service.grpc.pb.h"
#include "telexctl/adapters/grpc_call.h"

namespace telex::cli {
namespace {

class GrpcIngestionApi final : public IngestionApi {
 public:
  explicit GrpcIngestionApi(GrpcCalls calls)
      : calls_(std::move(calls)),
        stories_(pb::IngestionService::NewStub(calls_.channel())),
        sources_(pb::SourceService::NewStub(calls_.channel())) {}

  absl::StatusOr<pb::Article> CreateArticle(const pb::CreateArticleRequest& request) override {
    return calls_.Call("CreateArticle", *stories_, &Stories::CreateArticle, request);
  }
  absl::StatusOr<pb::Article> UpdateArticle(const pb::UpdateArticleRequest& request) override {
    return calls_.Call("UpdateArticle", *stories_, &Stories::UpdateArticle, request);
  }
  absl::StatusOr<pb::Article> GetArticle(const pb::GetArticleRequest& request) override {
    return calls_.Call("GetArticle", *stories_, &Stories::GetArticle, request);
  }
  absl::StatusOr<pb::ListArticlesResponse> ListArticles(
      const pb::ListArticlesRequest& request) override {
    return calls_.Call("ListArticles", *stories_, &Stories::ListArticles, request);
  }
  absl::StatusOr<pb::ListArticleVersionsResponse> ListArticleVersions(
      const pb::ListArticleVersionsRequest& request) override {
    return calls_.Call("ListArticleVersions", *stories_, &Stories::ListArticleVersions, request);
  }
  absl::StatusOr<pb::Article> WithholdArticle(const pb::WithholdArticleRequest& request) override {
    return calls_.Call("WithholdArticle", *stories_, &Stories::WithholdArticle, request);
  }
  absl::StatusOr<pb::Article> KillArticle(const pb::KillArticleRequest& request) override {
    return calls_.Call("KillArticle", *stories_, &Stories::KillArticle, request);
  }
  absl::StatusOr<pb::Article> ReinstateArticle(
      const pb::ReinstateArticleRequest& request) override {
    return calls_.Call("ReinstateArticle", *stories_, &Stories::ReinstateArticle, request);
  }
  absl::StatusOr<pb::Article> PurgeArticle(const pb::PurgeArticleRequest& request) override {
    return calls_.Call("PurgeArticle", *stories_, &Stories::PurgeArticle, request);
  }
  absl::StatusOr<pb::ImportDocumentResponse> ImportDocument(
      const pb::ImportDocumentRequest& request) override {
    return calls_.Call("ImportDocument", *stories_, &Stories::ImportDocument, request);
  }
  absl::StatusOr<pb::Source> CreateSource(const pb::CreateSourceRequest& request) override {
    return calls_.Call("CreateSource", *sources_, &Sources::CreateSource, request);
  }
  absl::StatusOr<pb::Source> GetSource(const pb::GetSourceRequest& request) override {
    return calls_.Call("GetSource", *sources_, &Sources::GetSource, request);
  }
  absl::StatusOr<pb::ListSourcesResponse> ListSources(
      const pb::ListSourcesRequest& request) override {
    return calls_.Call("ListSources", *sources_, &Sources::ListSources, request);
  }
  absl::StatusOr<pb::Source> UpdateSource(const pb::UpdateSourceRequest& request) override {
    return calls_.Call("UpdateSource", *sources_, &Sources::UpdateSource, request);
  }

 private:
  using Stories = pb::IngestionService::Stub;
  using Sources = pb::SourceService::Stub;

  GrpcCalls calls_;
  const std::unique_ptr<Stories> stories_;
  const std::unique_ptr<Sources> sources_;
};

}  // namespace

std::unique_ptr<IngestionApi> MakeGrpcIngestionApi(std::unique_ptr<rpc::Caller> caller,
                                                   absl::Duration timeout, Retrier& retrier) {
  return std::make_unique<GrpcIngestionApi>(GrpcCalls(std::move(caller), timeout, retrier));
}

}  // namespace telex::cli
