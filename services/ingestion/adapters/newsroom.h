#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "ingestion/adapters/log_store.h"
#include "ingestion/adapters/submitter.h"
#include "ingestion/domain/normalise.h"
#include "telex/ingestion/v1/ingestion_service.pb.h"
#include "telex/ingestion/v1/source_service.pb.h"

namespace telex::ingestion {

// Who asks, and within what.
struct Call {
  std::string actor;
  bool is_editor = false;             // a person; otherwise the source itself speaks
  std::vector<std::string> bound_to;  // the ids of the sources it speaks for; empty: for any
  std::string traceparent;            // of this call, for the log's records
  absl::Time deadline;
};

template <typename Answer>
using Done = std::function<void(absl::StatusOr<Answer>)>;

struct NewsroomOptions {
  int rule = 1;                 // the rule that new submissions name
  std::int32_t partitions = 0;  // of the topics about articles
  std::function<absl::Time()> now = [] { return absl::Now(); };
};

// What the RPCs do, without gRPC: checks and normalises a request, hands it in, answers when it is
// decided. Refusals carry one reason and the fields (errors::DetailsOf). Roles are the caller's to
// check. Thread-safe; nothing blocks; `done` is called once, at once or later from another thread.
class Newsroom {
 public:
  Newsroom(NewsroomOptions options, const LogStore& log_store, Submitter& submitter);

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
  void ImportDocument(const Call& call, const v1::ImportDocumentRequest& request,
                      Done<v1::ImportDocumentResponse> done);

  absl::StatusOr<news::v1::Article> GetArticle(const v1::GetArticleRequest& request) const;
  absl::StatusOr<v1::ListArticlesResponse> ListArticles(
      const v1::ListArticlesRequest& request) const;
  absl::StatusOr<v1::ListArticleVersionsResponse> ListArticleVersions(
      const v1::ListArticleVersionsRequest& request) const;

  void CreateSource(const Call& call, const v1::CreateSourceRequest& request,
                    Done<v1::Source> done);
  void UpdateSource(const Call& call, const v1::UpdateSourceRequest& request,
                    Done<v1::Source> done);
  absl::StatusOr<v1::Source> GetSource(const v1::GetSourceRequest& request) const;
  absl::StatusOr<v1::ListSourcesResponse> ListSources(const v1::ListSourcesRequest& request) const;

 private:
  struct Update;
  struct Import;
  struct PurgeUnderWay;

  // A submission of `request` without its action.
  template <typename Request>
  Submission NewSubmission(const Call& call, Subject subject, const Request& request) const {
    return NewSubmission(call, std::move(subject), request.request_id(), request);
  }
  Submission NewSubmission(const Call& call, Subject subject, const std::string& request_id,
                           const google::protobuf::Message& request) const;
  absl::StatusOr<Source> KnownSource(std::string_view name, std::string_view field) const;
  // OK when the caller may hand in stories of the source.
  static absl::Status CheckSpeaksFor(const Call& call, const Source& source);
  absl::StatusOr<SetContent> NormaliseDraft(const Draft& draft, const Source& source,
                                            std::string_view key, std::string_view field_path,
                                            bool section_is_printed = false) const;
  // FAILED_PRECONDITION / ARTICLE_PURGED: what was forgotten is not put into the log again, not as
  // a repeat either.
  absl::Status CheckNotPurged(const Submission& submission) const;
  // What only a replica knows of a story that a caller hands in as `set`: whether its expiry has
  // passed, and whether its section is new, which is refused or else a warning. A request that was
  // decided already is not judged anew, unless the story was purged.
  absl::Status CheckHandedIn(const Draft& draft, const Source& source, const Submission& submission,
                             bool refuse_new_section, SetContent& set) const;
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
  void SubmitForArticle(const Call& call, const Submission& submission, bool validate_only,
                        Done<news::v1::Article> done);
  // What would become of the submission if it were the next one, on what this replica has read: the
  // decision, and the article as it would stand.
  std::pair<Decision, news::v1::Article> Preview(const Submission& submission) const;
  template <typename Request>
  void ChangeStatus(const Call& call, const Request& request, std::string_view reason,
                    decltype(Submission::action) action, Done<news::v1::Article> done);
  void TryUpdate(std::shared_ptr<Update> update);
  void TryPurge(std::shared_ptr<PurgeUnderWay> purge);
  void SubmitPurge(std::shared_ptr<PurgeUnderWay> purge);
  void StartImport(std::shared_ptr<Import> import);
  void SubmitImport(std::shared_ptr<Import> import);
  void EndImport(std::shared_ptr<Import> import);  // all is decided
  absl::StatusOr<news::v1::Article> ArticleOf(const Decision& decision) const;
  void SubmitSource(const Call& call, const Submission& submission, bool creating,
                    bool validate_only, Done<v1::Source> done);

  // Tries of a change that was made without an etag and met another change.
  static constexpr int kTriesMax = 5;

  const NewsroomOptions options_;
  const LogStore& log_store_;
  Submitter& submitter_;
};

}  // namespace telex::ingestion
