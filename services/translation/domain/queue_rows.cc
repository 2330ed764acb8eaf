// The queue as rows, and what is looked up in it.
#include <algorithm>
#include <memory>

#include "translation/domain/partition_queue.h"

namespace telex::translation {

PartitionQueue::PartitionQueue(std::int64_t position, const std::vector<JobRow>& rows)
    : position_(position) {
  for (const JobRow& row : rows) {
    const Job& job = jobs_.Make(row.id);
    const std::uint16_t from = jobs_.NumberOf(row.from);
    const std::uint32_t source = jobs_.NumberOf(row.source);
    jobs_.Change(job, [&](Job& to) {
      to.from = from;
      to.source = source;
      to.backfill = row.backfill;
      to.policy = row.policy;
      to.state = row.state;
      to.worker = row.worker;
      to.workflow = row.workflow;
      to.carried = row.carried;
      to.withdrawn = row.withdrawn;
      to.urgency = static_cast<std::uint8_t>(row.urgency);
      to.attempts = static_cast<std::uint8_t>(row.attempts);
      to.version = row.version;
      to.wanted_ms = row.wanted_ms;
      to.deadline_ms = row.deadline_ms;
      to.due_ms = row.due_ms;
      to.born = row.born;
      to.since = row.since;
      to.last = row.last;
      to.revision = row.revision;
      to.draft = row.draft;
      to.answered = row.answered;
      if (row.claim) to.claim = std::make_unique<Claim>(*row.claim);
    });
  }
}

std::optional<JobRow> PartitionQueue::RowOf(const JobId& id) const {
  const Job* job = jobs_.Find(id);
  if (job == nullptr) return std::nullopt;
  return RowOf(*job);
}

JobRow PartitionQueue::RowOf(const Job& job) const {
  JobRow row{.id = jobs_.IdOf(job),
             .from = jobs_.LanguageOf(job.from),
             .source = jobs_.SourceOf(job.source),
             .backfill = job.backfill,
             .policy = job.policy,
             .state = job.state,
             .worker = job.worker,
             .workflow = job.workflow,
             .carried = job.carried,
             .withdrawn = job.withdrawn,
             .urgency = job.urgency,
             .attempts = job.attempts,
             .version = job.version,
             .wanted_ms = job.wanted_ms,
             .deadline_ms = job.deadline_ms,
             .due_ms = job.due_ms,
             .born = job.born,
             .since = job.since,
             .last = job.last,
             .revision = job.revision,
             .draft = job.draft,
             .answered = job.answered,
             .claim = std::nullopt};
  if (job.claim) row.claim = *job.claim;
  return row;
}

void PartitionQueue::VisitDue(std::int64_t until_ms,
                              const std::function<bool(const DueJob&)>& visit) const {
  jobs_.VisitDue(until_ms, [&](const Job& job) {
    const bool forget = IsAtRest(job.state);
    return visit({.instant_ms = job.due_ms,
                  .job = jobs_.IdOf(job),
                  .of = forget ? job.last : job.since,
                  .forget = forget});
  });
}

void PartitionQueue::Reserve(std::uint32_t slot) {
  jobs_.Change(jobs_.At(slot), [](Job& job) { job.reserved = true; });
}

void PartitionQueue::Unreserve(const JobId& id) {
  const Job* job = jobs_.Find(id);
  if (job != nullptr) jobs_.Change(*job, [](Job& to) { to.reserved = false; });
}

}  // namespace telex::translation
