#include "ingestion/domain/fold.h"

#include <fmt/format.h>

#include <utility>

namespace telex::ingestion {
namespace {

std::vector<news::Version> TombstonesOf(const ArticleHead& head) {
  std::vector<news::Version> tombstones;
  if (!head.article.purged) return tombstones;
  for (news::Version version{1}; version < head.article.version; version = version.Next())
    tombstones.push_back(version);
  return tombstones;
}
std::vector<news::Version> TombstonesOf(const SourceHead&) { return {}; }

template <typename Head, typename Decide>
absl::StatusOr<Step<Head>> Fold(const RuleBook& rules, const Head* head, const Decision* on_record,
                                const Submission& submission, const SubmissionPosition& position,
                                const Decide& decide) {
  Step<Head> step;
  const news::Version standing = head != nullptr ? VersionOf(*head) : news::Version{};
  if (on_record != nullptr && standing >= on_record->version) return step;
  if (head != nullptr && head->position.offset > position.offset) return step;
  // Before anything is said, be it of a version on record: the time of its decision, too, is as the
  // rule bounds it (BoundByLogClock).
  const auto rule = rules.find(submission.rule);
  if (rule == rules.end()) {
    return absl::FailedPreconditionError(
        fmt::format("submission {}/{} is decided by rule {}, which this release does not know",
                    position.partition, position.offset, submission.rule));
  }
  if (head != nullptr && head->position.offset == position.offset) {
    // The version was recorded and its owner died before it said so.
    Decision decision;
    decision.position = position;
    decision.subject = NameOf(submission.subject);
    decision.verdict = Verdict::kAccepted;
    decision.version = VersionOf(*head);
    decision.request_id = submission.request_id;
    decision.request_hash = submission.request_hash;
    decision.time = submission.time;
    decision.rule = submission.rule;
    step.tombstones = TombstonesOf(*head);
    step.decision = std::move(decision);
    return step;
  }
  Outcome<Head> outcome = decide(rule->second);
  if (outcome.next) step.tombstones = TombstonesOf(*outcome.next);
  step.record = std::move(outcome.next);
  step.decision = std::move(outcome.decision);
  return step;
}

}  // namespace

absl::StatusOr<Step<ArticleHead>> FoldArticle(const RuleBook& rules, const ArticleHead* head,
                                              const Decision* on_record, const Decision* earlier,
                                              const Submission& submission,
                                              const SubmissionPosition& position) {
  return Fold(rules, head, on_record, submission, position, [&](const Rule& rule) {
    return DecideArticle(rule, head, earlier, submission, position);
  });
}

absl::StatusOr<Step<SourceHead>> FoldSource(const RuleBook& rules, const SourceHead* head,
                                            const Decision* on_record, const Decision* earlier,
                                            const Submission& submission,
                                            const SubmissionPosition& position) {
  return Fold(rules, head, on_record, submission, position, [&](const Rule& rule) {
    return DecideSource(rule, head, earlier, submission, position);
  });
}

}  // namespace telex::ingestion
