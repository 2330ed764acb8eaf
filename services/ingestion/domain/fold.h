#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <vector>

#include "ingestion/domain/decide.h"

namespace telex::ingestion {

// What the owner of a partition has to append for one submission, in this order, each step
// acknowledged before the next: the record, the tombstones, the decision. All empty: it was decided
// before, and nothing is left to say.
template <typename Head>
struct Step {
  std::optional<Head> record;
  std::vector<news::Version> tombstones;  // versions to be forgotten
  std::optional<Decision> decision;
};

// The fold of an owner that may start too early or repeat itself. `on_record`: the decision on
// record for this position, or null. `head` may come from a log that is ahead of `position`
// (another owner has been there), and it may be behind `on_record` (versions and decisions are read
// from two topics): then the version is made again, the same, so that what follows builds on it.
//
// Sound as long as an owner appends nothing for an article before the decision of that article's
// submission before is acknowledged: then a head past `position` proves that a decision was made
// and recorded.
//
// FAILED_PRECONDITION: there is something to be said of the submission, and it names a rule that
// `rules` does not have; the owner must stop.
absl::StatusOr<Step<ArticleHead>> FoldArticle(const RuleBook& rules, const ArticleHead* head,
                                              const Decision* on_record, const Decision* earlier,
                                              const Submission& submission,
                                              const SubmissionPosition& position);
absl::StatusOr<Step<SourceHead>> FoldSource(const RuleBook& rules, const SourceHead* head,
                                            const Decision* on_record, const Decision* earlier,
                                            const Submission& submission,
                                            const SubmissionPosition& position);

}  // namespace telex::ingestion
