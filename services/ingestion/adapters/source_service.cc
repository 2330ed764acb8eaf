#include "ingestion/adapters/source_service.h"

#include <algorithm>
#include <utility>

#include "ingestion/adapters/api_drafts.h"
#include "ingestion/adapters/record_codec.h"
#include "ingestion/adapters/refusals.h"
#include "ingestion/adapters/write_result.h"
#include "ingestion/domain/decide.h"
#include "ingestion/domain/rule.h"
#include "platform/errors/errors.h"

namespace telex::ingestion {

using news::Version;

void SourceService::Submit(const Call& call, const Submission& submission, bool creating,
                           bool validate_only, Done<v1::Source> done) {
  const news::SourceId id = std::get<news::SourceId>(submission.subject);
  const auto answer = [](const Source& source, news::v1::WriteResult result) {
    v1::Source message = ToProto(source);
    *message.mutable_result() = std::move(result);
    return message;
  };
  const auto refusal = [creating, name = id.Name()](const Decision& decision) {
    return decision.verdict == Verdict::kStale && creating ? SourceExists(name)
                                                           : RefusalOf(decision);
  };
  if (validate_only) {
    const auto head = edge_.log_store().SourceHeadOf(id);
    const auto preview = DecideSource(KnownRules().at(submission.rule), head ? &*head : nullptr,
                                      nullptr, submission, SubmissionPosition{});
    if (absl::Status refused = refusal(preview.decision); !refused.ok()) return done(refused);
    return done(answer(preview.next ? preview.next->source : head->source,
                       ForeseenResult(preview.decision)));
  }
  edge_.submitter().Submit(
      submission, call.traceparent, call.deadline,
      [this, refusal, answer, id, done = std::move(done)](absl::StatusOr<Decision> decision) {
        if (!decision.ok()) return done(decision.status());
        if (absl::Status refused = refusal(*decision); !refused.ok()) return done(refused);
        const auto head = edge_.log_store().SourceHeadOf(id);
        if (!head) return done(SourceNotFound(id.Name()));
        done(answer(head->source, edge_.ResultOf(*decision)));
      });
}

void SourceService::CreateSource(const Call& call, const v1::CreateSourceRequest& request,
                                 Done<v1::Source> done) {
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return done(status);
  const auto id = news::SourceId::Parse(request.source_id());
  if (!id) {
    return done(errors::FieldError(
        "source_id", errors::kFieldInvalid,
        "1–63 lower-case letters, digits, hyphens and dots, beginning with a letter or digit"));
  }
  v1::Source message = request.source();
  message.set_name(id->Name());
  auto source = SettableSource(message);
  if (!source.ok()) return done(source.status());
  Submission submission = edge_.NewSubmission(call, *id, request);
  submission.action = SetSource{.source = *std::move(source), .base = Version{}};
  Submit(call, submission, /*creating=*/true, request.validate_only(), std::move(done));
}

void SourceService::UpdateSource(const Call& call, const v1::UpdateSourceRequest& request,
                                 Done<v1::Source> done) {
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return done(status);
  const auto id = news::SourceId::FromName(request.source().name());
  const auto head = id ? edge_.log_store().SourceHeadOf(*id) : std::nullopt;
  if (!head) return done(SourceNotFound(request.source().name()));
  std::optional<Version> etag;
  if (!request.source().etag().empty()) {
    const auto given = EtagIn(request.source().etag(), "source.etag");
    if (!given.ok()) return done(given.status());
    etag = *given;
  }
  auto merged = MergedSource(ToProto(head->source), request);
  if (!merged.ok()) return done(merged.status());
  auto source = SettableSource(*merged);
  if (!source.ok()) return done(source.status());
  Submission submission = edge_.NewSubmission(call, *id, request);
  submission.action =
      SetSource{.source = *std::move(source), .base = etag.value_or(head->source.version)};
  Submit(call, submission, /*creating=*/false, request.validate_only(), std::move(done));
}

absl::StatusOr<v1::Source> SourceService::GetSource(const v1::GetSourceRequest& request) const {
  const auto id = news::SourceId::FromName(request.name());
  if (!id) return errors::FieldError("name", errors::kFieldInvalid, "sources/{source}");
  const auto head = edge_.log_store().SourceHeadOf(*id);
  if (!head) return SourceNotFound(request.name());
  return ToProto(head->source);
}

absl::StatusOr<v1::ListSourcesResponse> SourceService::ListSources(
    const v1::ListSourcesRequest& request) const {
  const auto size = PageSize(request.page_size());
  if (!size.ok()) return size.status();
  const std::vector<SourceHead> sources = edge_.log_store().Sources();
  auto next = sources.begin();
  if (!request.page_token().empty()) {
    const auto place = PlaceInSources(request.page_token());
    if (!place.ok()) return place.status();
    next = std::lower_bound(
        sources.begin(), sources.end(), *place,
        [](const SourceHead& head, const std::string& id) { return head.source.id.text() < id; });
  }
  v1::ListSourcesResponse response;
  for (; next != sources.end(); ++next) {
    if (static_cast<std::size_t>(response.sources_size()) == *size) {
      response.set_next_page_token(SourcesPageToken(next->source.id.text()));
      break;
    }
    *response.add_sources() = ToProto(next->source);
  }
  return response;
}

}  // namespace telex::ingestion
