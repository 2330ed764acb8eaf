#include "ingestion/adapters/edge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "ingestion/adapters/api_drafts.h"
#include "ingestion/adapters/refusals.h"
#include "ingestion/adapters/write_result.h"
#include "ingestion/domain/normalise.h"
#include "news/article_name.h"
#include "news/wire/article_codec.h"
#include "platform/errors/errors.h"

namespace telex::ingestion {

using news::ArticleId;

Edge::Edge(const LogSettings& log, std::function<absl::Time()> now, const LogStore& log_store,
           Submitter& submitter)
    : rule_(log.rule),
      partitions_(log.partitions),
      now_(std::move(now)),
      log_store_(log_store),
      submitter_(submitter) {}

Submission Edge::NewSubmission(const Call& call, Subject subject, const std::string& request_id,
                               const google::protobuf::Message& request) const {
  Submission submission;
  submission.rule = rule_;
  submission.time = absl::FromUnixMillis(absl::ToUnixMillis(now_()));
  submission.actor = call.actor;
  submission.request_id = request_id;
  if (!request_id.empty()) submission.request_hash = RequestHash(request);
  submission.subject = std::move(subject);
  return submission;
}

absl::StatusOr<Source> Edge::KnownSource(std::string_view name, std::string_view field) const {
  if (name.empty())
    return errors::FieldError(field, errors::kFieldRequired, "name the source: sources/{source}");
  const auto id = news::SourceId::FromName(name);
  const auto head = id ? log_store_.SourceHeadOf(*id) : std::nullopt;
  if (!head) {
    return errors::FieldError(
        field, errors::kUnknownSource,
        fmt::format("'{}' is not known; ListSources shows those that are, CreateSource makes one",
                    name));
  }
  return head->source;
}

absl::Status Edge::CheckSpeaksFor(const Call& call, const Source& source) {
  const bool speaks = call.is_editor || call.bound_to.empty() ||
                      std::find(call.bound_to.begin(), call.bound_to.end(), source.id.text()) !=
                          call.bound_to.end();
  if (speaks) return absl::OkStatus();
  return errors::Error(absl::StatusCode::kPermissionDenied, errors::kOtherSource,
                       fmt::format("this caller submits for {} alone, and not for {}",
                                   fmt::join(call.bound_to, ", "), source.id.text()),
                       {{"source", source.id.Name()}});
}

absl::StatusOr<SetContent> Edge::NormaliseDraft(const Draft& draft, const Source& source,
                                                std::string_view key, std::string_view field_path,
                                                bool section_is_printed) const {
  absl::TimeZone zone = absl::UTCTimeZone();
  if (!source.time_zone.empty()) absl::LoadTimeZone(source.time_zone, &zone);
  auto set = Normalise({.draft = draft,
                        .source = source,
                        .zone = zone,
                        .now = now_(),
                        .key = Trimmed(key),
                        .field_path = field_path,
                        .section_is_printed = section_is_printed});
  if (set.ok()) set->edited_policy = source.edited_policy;
  return set;
}

absl::Status Edge::CheckNotPurged(const Submission& submission) const {
  const auto& id = std::get<ArticleId>(submission.subject);
  const auto head = log_store_.ArticleHeadOf(id);
  return head && head->article.purged ? Purged(news::NameOf(id)) : absl::OkStatus();
}

news::v1::WriteResult Edge::ResultOf(const Decision& decision) const {
  const auto repeated = decision.repeats ? log_store_.DecisionAt(*decision.repeats) : std::nullopt;
  return RecordedResult(decision, repeated ? &*repeated : nullptr);
}

news::v1::Article Edge::ArticleOf(const Decision& decision) const {
  const auto name = news::ArticleName::Parse(decision.subject);
  const auto head = name ? log_store_.ArticleVersionOf(name->id, decision.version) : std::nullopt;
  news::v1::Article article;
  if (head) {
    article = news::ToProto(head->article);
  } else {
    article.set_name(decision.subject);
  }
  *article.mutable_result() = ResultOf(decision);
  return article;
}

std::pair<Decision, news::v1::Article> Edge::Preview(const Submission& submission) const {
  const auto& id = std::get<ArticleId>(submission.subject);
  const auto head = log_store_.ArticleHeadOf(id);
  const auto earlier = submission.request_id.empty()
                           ? std::nullopt
                           : log_store_.StandingDecision(NameOf(id), submission.request_id);
  const Rule rule = KnownRules().at(submission.rule);
  auto outcome = DecideArticle(rule, head ? &*head : nullptr, earlier ? &*earlier : nullptr,
                               submission, SubmissionPosition{});
  news::v1::Article article;
  if (outcome.next) {
    article = news::ToProto(outcome.next->article);
  } else if (head) {
    article = news::ToProto(head->article);
  } else {
    article.set_name(outcome.decision.subject);
  }
  *article.mutable_result() = ForeseenResult(outcome.decision);
  return {std::move(outcome.decision), std::move(article)};
}

}  // namespace telex::ingestion
