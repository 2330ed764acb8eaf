#include "telexctl/adapters/grpc_ingestion_api.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <optional>
#include <string_view>
#include <utility>

#include "platform/grpc/status.h"
#include "telex/ingestion/v1/ingestion_service.grpc.pb.h"
#include "telex/ingestion/v1/source_service.grpc.pb.h"
#include "telexctl/adapters/interrupt_note.h"
#include "telexctl/failures/wording.h"

namespace telex::cli {
namespace {

// Whether a request changes something. Those that do have an id of their own.
template <typename Request>
bool Writes(const Request& request) {
  if constexpr (requires { request.validate_only(); }) {
    if (request.validate_only()) return false;
  }
  return requires { request.request_id(); };
}

class GrpcIngestionApi final : public IngestionApi {
 public:
  GrpcIngestionApi(std::unique_ptr<rpc::Caller> caller, absl::Duration timeout, Retrier& retrier)
      : caller_(std::move(caller)),
        timeout_(timeout),
        retrier_(retrier),
        stories_(pb::IngestionService::NewStub(caller_->channel())),
        sources_(pb::SourceService::NewStub(caller_->channel())) {}

  absl::StatusOr<pb::Article> CreateArticle(const pb::CreateArticleRequest& request) override {
    return Call("CreateArticle", *stories_, &Stories::CreateArticle, request);
  }
  absl::StatusOr<pb::Article> UpdateArticle(const pb::UpdateArticleRequest& request) override {
    return Call("UpdateArticle", *stories_, &Stories::UpdateArticle, request);
  }
  absl::StatusOr<pb::Article> GetArticle(const pb::GetArticleRequest& request) override {
    return Call("GetArticle", *stories_, &Stories::GetArticle, request);
  }
  absl::StatusOr<pb::ListArticlesResponse> ListArticles(
      const pb::ListArticlesRequest& request) override {
    return Call("ListArticles", *stories_, &Stories::ListArticles, request);
  }
  absl::StatusOr<pb::ListArticleVersionsResponse> ListArticleVersions(
      const pb::ListArticleVersionsRequest& request) override {
    return Call("ListArticleVersions", *stories_, &Stories::ListArticleVersions, request);
  }
  absl::StatusOr<pb::Article> WithholdArticle(const pb::WithholdArticleRequest& request) override {
    return Call("WithholdArticle", *stories_, &Stories::WithholdArticle, request);
  }
  absl::StatusOr<pb::Article> KillArticle(const pb::KillArticleRequest& request) override {
    return Call("KillArticle", *stories_, &Stories::KillArticle, request);
  }
  absl::StatusOr<pb::Article> ReinstateArticle(
      const pb::ReinstateArticleRequest& request) override {
    return Call("ReinstateArticle", *stories_, &Stories::ReinstateArticle, request);
  }
  absl::StatusOr<pb::Article> PurgeArticle(const pb::PurgeArticleRequest& request) override {
    return Call("PurgeArticle", *stories_, &Stories::PurgeArticle, request);
  }
  absl::StatusOr<pb::ImportDocumentResponse> ImportDocument(
      const pb::ImportDocumentRequest& request) override {
    return Call("ImportDocument", *stories_, &Stories::ImportDocument, request);
  }
  absl::StatusOr<pb::Source> CreateSource(const pb::CreateSourceRequest& request) override {
    return Call("CreateSource", *sources_, &Sources::CreateSource, request);
  }
  absl::StatusOr<pb::Source> GetSource(const pb::GetSourceRequest& request) override {
    return Call("GetSource", *sources_, &Sources::GetSource, request);
  }
  absl::StatusOr<pb::ListSourcesResponse> ListSources(
      const pb::ListSourcesRequest& request) override {
    return Call("ListSources", *sources_, &Sources::ListSources, request);
  }
  absl::StatusOr<pb::Source> UpdateSource(const pb::UpdateSourceRequest& request) override {
    return Call("UpdateSource", *sources_, &Sources::UpdateSource, request);
  }

 private:
  using Stories = pb::IngestionService::Stub;
  using Sources = pb::SourceService::Stub;

  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(std::string_view what, Stub& stub,
                                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const Request& request) {
    std::optional<InterruptNote> note;
    if (Writes(request)) note.emplace();
    return retrier_.Run(CommandOf(what), [&]() -> absl::StatusOr<Response> {
      grpc::ClientContext context;
      caller_->Prepare(context, timeout_);
      Response response;
      const grpc::Status status = (stub.*method)(&context, request, &response);
      if (!status.ok()) return rpc::FromGrpc(status);
      return response;
    });
  }

  const std::unique_ptr<rpc::Caller> caller_;
  const absl::Duration timeout_;
  Retrier& retrier_;
  const std::unique_ptr<Stories> stories_;
  const std::unique_ptr<Sources> sources_;
};

}  // namespace

std::unique_ptr<IngestionApi> MakeGrpcIngestionApi(std::unique_ptr<rpc::Caller> caller,
                                                   absl::Duration timeout, Retrier& retrier) {
  return std::make_unique<GrpcIngestionApi>(std::move(caller), timeout, retrier);
}

}  // namespace telex::cli
