#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string_view>

#include "ingestion/adapters/edge.h"
#include "telex/ingestion/v1/ingestion_service.pb.h"

namespace telex::ingestion {

// A document in, the stories that it holds submitted, one decision each; without gRPC, as
// ArticleService.
class ImportService {
 public:
  explicit ImportService(const Edge& edge) : edge_(edge) {}

  void ImportDocument(const Call& call, const v1::ImportDocumentRequest& request,
                      Done<v1::ImportDocumentResponse> done);

 private:
  struct Import;

  absl::StatusOr<SetContent> NormalisePrinted(const ParsedDocument& document, const Draft& draft,
                                              const Source& source, std::string_view key) const;
  absl::StatusOr<v1::ImportDocumentResponse> Propose(const Call& call,
                                                     const v1::ImportDocumentRequest& request,
                                                     const ParsedDocument& document) const;
  // Where the submission would be a new article: the story of nearly the same text, source and date
  // that stands under another key, among the source's newest.
  void AddSimilar(const Submission& submission, v1::ImportDocumentResponse::Item& item) const;
  // An item of the response: what would be made of the submission by now.
  void AddPreview(const Submission& submission, v1::ImportDocumentResponse& response) const;
  // What became of the item's submission, and what stands after it.
  void SetDecided(const Decision& decision, v1::ImportDocumentResponse::Item& item) const;
  void Start(std::shared_ptr<Import> import);
  void Submit(std::shared_ptr<Import> import);
  void End(std::shared_ptr<Import> import);  // all is decided

  const Edge& edge_;
};

}  // namespace telex::ingestion
