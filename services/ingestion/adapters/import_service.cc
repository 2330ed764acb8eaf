#include "ingestion/adapters/import_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "ingestion/adapters/api_drafts.h"
#include "ingestion/adapters/originals.h"
#include "ingestion/adapters/record_codec.h"
#include "ingestion/adapters/refusals.h"
#include "ingestion/adapters/section_check.h"
#include "ingestion/domain/normalise.h"
#include "ingestion/domain/resemblance.h"
#include "ingestion/domain/web_address.h"
#include "ingestion/formats/registry.h"
#include "news/article_name.h"
#include "news/content_hash.h"
#include "news/printed_name.h"
#include "news/wire/article_codec.h"
#include "platform/errors/errors.h"

namespace telex::ingestion {
namespace {

// With how many of a source's newest stories a new one is compared, and how near their dates are.
constexpr std::size_t kComparedMax = 200;
constexpr absl::Duration kSimilarWithin = absl::Hours(24);

// The source whose home page is on the host that the document names. With more than one of them
// which is meant is not for Telex to guess: AMBIGUOUS_SOURCE.
absl::StatusOr<std::optional<Source>> SourceByHomePage(const LogStore& log_store,
                                                       std::string_view home_page) {
  const std::string host = HostOf(home_page);
  if (host.empty()) return std::nullopt;
  std::vector<Source> found;
  for (SourceHead& head : log_store.Sources()) {
    if (HostOf(head.source.home_page) == host) found.push_back(std::move(head.source));
  }
  if (found.empty()) return std::nullopt;
  if (found.size() == 1) return std::move(found.front());
  std::string names;
  for (const Source& source : found)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", source.id.Name());
  absl::Status status = errors::FieldError(
      "source", errors::kAmbiguousSource,
      fmt::format("{} sources have their home page on {}: name the one that the document is of: {}",
                  found.size(), host, names));
  status = errors::WithMetadata(std::move(status), "sources", names);
  return errors::WithMetadata(std::move(status), "source", found.front().id.Name());
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
  for (const Draft& draft : document.drafts) {
    if (draft.section.empty() || news::Section::Parse(draft.section) ||
        news::Section::FromPrinted(draft.section)) {
      continue;
    }
    if (const auto section = news::RomanisedSection(draft.section))
      (*proposal.mutable_section_aliases())[draft.section] = section->slug();
  }
  return proposal;
}

// The source that would be made of a proposal; not fit to be submitted where the document leaves
// something out.
absl::StatusOr<Source> SourceOf(const v1::SourceProposal& proposal) {
  v1::Source source;
  source.set_name(proposal.name());
  source.set_display_name(proposal.display_name());
  source.set_home_page(proposal.home_page());
  source.set_usage_terms(proposal.usage_terms());
  source.set_default_language(proposal.language());
  *source.mutable_section_aliases() = proposal.section_aliases();
  return FromProto(source);
}

// Where the source's terms are those that this document prints, and no more than a line of rights.
void WarnOfTerms(const PrintedPublisher& publisher, const Source& source, SetContent& set) {
  if (!publisher.only_reserves_rights || source.usage_terms != publisher.usage_terms) return;
  set.warnings.push_back(
      fmt::format("the terms of {} only reserve rights and allow no use of the story: agree on "
                  "terms with the publisher, and set them as the source's usage terms",
                  source.id.Name()));
}

// Where the document was submitted as a source's, and names another publisher.
void WarnOfPublisher(const PrintedPublisher& publisher, const Source& source, SetContent& set) {
  const std::string host = HostOf(publisher.home_page);
  if (host.empty() || host == HostOf(source.home_page)) return;
  set.warnings.push_back(fmt::format(
      "the document names {} as its publisher, at {}, and is taken as a story of {}, at {}",
      publisher.display_name.empty() ? host : publisher.display_name, publisher.home_page,
      source.id.Name(), source.home_page));
}

}  // namespace

struct ImportService::Import {
  Call call;
  v1::ImportDocumentRequest request;
  std::vector<Submission> submissions;
  v1::ImportDocumentResponse response;
  Done<v1::ImportDocumentResponse> done;

  std::mutex mutex;
  std::size_t undecided = 0;
  absl::Status failure;  // the first story that could not be decided: all can be repeated safely
};

void ImportService::ImportDocument(const Call& call, const v1::ImportDocumentRequest& request,
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
    auto known = edge_.KnownSource(request.source(), "source");
    if (!known.ok()) return import->done(known.status());
    source = *std::move(known);
  } else {
    auto known = SourceByHomePage(edge_.log_store(), document->publisher.home_page);
    if (!known.ok()) return import->done(known.status());
    source = *std::move(known);
  }
  if (!source) return import->done(Propose(call, request, *document));
  if (absl::Status status = Edge::CheckSpeaksFor(call, *source); !status.ok())
    return import->done(status);
  import->response.set_source(source->id.Name());

  const std::string document_hash = news::DocumentHash(request.document());
  for (const Draft& draft : document->drafts) {
    auto set = NormalisePrinted(*document, draft, *source, request.key());
    if (!set.ok()) return import->done(set.status());
    Submission submission =
        edge_.NewSubmission(call, news::ArticleId::Of(source->id.text(), set->key), request);
    // The document is not put into the log again, nor what else it holds.
    if (!request.validate_only()) {
      if (absl::Status status = edge_.CheckNotPurged(submission); !status.ok())
        return import->done(status);
    }
    submission.document = document_hash;
    submission.action = *std::move(set);
    AddPreview(submission, import->response);
    import->submissions.push_back(std::move(submission));
  }
  if (request.validate_only()) return import->done(std::move(import->response));
  import->request = request;
  Start(std::move(import));
}

absl::StatusOr<SetContent> ImportService::NormalisePrinted(const ParsedDocument& document,
                                                           const Draft& draft, const Source& source,
                                                           std::string_view key) const {
  auto set = edge_.NormaliseDraft(draft, source, key, "document.", /*section_is_printed=*/true);
  if (!set.ok()) return set;
  WarnOfTerms(document.publisher, source, *set);
  WarnOfPublisher(document.publisher, source, *set);
  if (!draft.section.empty()) {
    if (const auto section = NewSectionIn(edge_.log_store(), source, set->content.section))
      set->warnings.push_back(Warning(*section));
  }
  set->upstream = Upstream{.hash = UpstreamHash(*set)};
  // Only an instant that the document gives whole tells an older version from a newer one.
  if (draft.updated && draft.updated->utc_offset) {
    set->upstream->time =
        absl::FromCivil(draft.updated->civil, absl::UTCTimeZone()) - *draft.updated->utc_offset;
  }
  return set;
}

void ImportService::AddPreview(const Submission& submission,
                               v1::ImportDocumentResponse& response) const {
  auto [decision, article] = edge_.Preview(submission);
  auto* item = response.add_items();
  for (const std::string& warning : std::get<SetContent>(submission.action).warnings)
    item->add_warnings(warning);
  item->set_verdict(ToProto(decision.verdict));
  item->set_reason(std::string(ReasonText(decision.reason)));
  const bool is_new = decision.verdict == Verdict::kAccepted && decision.version.number == 1;
  *item->mutable_article() = std::move(article);
  if (is_new) AddSimilar(submission, *item);
}

void ImportService::AddSimilar(const Submission& submission,
                               v1::ImportDocumentResponse::Item& item) const {
  const auto& set = std::get<SetContent>(submission.action);
  const auto stories = edge_.log_store().List(
      {.source = set.source, .status = news::PubStatus::kUsable}, kComparedMax, "");
  if (!stories.ok()) return;
  const absl::Time date = set.firstcreated.value_or(submission.time);
  const Shingles text = ShinglesOf(set.content.body_html);
  const news::Article* nearest = nullptr;
  double most = kNearlyTheSame;
  for (const ArticleHead& head : stories->items) {
    const news::Article& article = head.article;
    // A request that is repeated finds the story that it made.
    if (article.id == std::get<news::ArticleId>(submission.subject)) continue;
    if (absl::AbsDuration(article.firstcreated - date) > kSimilarWithin) continue;
    const double resemblance = Resemblance(text, ShinglesOf(article.content.body_html));
    if (resemblance < most || (nearest != nullptr && resemblance == most)) continue;
    most = resemblance;
    nearest = &article;
  }
  if (nearest == nullptr) return;
  auto& similar = *item.mutable_similar();
  similar.set_name(news::NameOf(nearest->id));
  similar.set_key(nearest->key);
  similar.set_headline(nearest->content.headline);
  similar.set_canonical_url(nearest->canonical_url);
}

absl::StatusOr<v1::ImportDocumentResponse> ImportService::Propose(
    const Call& call, const v1::ImportDocumentRequest& request,
    const ParsedDocument& document) const {
  const std::string& key = request.key();
  v1::ImportDocumentResponse response;
  v1::SourceProposal& proposal = *response.mutable_proposal();
  proposal = ProposalOf(document);
  if (proposal.name().empty()) {
    return errors::FieldError(
        "source", errors::kUnknownSource,
        "the document names no publisher with a home page; name the source: sources/{source}");
  }
  const auto source = SourceOf(proposal);
  // What the document leaves out of its publisher is for CreateSource to ask for.
  if (!source.ok() || source->default_language.empty()) return response;
  for (const Draft& draft : document.drafts) {
    const bool has_key = !key.empty() || !draft.guid.empty() || !draft.canonical_url.empty();
    auto set = NormalisePrinted(document, draft, *source, has_key ? key : ProposeKey(draft));
    // A source of which this story could not be is not worth making for it.
    if (!set.ok()) {
      return errors::WithContext(
          set.status(), fmt::format("as a story of {}, which would be made", source->id.Name()));
    }
    Submission submission =
        edge_.NewSubmission(call, news::ArticleId::Of(source->id.text(), set->key), request);
    submission.action = *std::move(set);
    AddPreview(submission, response);
    // Nobody is to take for decided what was not even submitted.
    if (!request.validate_only()) {
      auto& item = *response.mutable_items()->rbegin();
      item.clear_verdict();
      item.mutable_article()->clear_result();
    }
  }
  return response;
}

void ImportService::Start(std::shared_ptr<Import> import) {
  // The original first: a version that names a document must find it in the log.
  kafka::Record original = OriginalRecord({.document = import->submissions.front().document,
                                           .bytes = import->request.document(),
                                           .media_type = import->request.media_type(),
                                           .source = import->response.source(),
                                           .traceparent = import->call.traceparent},
                                          edge_.partitions());
  edge_.submitter().Append(
      std::move(original), import->call.deadline, [this, import](const absl::Status& recorded) {
        if (recorded.ok()) return Submit(import);
        if (!errors::Is(recorded, errors::kRecordTooLarge)) return import->done(recorded);
        import->done(errors::FieldError("document", errors::kDocumentTooLarge,
                                        "is larger than what the log takes as one record"));
      });
}

void ImportService::Submit(std::shared_ptr<Import> import) {
  import->undecided = import->submissions.size();
  for (std::size_t i = 0; i < import->submissions.size(); ++i) {
    edge_.submitter().Submit(
        import->submissions[i], import->call.traceparent, import->call.deadline,
        [this, import, i](absl::StatusOr<Decision> decision) {
          std::unique_lock lock(import->mutex);
          if (decision.ok()) {
            SetDecided(*decision, *import->response.mutable_items(static_cast<int>(i)));
          } else if (import->failure.ok()) {
            import->failure = decision.status();
          }
          if (--import->undecided > 0) return;
          lock.unlock();
          End(import);
        });
  }
}

void ImportService::SetDecided(const Decision& decision,
                               v1::ImportDocumentResponse::Item& item) const {
  item.set_verdict(ToProto(decision.verdict));
  item.set_reason(std::string(ReasonText(decision.reason)));
  *item.mutable_article() = edge_.ArticleOf(decision);
}

void ImportService::End(std::shared_ptr<Import> import) {
  const auto end = [import] {
    if (!import->failure.ok()) return import->done(import->failure);
    import->done(std::move(import->response));
  };
  const auto is_purged = [this](const Submission& one) { return !edge_.CheckNotPurged(one).ok(); };
  if (std::none_of(import->submissions.begin(), import->submissions.end(), is_purged)) return end();
  // Purged while the document was on its way: it came in behind its tombstone.
  ForgetOriginals(edge_.submitter(), {import->submissions.front().document}, edge_.partitions(),
                  import->call.deadline, [import, end](const absl::Status& forgotten) {
                    import->failure.Update(forgotten);
                    end();
                  });
}

}  // namespace telex::ingestion
