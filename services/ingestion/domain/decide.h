#pragma once

#include <absl/time/time.h>

#include <optional>

#include "ingestion/domain/decision.h"
#include "ingestion/domain/head.h"
#include "ingestion/domain/rule.h"
#include "ingestion/domain/submission.h"

namespace telex::ingestion {

// What a submission makes of an article or a source. `next` is set when, and only when, the verdict
// is kAccepted and the decision repeats no other.
template <typename Head>
struct Outcome {
  Decision decision;
  std::optional<Head> next;
};

// Both are functions of their arguments alone: two owners, or one owner twice, come to the very
// same bytes. `head` is null when there is no version yet. `earlier` is the decision that stands
// for the submission's request id on the same subject, or null; it counts only within the rule's
// window. Times in `submission` are in milliseconds.
Outcome<ArticleHead> DecideArticle(const Rule& rule, const ArticleHead* head,
                                   const Decision* earlier, const Submission& submission,
                                   const SubmissionPosition& position);
Outcome<SourceHead> DecideSource(const Rule& rule, const SourceHead* head, const Decision* earlier,
                                 const Submission& submission, const SubmissionPosition& position);

// The instant at which `article` must be looked at again: its embargo's end or its expiry; empty
// when time changes nothing more.
std::optional<absl::Time> PendingInstant(const news::Article& article);

}  // namespace telex::ingestion
