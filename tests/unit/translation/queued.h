// Facts of jobs, as tests write them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "news/article_id.h"
#include "news/language_tag.h"
#include "translation/domain/partition_queue.h"
#include "translation/domain/queue_rule.h"

namespace telex::translation {

inline news::LanguageTag Language(std::string_view text) { return *news::LanguageTag::Parse(text); }
inline Pair EnEs() { return {Language("en"), Language("es")}; }
inline JobId JobOf(int story, std::string_view language = "hy") {
  return {news::ArticleId::Of("source", std::to_string(story)), Language(language)};
}

// A queue, and the end of its log. The clock of its broker stands still unless it is set.
struct Queued {
  PartitionQueue queue;
  std::int64_t now_ms = 1'000'000;
  JobId job = JobOf(1);

  Outcome Append(JobFact fact) { return queue.Apply(queue.position() + 1, now_ms, fact); }
  template <typename What>
  Outcome Append(What what, std::string actor = "edge", std::string request_id = "") {
    return Append(JobFact{job, std::move(actor), std::move(request_id), std::move(what)});
  }
  Outcome Want(std::int64_t version, Workflow workflow = Workflow::kMachine) {
    return Append(Wanting(version, workflow));
  }
  static Wanted Wanting(std::int64_t version, Workflow workflow = Workflow::kMachine) {
    return {.version = {version},
            .from = Language("en"),
            .workflow = workflow,
            .source = "times",
            .policy = 1};
  }
  // The token, or 0.
  std::int64_t Claim(Worker worker = Worker::kMachine, std::string actor = "anna",
                     std::string request_id = "") {
    const Outcome outcome =
        Append(Claimed{worker, 60 * kSecondMs}, std::move(actor), std::move(request_id));
    return outcome.refusal == Refusal::kNone ? outcome.position : 0;
  }
  // All that is due now, as its owner appends it; how many facts.
  int AppendDue() {
    std::vector<JobFact> facts;
    queue.VisitDue(now_ms, [&](const DueJob& due) {
      facts.push_back(FactOf(due, "owner"));
      return true;
    });
    for (const JobFact& fact : facts) Append(fact);
    return static_cast<int>(facts.size());
  }
  JobRow Row() const { return queue.RowOf(job).value_or(JobRow{}); }
  JobState State() const { return Row().state; }
};

}  // namespace telex::translation
