// ImportDocument: a document in, the stories that it holds handed in, one decision each.
#include <fmt/format.h>

#include <mutex>
#include <utility>

#include "ingestion/adapters/api_drafts.h"
#include "ingestion/adapters/newsroom.h"
#include "ingestion/adapters/record_codec.h"
#include "ingestion/adapters/record_headers.h"
#include "ingestion/adapters/refusals.h"
#include "ingestion/adapters/topics.h"
#include "ingestion/formats/registry.h"
#include "news/content_hash.h"
#include "news/wire/article_codec.h"
#include "platform/errors/errors.h"
#include "platform/kafka/partitioner.h"

namespace telex::ingestion {
namespace {

// The host of a web address, without "www.": what two home pages of one publisher share.
std::string HostOf(std::string_view address) {
  const auto scheme = address.find("://");
  if (scheme == std::string_view::npos) return "";
  address.remove_prefix(scheme + 3);
  std::string host(address.substr(0, address.find_first_of("/?#:")));
  for (char& c : host) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (host.starts_with("www.")) host.erase(0, 4);
  return host;
}

std::optional<Source> SourceByHomePage(const Library& library, std::string_view home_page) {
  const std::string host = HostOf(home_page);
  if (host.empty()) return std::nullopt;
  for (const SourceHead& head : library.Sources()) {
    if (HostOf(head.source.home_page) == host) return head.source;
  }
  return std::nullopt;
}

v1::SourceProposal ProposalOf(const ParsedDocument& document) {
  v1::SourceProposal proposal;
  const PrintedPublisher& publisher = document.publisher;
  const std::string host = HostOf(publisher.home_page);
  if (const auto id = news::SourceId::Parse(host)) proposal.set_name(id->Name());
  proposal.set_display_name(publisher.display_name.empty() ? host : publisher.display_name);
  proposal.set_home_page(publisher.home_page);
  proposal.set_usage_terms(publisher.usage_terms);
  proposal.set_language(!publisher.language.empty() ? publisher.language
                                                    : document.drafts.front().language);
  return proposal;
}

}  // namespace

struct Newsroom::Import {
  Call call;
  v1::ImportDocumentRequest request;
  std::vector<Submission> submissions;
  v1::ImportDocumentResponse response;
  Done<v1::ImportDocumentResponse> done;

  std::mutex mutex;
  std::size_t undecided = 0;
  absl::Status failure;  // the first story that could not be decided: all can be repeated safely
};

void Newsroom::ImportDocument(const Call& call, const v1::ImportDocumentRequest& request,
                              Done<v1::ImportDocumentResponse> done) {
  auto import = std::make_shared<Import>();
  import->call = call;
  import->done = std::move(done);
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok())
    return import->done(status);
  auto document = ParseDocument(request.media_type().empty() ? "text/plain" : request.media_type(),
                                request.document());
  if (!document.ok()) return import->done(document.status());

  std::optional<Source> source;
  if (!request.source().empty()) {
    auto known = KnownSource(request.source(), "source");
    if (!known.ok()) return import->done(known.status());
    source = *std::move(known);
  } else {
    source = SourceByHomePage(library_, document->publisher.home_page);
  }
  if (!source) {
    v1::SourceProposal proposal = ProposalOf(*document);
    if (proposal.name().empty()) {
      return import->done(errors::FieldError(
          "source", errors::kUnknownSource,
          "the document names no publisher with a home page; name the source: sources/{source}"));
    }
    *import->response.mutable_proposal() = std::move(proposal);
    return import->done(std::move(import->response));
  }
  import->response.set_source(source->id.Name());

  const std::string hash = news::DocumentHash(request.document());
  for (const Draft& draft : document->drafts) {
    auto set = NormaliseDraft(draft, *source, request.key(), "document.");
    if (!set.ok()) return import->done(set.status());
    set->upstream = Upstream{.hash = UpstreamHash(*set)};
    if (draft.updated) {
      // Only an instant that the document gives whole tells an older version from a newer one.
      if (draft.updated->utc_offset) {
        set->upstream->time =
            absl::FromCivil(draft.updated->civil, absl::UTCTimeZone()) - *draft.updated->utc_offset;
      }
    }
    const news::ArticleId id = news::ArticleId::Of(source->id.text(), set->key);
    auto* item = import->response.add_items();
    for (const std::string& warning : set->warnings) item->add_warnings(warning);
    Submission submission = Blank(call, id, request);
    submission.document = hash;
    submission.action = *std::move(set);
    if (request.validate_only()) {
      auto [decision, article] = Foreseen(submission);
      item->set_verdict(ToProto(decision.verdict));
      item->set_reason(std::string(ReasonText(decision.reason)));
      *item->mutable_article() = std::move(article);
    }
    import->submissions.push_back(std::move(submission));
  }
  if (request.validate_only()) return import->done(std::move(import->response));
  import->request = request;
  StartImport(std::move(import));
}

void Newsroom::StartImport(std::shared_ptr<Import> import) {
  // The original first: a version that names a document must find it in the log.
  const std::string document = import->submissions.front().document;
  kafka::Record original{.topic = kOriginalsTopic,
                         .partition = kafka::PartitionOf(document, options_.partitions)};
  original.key = document;
  original.value = import->request.document();
  original.headers = EventHeaders({.id = document,
                                   .type = "document",
                                   .subject = import->response.source(),
                                   .time = absl::UnixEpoch(),
                                   .traceparent = import->call.traceparent});
  for (kafka::Header& header : original.headers) {
    if (header.key == "content-type")
      header.value =
          import->request.media_type().empty() ? "text/plain" : import->request.media_type();
  }
  originals_.Publish(std::move(original), [this, import](
                                              const absl::StatusOr<kafka::Position>& position) {
    if (errors::Is(position.status(), errors::kRecordTooLarge)) {
      return import->done(errors::FieldError("document", errors::kDocumentTooLarge,
                                             "is larger than what the log takes as one record"));
    }
    if (!position.ok()) {
      return import->done(errors::Error(
          absl::StatusCode::kUnavailable, errors::kBrokerUnavailable,
          fmt::format("the document was not recorded: {}", position.status().ToString())));
    }
    import->undecided = import->submissions.size();
    for (std::size_t i = 0; i < import->submissions.size(); ++i) {
      submitter_.Submit(import->submissions[i], import->call.traceparent, import->call.deadline,
                        [this, import, i](absl::StatusOr<Decision> decision) {
                          std::unique_lock lock(import->mutex);
                          if (decision.ok()) {
                            auto& item = *import->response.mutable_items(static_cast<int>(i));
                            item.set_verdict(ToProto(decision->verdict));
                            item.set_reason(std::string(ReasonText(decision->reason)));
                            if (auto article = ArticleOf(*decision); article.ok())
                              *item.mutable_article() = *std::move(article);
                          } else if (import->failure.ok()) {
                            import->failure = decision.status();
                          }
                          if (--import->undecided > 0) return;
                          lock.unlock();
                          if (!import->failure.ok()) return import->done(import->failure);
                          import->done(std::move(import->response));
                        });
    }
  });
}

}  // namespace telex::ingestion
