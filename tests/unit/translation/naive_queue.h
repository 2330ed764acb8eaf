// The rules of the queue once more, as plainly as they can be said: a map of rows, and a sort.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "translation/domain/partition_queue.h"
#include "translation/domain/queue_rule.h"

namespace telex::translation {

class NaiveQueue {
 public:
  std::map<JobId, JobRow> rows;

  Outcome Apply(std::int64_t position, std::int64_t append_ms, const JobFact& fact) {
    position_ = position;
    now_ = append_ms;
    fact_ = &fact;
    request_ = RequestHash(fact);
    known_ = rows.contains(fact.job);
    if (known_) {
      const JobRow& row = rows.at(fact.job);
      if (request_ != 0 && row.claim && row.claim->request == request_)
        return Noted({.repeats = true, .position = row.since});
      for (const Answered& answered : row.answered) {
        if (request_ != 0 && answered.request == request_)
          return Noted(
              {.repeats = true, .position = answered.position, .is_draft = answered.is_draft});
      }
    }
    Outcome outcome = std::visit([&](const auto& what) { return Do(what); }, fact.what);
    Note(outcome);
    if (outcome.refusal == Refusal::kNone) outcome.changed = true, outcome.position = position;
    if (outcome.refusal == Refusal::kNoSuchJob) outcome.discard = true;
    return outcome;
  }

  // Who would be chosen, if the sources took turns as ClaimChoice has them.
  std::vector<JobId> Order(Worker worker, std::size_t count) const {
    std::vector<JobId> order;
    for (const bool backfill : {false, true}) {
      std::vector<JobRow> open;
      for (const auto& [id, row] : rows) {
        if (row.state == JobState::kOpen && row.worker == worker && (row.backfill != 0) == backfill)
          open.push_back(row);
      }
      std::sort(open.begin(), open.end(), [](const JobRow& one, const JobRow& other) {
        const auto place = [](const JobRow& row) {
          return std::pair{RankMs(row.wanted_ms, row.urgency, row.deadline_ms), row.since};
        };
        return place(one) < place(other);
      });
      while (!open.empty() && order.size() < count) {
        auto next = open.begin();
        if (turn_) {
          std::set<std::string> sources;
          for (const JobRow& row : open) sources.insert(row.source);
          sources.erase("");  // has no turn
          auto source = sources.upper_bound(last_source_);
          if (source == sources.end()) source = sources.begin();
          if (source != sources.end()) {
            last_source_ = *source;
            next = std::find_if(open.begin(), open.end(),
                                [&](const JobRow& row) { return row.source == *source; });
          }
        }
        turn_ = !turn_;
        order.push_back(next->id);
        open.erase(next);
      }
    }
    turn_ = false;
    last_source_.clear();
    return order;
  }

 private:
  JobRow& Row() { return rows[fact_->job]; }
  Outcome Noted(Outcome outcome) {
    Note(outcome);
    return outcome;
  }
  // What is refused is a fact of the job all the same.
  void Note(Outcome& outcome) {
    if (!known_ || !rows.contains(fact_->job) || std::holds_alternative<Forgotten>(fact_->what))
      return;
    Row().last = position_;
    outcome.noted = outcome.refusal != Refusal::kNone || outcome.repeats;
  }
  static Outcome No(Refusal refusal) { return {.refusal = refusal}; }
  Outcome ByState() {
    static const std::map<JobState, Refusal> kRefusals = {
        {JobState::kOpen, Refusal::kOtherWorker}, {JobState::kClaimed, Refusal::kClaimed},
        {JobState::kWaiting, Refusal::kWaiting},  {JobState::kDead, Refusal::kDead},
        {JobState::kDone, Refusal::kDone},        {JobState::kCanceled, Refusal::kCanceled}};
    return No(kRefusals.at(Row().state));
  }
  Outcome Yes(bool remember = true) {
    Row().last = position_;
    if (!known_) Row().born = position_;
    if (remember && request_ != 0) {
      Row().answered[1] = Row().answered[0];
      Row().answered[0] = {request_, position_, Row().draft == position_ && position_ > 0};
    }
    return {};
  }
  void Become(JobState state, std::int64_t due_ms) {
    JobRow& row = Row();
    row.state = state;
    row.due_ms = due_ms;
    row.since = position_;
    if (state != JobState::kClaimed) row.claim.reset();
  }
  bool Holds(std::int64_t token) { return Row().claim && Row().since == token; }

  Outcome Do(const Wanted& wanted) {
    JobRow& row = Row();
    if (!known_) row.id = fact_->job, row.state = JobState::kCanceled;
    if (wanted.version < row.version) return No(Refusal::kOtherVersion);
    const bool newer = wanted.version > row.version;
    if (!newer && !wanted.requested &&
        (wanted.policy <= row.policy || row.state == JobState::kDone))
      return No(Refusal::kOutdated);
    const bool was_live = row.state == JobState::kOpen || row.state == JobState::kClaimed ||
                          row.state == JobState::kWaiting;
    const bool reviews = !newer && was_live && row.worker == Worker::kReviewer &&
                         (wanted.workflow == Workflow::kDraftThenReview ||
                          wanted.workflow == Workflow::kMachineThenReview);
    if (!was_live) row.wanted_ms = now_;
    if (was_live && row.backfill == 0) {
      row.backfill = 0;
    } else {
      row.backfill = wanted.backfill;
    }
    row.from = wanted.from;
    row.source = wanted.source;
    row.version = wanted.version;
    row.workflow = wanted.workflow;
    row.carried = wanted.carried;
    row.withdrawn = false;
    row.urgency = wanted.urgency;
    row.deadline_ms = wanted.deadline_ms;
    row.policy = std::max(row.policy, wanted.policy);
    if (newer) row.revision = 0;
    row.worker = reviews                                ? Worker::kReviewer
                 : wanted.workflow == Workflow::kPerson ? Worker::kPerson
                                                        : Worker::kMachine;
    const bool goes_on = row.claim && (!newer || (row.claim->worker != Worker::kMachine &&
                                                  wanted.workflow != Workflow::kMachine));
    if (!goes_on) {
      row.attempts = 0;
      const bool later = wanted.not_before_ms > now_;
      Become(later ? JobState::kWaiting : JobState::kOpen, later ? wanted.not_before_ms : 0);
    }
    return Yes();
  }

  Outcome Do(const Claimed& claimed) {
    if (!known_) return No(Refusal::kNoSuchJob);
    if (Row().state != JobState::kOpen) return ByState();
    if (claimed.worker == Worker::kMachine && Row().worker != Worker::kMachine)
      return No(Refusal::kOtherWorker);
    if (claimed.worker == Worker::kReviewer && Row().worker != Worker::kReviewer)
      return No(Refusal::kOtherWorker);
    if (claimed.worker == Worker::kPerson && Row().worker == Worker::kReviewer)
      return No(Refusal::kOtherWorker);
    Become(JobState::kClaimed, now_ + LeaseMs(claimed.lease_ms));
    Row().claim = Claim{fact_->actor, claimed.worker, request_, 0};
    ++Row().attempts;
    return Yes(false);
  }

  Outcome Do(const Extended& extended) {
    if (!known_) return No(Refusal::kNoSuchJob);
    if (!Holds(extended.token)) return No(Refusal::kLeaseLost);
    Row().due_ms = now_ + LeaseMs(extended.lease_ms);
    Row().claim->segments_done = extended.segments_done;
    return Yes(false);
  }

  Outcome Do(const Completed& completed) {
    if (!known_) return No(Refusal::kNoSuchJob);
    JobRow& row = Row();
    if (!Holds(completed.token)) return No(Refusal::kLeaseLost);
    if (completed.version > row.version) return No(Refusal::kOtherVersion);
    if (completed.version < row.version) {
      row.draft = position_;
      Outcome kept = Yes();
      kept.is_draft = true;
      return kept;
    }
    const Worker by = row.claim->worker;
    const bool engine = by == Worker::kMachine;
    row.attempts = 0;
    row.revision = position_;
    row.draft = 0;
    Outcome outcome;
    if (engine && row.workflow == Workflow::kDraftThenReview) {
      row.draft = position_;
    } else {
      outcome.publication = Publication{Publish::kTranslation, row.version, row.from, by, 0};
    }
    if (engine && (row.workflow == Workflow::kDraftThenReview ||
                   row.workflow == Workflow::kMachineThenReview)) {
      row.worker = Worker::kReviewer;
      Become(JobState::kOpen, 0);
    } else {
      Become(JobState::kDone, now_ + kRestMs);
    }
    Yes();
    outcome.is_draft = row.draft == position_;
    return outcome;
  }

  Outcome Do(const Released& released) {
    if (!known_) return No(Refusal::kNoSuchJob);
    if (!Holds(released.token)) return No(Refusal::kLeaseLost);
    Row().attempts = std::max(0, Row().attempts - 1);
    Become(JobState::kOpen, 0);
    return Yes();
  }

  void TryLater(std::int64_t asked_ms) {
    if (Row().attempts >= kAttemptsMax) return Become(JobState::kDead, 0);
    Become(JobState::kWaiting, now_ + std::max(BackoffMs(fact_->job, Row().attempts), asked_ms));
  }

  Outcome Do(const Failed& failed) {
    if (!known_) return No(Refusal::kNoSuchJob);
    if (!Holds(failed.token)) return No(Refusal::kLeaseLost);
    if (failed.untried) Row().attempts = std::max(0, Row().attempts - 1);
    if (failed.escalate && Row().claim->worker == Worker::kMachine) {
      Row().worker = Worker::kPerson;
      Row().attempts = 0;
      Become(JobState::kOpen, 0);
    } else if (failed.permanent) {
      Become(JobState::kDead, 0);
    } else {
      TryLater(std::min(failed.retry_after_ms, kDayMs));
    }
    return Yes();
  }

  Outcome Do(const Due& due) {
    if (!known_) return No(Refusal::kNoSuchJob);
    JobRow& row = Row();
    if (row.state != JobState::kClaimed && row.state != JobState::kWaiting)
      return No(Refusal::kOutdated);
    if (row.since != due.of || row.due_ms != due.instant_ms || now_ < row.due_ms)
      return No(Refusal::kOutdated);
    if (row.claim && row.claim->worker == Worker::kMachine) {
      TryLater(0);
    } else {
      if (row.claim) row.attempts = std::max(0, row.attempts - 1);
      Become(JobState::kOpen, 0);
    }
    return Yes();
  }

  Outcome Do(const Canceled& canceled) {
    JobRow row = known_ ? Row() : JobRow{};
    if (canceled.cause == CancelCause::kWithdrawn) {
      if (canceled.version < row.version) return No(Refusal::kOtherVersion);
      if (known_ && row.state == JobState::kCanceled && canceled.version == row.version)
        return No(Refusal::kOutdated);
      if (!known_) Row() = {.id = fact_->job, .state = JobState::kCanceled};
      if (canceled.version > row.version) Row().revision = 0;
      Row().version = canceled.version;
      const JobState before = Row().state;
      if (before != JobState::kDone && before != JobState::kCanceled) Row().withdrawn = true;
      Become(JobState::kCanceled, now_ + kRestMs);
      return Yes();
    }
    if (!known_) return No(Refusal::kNoSuchJob);
    if (canceled.version != row.version) return No(Refusal::kOtherVersion);
    if (IsAtRest(row.state)) return ByState();
    if (canceled.cause == CancelCause::kBackfill &&
        (row.claim || row.backfill != canceled.backfill))
      return No(Refusal::kOutdated);
    Become(JobState::kCanceled, now_ + kRestMs);
    return Yes();
  }

  Outcome Do(const Reviewed& reviewed) {
    if (!known_ && !reviewed.forgotten) return No(Refusal::kNoSuchJob);
    if (!known_) {
      Row() = {.id = fact_->job,
               .from = reviewed.from,
               .source = reviewed.source,
               .state = JobState::kDone,
               .workflow = Workflow::kPerson,
               .version = reviewed.version,
               .revision = reviewed.revision};
    }
    JobRow& row = Row();
    if (reviewed.version != row.version) return No(Refusal::kOtherVersion);
    if (row.state != JobState::kDone &&
        (row.state != JobState::kOpen || row.worker != Worker::kReviewer))
      return ByState();
    if (reviewed.revision != row.revision) return No(Refusal::kOtherRevision);
    const bool was_out = row.draft != row.revision;
    Outcome outcome;
    outcome.publication = Publication{Publish::kApproved, row.version, row.from, Worker::kReviewer,
                                      reviewed.revision};
    row.draft = 0;
    row.attempts = 0;
    row.revision = position_;
    row.worker = Worker::kPerson;
    if (reviewed.verdict == ReviewVerdict::kRejected) {
      if (row.state == JobState::kDone) row.wanted_ms = now_;
      outcome.publication->what = Publish::kRejected;
      if (!was_out) outcome.publication.reset();
      Become(JobState::kOpen, 0);
    } else {
      if (reviewed.verdict == ReviewVerdict::kReplaced)
        outcome.publication->what = Publish::kReplaced;
      Become(JobState::kDone, now_ + kRestMs);
    }
    Yes();
    return outcome;
  }

  Outcome Do(const Replayed&) {
    if (!known_) return No(Refusal::kNoSuchJob);
    if (Row().state != JobState::kDead) return No(Refusal::kNotDead);
    Row().attempts = 0;
    Become(JobState::kOpen, 0);
    return Yes();
  }

  Outcome Do(const Forgotten& forgotten) {
    if (!known_) return No(Refusal::kNoSuchJob);
    if (Row().last > forgotten.up_to || now_ < forgotten.not_before_ms)
      return No(Refusal::kOutdated);
    rows.erase(fact_->job);
    return {.forgotten = position_};
  }

  std::int64_t position_ = 0;
  std::int64_t now_ = 0;
  const JobFact* fact_ = nullptr;
  std::uint64_t request_ = 0;
  bool known_ = false;
  mutable bool turn_ = false;
  mutable std::string last_source_;
};

}  // namespace telex::translation
