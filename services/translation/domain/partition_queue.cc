#include "translation/domain/partition_queue.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "translation/domain/queue_rule.h"

namespace telex::translation {
namespace {

bool HoldsClaim(const Job& job, std::int64_t token) {
  return job.state == JobState::kClaimed && job.since == token;
}

void Enter(Job& job, JobState state, std::int64_t position, std::int64_t due_ms = 0) {
  job.state = state;
  job.since = position;
  job.due_ms = due_ms;
  if (state != JobState::kClaimed) job.claim.reset();
}

void Open(Job& job, std::int64_t position) { Enter(job, JobState::kOpen, position); }

void Rest(Job& job, JobState state, std::int64_t position, std::int64_t append_ms) {
  Enter(job, state, position, append_ms + kRestMs);
}

void GiveBack(Job& job) { job.attempts -= job.attempts > 0 ? 1 : 0; }

void OpenFrom(Job& job, const Wanted& wanted, std::int64_t position, std::int64_t append_ms) {
  job.attempts = 0;
  if (wanted.not_before_ms > append_ms) {
    Enter(job, JobState::kWaiting, position, wanted.not_before_ms);
  } else {
    Open(job, position);
  }
}

// What decides about its order.
void TakeTerms(Job& job, const Wanted& wanted) {
  job.workflow = wanted.workflow;
  job.carried = wanted.carried;
  job.withdrawn = false;
  job.urgency = static_cast<std::uint8_t>(std::clamp(wanted.urgency, 1, 9));
  job.deadline_ms = wanted.deadline_ms;
  job.policy = std::max(job.policy, wanted.policy);
}

// A person's claim goes on for what is wanted now.
bool ClaimMoves(const Job& job, const Wanted& wanted) {
  return job.state == JobState::kClaimed && job.claim->worker != Worker::kMachine &&
         wanted.workflow != Workflow::kMachine;
}

}  // namespace

JobFact FactOf(const DueJob& due, std::string actor) {
  JobFact fact{.job = due.job, .actor = std::move(actor), .request_id = "", .what = Wanted{}};
  if (due.forget) {
    fact.what = Forgotten{.up_to = due.of, .not_before_ms = due.instant_ms};
  } else {
    fact.what = Due{due.instant_ms, due.of};
  }
  return fact;
}

Outcome PartitionQueue::Apply(std::int64_t position, std::int64_t append_ms, const JobFact& fact) {
  if (position <= position_) return {.refusal = Refusal::kOutdated};
  position_ = position;
  const Record record{fact, position, append_ms, RequestHash(fact)};
  const Job* job = jobs_.Find(fact.job);
  const bool noted = job != nullptr && !std::holds_alternative<Forgotten>(fact.what);
  if (noted) jobs_.Saw(*job, position);
  Outcome outcome = FoldOrRepeat(record, job);
  outcome.noted = noted && !outcome.changed;
  return outcome;
}

Outcome PartitionQueue::FoldOrRepeat(const Record& record, const Job* job) {
  if (job != nullptr) {
    if (auto again = AnswerAgain(record, *job)) return *std::move(again);
  }
  return std::visit([&](const auto& what) { return Fold(record, job, what); }, record.fact.what);
}

Outcome PartitionQueue::ApplyTombstone(std::int64_t position, const JobId& id, std::int64_t up_to) {
  if (position <= position_) return {.refusal = Refusal::kOutdated};
  position_ = position;
  const Job* job = jobs_.Find(id);
  if (job == nullptr || job->born > up_to) return {.refusal = Refusal::kOutdated};
  return {.read_again = true};
}

Outcome PartitionQueue::Fold(const Record& record, const Job* job, const Wanted& wanted) {
  if (job == nullptr) job = &jobs_.Make(record.fact.job);
  const bool again = wanted.version == job->version;
  if (wanted.version < job->version) return Refused(*job, Refusal::kOtherVersion);
  if (again && !wanted.requested && wanted.policy <= job->policy)
    return Refused(*job, Refusal::kOutdated);
  // A newer policy does not do again what is done.
  if (again && !wanted.requested && job->state == JobState::kDone)
    return Refused(*job, Refusal::kOutdated);
  const std::uint16_t from = jobs_.NumberOf(wanted.from);
  const std::uint32_t source = jobs_.NumberOf(wanted.source);
  return Granted(record, *job, [&](Job& to) {
    const bool begins = IsAtRest(to.state) || to.state == JobState::kDead;
    const bool in_review = again && !begins && to.worker == Worker::kReviewer;
    to.from = from;
    to.source = source;
    to.backfill = begins || to.backfill != 0 ? wanted.backfill : 0;
    if (begins) to.wanted_ms = record.append_ms;
    if (!again) to.revision = 0;
    to.version = wanted.version;
    const bool moves = ClaimMoves(to, wanted) || (again && to.state == JobState::kClaimed);
    TakeTerms(to, wanted);
    to.worker =
        in_review && HasReview(wanted.workflow) ? Worker::kReviewer : FirstWorker(wanted.workflow);
    if (!moves) OpenFrom(to, wanted, record.position, record.append_ms);
  });
}

Outcome PartitionQueue::Fold(const Record& record, const Job* job, const Claimed& claimed) {
  if (job == nullptr) return NoSuchJob();
  if (job->state != JobState::kOpen) return RefusedByState(*job);
  // A person may do what a machine has not begun.
  const bool fits = job->worker == claimed.worker ||
                    (job->worker == Worker::kMachine && claimed.worker == Worker::kPerson);
  if (!fits) return Refused(*job, Refusal::kOtherWorker);
  return Granted(record, *job, [&](Job& to) {
    Enter(to, JobState::kClaimed, record.position, record.append_ms + LeaseMs(claimed.lease_ms));
    ++to.attempts;
    to.claim = std::make_unique<Claim>(
        Claim{.holder = record.fact.actor, .worker = claimed.worker, .request = record.request});
  });
}

Outcome PartitionQueue::Fold(const Record& record, const Job* job, const Extended& extended) {
  if (job == nullptr) return NoSuchJob();
  if (!HoldsClaim(*job, extended.token)) return Refused(*job, Refusal::kLeaseLost);
  return Granted(record, *job, [&](Job& to) {
    to.due_ms = record.append_ms + LeaseMs(extended.lease_ms);
    to.claim->segments_done = extended.segments_done;
  });
}

Outcome PartitionQueue::Fold(const Record& record, const Job* job, const Completed& completed) {
  if (job == nullptr) return NoSuchJob();
  if (!HoldsClaim(*job, completed.token)) return Refused(*job, Refusal::kLeaseLost);
  if (completed.version > job->version) return Refused(*job, Refusal::kOtherVersion);
  if (completed.version < job->version) {
    // The claim has moved to a correction: what has not changed is done already.
    Outcome kept = Granted(record, *job, [&](Job& to) { to.draft = record.position; });
    kept.is_draft = true;
    return kept;
  }
  const Publication publication = PublicationOf(*job, Publish::kTranslation);
  const bool to_review = HasReview(job->workflow) && job->claim->worker == Worker::kMachine;
  const bool published = job->workflow != Workflow::kDraftThenReview || !to_review;
  Outcome outcome = Granted(record, *job, [&](Job& to) {
    to.revision = record.position;
    to.draft = published ? 0 : record.position;
    to.attempts = 0;
    if (to_review) {
      to.worker = Worker::kReviewer;
      Open(to, record.position);
    } else {
      Rest(to, JobState::kDone, record.position, record.append_ms);
    }
  });
  outcome.is_draft = !published;
  if (published) outcome.publication = publication;
  return outcome;
}

Outcome PartitionQueue::Fold(const Record& record, const Job* job, const Released& released) {
  if (job == nullptr) return NoSuchJob();
  if (!HoldsClaim(*job, released.token)) return Refused(*job, Refusal::kLeaseLost);
  return Granted(record, *job, [&](Job& to) {
    GiveBack(to);
    Open(to, record.position);
  });
}

Outcome PartitionQueue::Fold(const Record& record, const Job* job, const Failed& failed) {
  if (job == nullptr) return NoSuchJob();
  if (!HoldsClaim(*job, failed.token)) return Refused(*job, Refusal::kLeaseLost);
  return Granted(record, *job, [&](Job& to) {
    if (failed.untried) GiveBack(to);
    if (failed.escalate && to.claim->worker == Worker::kMachine) {
      to.worker = Worker::kPerson;
      to.attempts = 0;
      Open(to, record.position);
    } else if (failed.permanent || to.attempts >= kAttemptsMax) {
      Enter(to, JobState::kDead, record.position);
    } else {
      const std::int64_t pause_ms = std::max(BackoffMs(record.fact.job, to.attempts),
                                             std::min(failed.retry_after_ms, kRetryAfterMsMax));
      Enter(to, JobState::kWaiting, record.position, record.append_ms + pause_ms);
    }
  });
}

Outcome PartitionQueue::Fold(const Record& record, const Job* job, const Due& due) {
  if (job == nullptr) return NoSuchJob();
  const bool stands = (job->state == JobState::kClaimed || job->state == JobState::kWaiting) &&
                      job->since == due.of && job->due_ms == due.instant_ms &&
                      record.append_ms >= due.instant_ms;
  if (!stands) return Refused(*job, Refusal::kOutdated);
  return Granted(record, *job, [&](Job& to) {
    if (to.state == JobState::kWaiting) {
      Open(to, record.position);
    } else if (to.claim->worker != Worker::kMachine) {
      GiveBack(to);
      Open(to, record.position);
    } else if (to.attempts >= kAttemptsMax) {
      Enter(to, JobState::kDead, record.position);
    } else {
      // It may be the job that brings its workers down.
      Enter(to, JobState::kWaiting, record.position,
            record.append_ms + BackoffMs(record.fact.job, to.attempts));
    }
  });
}

Outcome PartitionQueue::Fold(const Record& record, const Job* job, const Canceled& canceled) {
  const bool withdrawn = canceled.cause == CancelCause::kWithdrawn;
  if (job == nullptr) {
    if (!withdrawn) return NoSuchJob();
    job = &jobs_.Make(record.fact.job);
  }
  if (canceled.version < job->version) return Refused(*job, Refusal::kOtherVersion);
  if (withdrawn && job->state == JobState::kCanceled && canceled.version == job->version)
    return Refused(*job, Refusal::kOutdated);
  if (!withdrawn) {
    if (canceled.version != job->version) return Refused(*job, Refusal::kOtherVersion);
    if (IsAtRest(job->state)) return RefusedByState(*job);
    const bool begun = job->state == JobState::kClaimed || job->backfill != canceled.backfill;
    if (canceled.cause == CancelCause::kBackfill && begun) return Refused(*job, Refusal::kOutdated);
  }
  return Granted(record, *job, [&](Job& to) {
    if (canceled.version > to.version) to.revision = 0;
    to.version = canceled.version;
    if (withdrawn && !IsAtRest(to.state)) to.withdrawn = true;
    Rest(to, JobState::kCanceled, record.position, record.append_ms);
  });
}

Outcome PartitionQueue::Fold(const Record& record, const Job* job, const Reviewed& reviewed) {
  const bool rejected = reviewed.verdict == ReviewVerdict::kRejected;
  if (job == nullptr) {
    // Forgotten since the edge has looked: nobody has seen whether this is what stands.
    if (!reviewed.forgotten) return NoSuchJob();
    // It rested for so long that it was forgotten: the review is what is known of it. The edge has
    // seen that it speaks of the translation that stands.
    job = &jobs_.Make(record.fact.job);
    const std::uint16_t from = jobs_.NumberOf(reviewed.from);
    const std::uint32_t source = jobs_.NumberOf(reviewed.source);
    jobs_.Change(*job, [&](Job& to) {
      to.from = from;
      to.source = source;
      to.state = JobState::kDone;
      to.version = reviewed.version;
      to.revision = reviewed.revision;
      to.workflow = Workflow::kPerson;
    });
  }
  if (reviewed.version != job->version) return Refused(*job, Refusal::kOtherVersion);
  const bool in_review = job->state == JobState::kOpen && job->worker == Worker::kReviewer;
  if (job->state != JobState::kDone && !in_review) return RefusedByState(*job);
  if (reviewed.revision != job->revision) return Refused(*job, Refusal::kOtherRevision);
  Publication publication =
      PublicationOf(*job, rejected                                       ? Publish::kRejected
                          : reviewed.verdict == ReviewVerdict::kApproved ? Publish::kApproved
                                                                         : Publish::kReplaced);
  publication.text = reviewed.revision;
  const bool was_published = job->draft != job->revision;
  Outcome outcome = Granted(record, *job, [&](Job& to) {
    to.attempts = 0;
    to.draft = 0;
    to.revision = record.position;
    to.worker = Worker::kPerson;
    if (!rejected) return Rest(to, JobState::kDone, record.position, record.append_ms);
    if (IsAtRest(to.state)) to.wanted_ms = record.append_ms;
    Open(to, record.position);
  });
  if (!rejected || was_published) outcome.publication = publication;
  return outcome;
}

Outcome PartitionQueue::Fold(const Record& record, const Job* job, const Replayed&) {
  if (job == nullptr) return NoSuchJob();
  if (job->state != JobState::kDead) return Refused(*job, Refusal::kNotDead);
  return Granted(record, *job, [&](Job& to) {
    to.attempts = 0;
    Open(to, record.position);
  });
}

Outcome PartitionQueue::Fold(const Record& record, const Job* job, const Forgotten& forgotten) {
  if (job == nullptr) return NoSuchJob();
  // Whoever begins in a log that is compacted half has not read the first facts of the job, and may
  // have another state: what was refused may be granted there. So nothing counts here but which
  // facts there are: those that he has read are the last ones, and he comes to the same end.
  // The end of its rest, as the fact says it, is checked by the broker's clock alone.
  if (job->last > forgotten.up_to || record.append_ms < forgotten.not_before_ms)
    return Refused(*job, Refusal::kOutdated);
  jobs_.Drop(*job);
  return {.position = record.position, .changed = true, .forgotten = record.position};
}

std::optional<Outcome> PartitionQueue::AnswerAgain(const Record& record, const Job& job) {
  if (record.request == 0) return std::nullopt;
  if (job.state == JobState::kClaimed && job.claim->request == record.request)
    return Outcome{.repeats = true, .position = job.since};
  for (const Answered& answered : job.answered) {
    if (answered.request != record.request) continue;
    return Outcome{.repeats = true, .position = answered.position, .is_draft = answered.is_draft};
  }
  return std::nullopt;
}

Outcome PartitionQueue::NoSuchJob() const {
  return {.refusal = Refusal::kNoSuchJob, .discard = true};
}

Outcome PartitionQueue::Refused(const Job& job, Refusal refusal) const {
  Outcome outcome{.refusal = refusal};
  if (refusal != Refusal::kOutdated) outcome.stands = RowOf(job);
  return outcome;
}

Outcome PartitionQueue::RefusedByState(const Job& job) const {
  switch (job.state) {
    case JobState::kClaimed:
      return Refused(job, Refusal::kClaimed);
    case JobState::kWaiting:
      return Refused(job, Refusal::kWaiting);
    case JobState::kDead:
      return Refused(job, Refusal::kDead);
    case JobState::kDone:
      return Refused(job, Refusal::kDone);
    case JobState::kCanceled:
      return Refused(job, Refusal::kCanceled);
    case JobState::kOpen:
      break;
  }
  return Refused(job, Refusal::kOtherWorker);
}

template <typename Edit>
Outcome PartitionQueue::Granted(const Record& record, const Job& job, const Edit& edit) {
  // A claim keeps its own request, for as long as it stands.
  const bool remembers = record.request != 0 &&
                         !std::holds_alternative<Claimed>(record.fact.what) &&
                         !std::holds_alternative<Extended>(record.fact.what);
  jobs_.Change(job, [&](Job& to) {
    const std::int64_t draft = to.draft;
    edit(to);
    if (to.born < 0) to.born = record.position;
    to.last = record.position;
    to.reserved = false;
    if (!remembers) return;
    std::shift_right(to.answered.begin(), to.answered.end(), 1);
    to.answered.front() = {record.request, record.position,
                           to.draft != draft && to.draft == record.position};
  });
  return {.position = record.position, .changed = true};
}

Publication PartitionQueue::PublicationOf(const Job& job, Publish what) const {
  return {.what = what,
          .version = job.version,
          .from = jobs_.LanguageOf(job.from),
          .worker = job.claim ? job.claim->worker : Worker::kReviewer,
          .text = 0};
}

}  // namespace telex::translation
