// A service that answers what the test has laid out, and keeps what it was asked.
#pragma once

#include <deque>
#include <vector>

#include "telexctl/ingestion_api.h"

namespace telex::cli {

class FakeIngestionApi final : public IngestionApi {
 public:
  std::vector<pb::ImportDocumentRequest> imports;
  std::deque<absl::StatusOr<pb::ImportDocumentResponse>> import_answers;
  std::vector<pb::CreateSourceRequest> created_sources;
  absl::Status create_source_failure;
  pb::WriteResult::Verdict create_source_verdict = pb::WriteResult::VERDICT_ACCEPTED;
  pb::Source known_source;

  absl::StatusOr<pb::ImportDocumentResponse> ImportDocument(
      const pb::ImportDocumentRequest& request) override {
    imports.push_back(request);
    if (import_answers.empty()) return absl::InternalError("one import too many");
    auto answer = std::move(import_answers.front());
    import_answers.pop_front();
    return answer;
  }
  absl::StatusOr<pb::Source> CreateSource(const pb::CreateSourceRequest& request) override {
    created_sources.push_back(request);
    if (!create_source_failure.ok()) return create_source_failure;
    pb::Source source = request.source();
    source.set_name("sources/" + request.source_id());
    source.mutable_result()->set_verdict(create_source_verdict);
    return source;
  }
  absl::StatusOr<pb::Source> GetSource(const pb::GetSourceRequest&) override {
    return known_source;
  }

  absl::StatusOr<pb::Article> CreateArticle(const pb::CreateArticleRequest&) override {
    return Unasked();
  }
  absl::StatusOr<pb::Article> UpdateArticle(const pb::UpdateArticleRequest&) override {
    return Unasked();
  }
  absl::StatusOr<pb::Article> GetArticle(const pb::GetArticleRequest&) override {
    return Unasked();
  }
  absl::StatusOr<pb::ListArticlesResponse> ListArticles(const pb::ListArticlesRequest&) override {
    return Unasked();
  }
  absl::StatusOr<pb::ListArticleVersionsResponse> ListArticleVersions(
      const pb::ListArticleVersionsRequest&) override {
    return Unasked();
  }
  absl::StatusOr<pb::Article> WithholdArticle(const pb::WithholdArticleRequest&) override {
    return Unasked();
  }
  absl::StatusOr<pb::Article> KillArticle(const pb::KillArticleRequest&) override {
    return Unasked();
  }
  absl::StatusOr<pb::Article> ReinstateArticle(const pb::ReinstateArticleRequest&) override {
    return Unasked();
  }
  absl::StatusOr<pb::Article> PurgeArticle(const pb::PurgeArticleRequest&) override {
    return Unasked();
  }
  absl::StatusOr<pb::ListSourcesResponse> ListSources(const pb::ListSourcesRequest&) override {
    return Unasked();
  }
  absl::StatusOr<pb::Source> UpdateSource(const pb::UpdateSourceRequest&) override {
    return Unasked();
  }

 private:
  static absl::Status Unasked() { return absl::InternalError("the test expects no such call"); }
};

}  // namespace telex::cli
