// What becomes of the translation jobs of one partition: a fold of telex.translation-jobs.v1, so
// that every replica comes to the same. Pure: no IO, no thread, no clock; the only time is that at
// which a record was appended. Not thread-safe.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "translation/domain/job_fact.h"
#include "translation/domain/job_row.h"
#include "translation/domain/job_table.h"

namespace telex::translation {

// Why a fact changes nothing.
enum class Refusal : std::uint8_t {
  kNone = 0,
  kNoSuchJob = 1,  // or it is forgotten
  kClaimed = 2,    // by somebody else: with whom and until when
  kLeaseLost = 3,  // the token is not the job's: with what the job is now
  kWaiting = 4,    // with until when
  kDead = 5,
  kDone = 6,
  kCanceled = 7,
  kOtherWorker = 8,     // another kind of worker must take it
  kOtherVersion = 9,    // of the article: with the job's
  kOtherRevision = 10,  // of the translation: with the job's
  kNotDead = 11,
  kOutdated = 12,  // asks for nothing new, or what it waits for has passed; nobody awaits it
};

enum class Publish : std::uint8_t {
  kTranslation = 1,  // the text of the fact
  kApproved = 2,     // the text of `text` once more, as reviewed
  kReplaced = 3,     // the text of the fact, as reviewed
  kRejected = 4,     // none
};

// What the owner appends to telex.translations.v1: its revision is the fact's position.
struct Publication {
  Publish what = Publish::kTranslation;
  news::Version version;
  news::LanguageTag from;
  Worker worker = Worker::kMachine;  // who made it
  std::int64_t text = 0;             // the position of the completion that is reviewed
  bool operator==(const Publication&) const = default;
};

struct Outcome {
  // What the fact's caller is told.
  Refusal refusal = Refusal::kNone;
  bool repeats = false;          // the request was granted before: this is its answer
  std::int64_t position = 0;     // when granted: of a claim its token, of a completion its revision
  bool is_draft = false;         // the completion was kept and is not published
  std::optional<JobRow> stands;  // the job, when refused and there is one

  // What its replica does.
  bool changed = false;  // the job's row: RowOf, which is none when it was forgotten
  bool noted = false;    // nothing of the row but its `last`
  // What is forgotten has been folded into what came after: the partition is to be read once more,
  // from its beginning.
  bool read_again = false;
  // What its owner appends.
  std::optional<Publication> publication;
  std::optional<std::int64_t> forgotten;  // tombstones of all the job's facts up to there
  bool discard = false;                   // a tombstone of this fact, which belongs to no job
};

// What is due, and the fact of it. Ordered by instant.
struct DueJob {
  std::int64_t instant_ms = 0;
  JobId job;
  std::int64_t of = 0;  // as Due::of, or Forgotten::up_to
  bool forget = false;
  auto operator<=>(const DueJob&) const = default;
};
JobFact FactOf(const DueJob& due, std::string actor);

class PartitionQueue {
 public:
  // Begins before the first record of the partition.
  PartitionQueue() = default;
  // From the rows of all jobs as they were behind `position`.
  PartitionQueue(std::int64_t position, const std::vector<JobRow>& rows);

  // The record at `position`, appended at `append_ms`. One that was applied before changes nothing.
  Outcome Apply(std::int64_t position, std::int64_t append_ms, const JobFact& fact);
  // The tombstone at `position` of a fact of a job that was forgotten up to `up_to`. It changes
  // nothing for whoever has read that the job was forgotten. Who reads while the log is compacted
  // may have read facts of the job and not that one.
  Outcome ApplyTombstone(std::int64_t position, const JobId& id, std::int64_t up_to);
  // The record at `position` is no fact of a job.
  void Skip(std::int64_t position) { position_ = std::max(position_, position); }

  std::int64_t position() const { return position_; }  // of the last record; -1: none
  std::optional<JobRow> RowOf(const JobId& id) const;
  JobRow RowOf(const Job& job) const;
  // What is due at `until_ms`, earliest first, until `visit` returns false.
  void VisitDue(std::int64_t until_ms, const std::function<bool(const DueJob&)>& visit) const;
  const JobTable& jobs() const { return jobs_; }

  // A job that was chosen for a claim is given to nobody else until something becomes of it, or the
  // claim comes to nothing and Unreserve is called. No part of the state.
  void Reserve(std::uint32_t slot);
  void Unreserve(const JobId& id);

 private:
  struct Record {
    const JobFact& fact;
    std::int64_t position;
    std::int64_t append_ms;
    std::uint64_t request;
  };

  Outcome FoldOrRepeat(const Record& record, const Job* job);
  Outcome Fold(const Record& record, const Job* job, const Wanted& wanted);
  Outcome Fold(const Record& record, const Job* job, const Claimed& claimed);
  Outcome Fold(const Record& record, const Job* job, const Extended& extended);
  Outcome Fold(const Record& record, const Job* job, const Completed& completed);
  Outcome Fold(const Record& record, const Job* job, const Released& released);
  Outcome Fold(const Record& record, const Job* job, const Failed& failed);
  Outcome Fold(const Record& record, const Job* job, const Due& due);
  Outcome Fold(const Record& record, const Job* job, const Canceled& canceled);
  Outcome Fold(const Record& record, const Job* job, const Reviewed& reviewed);
  Outcome Fold(const Record& record, const Job* job, const Replayed& replayed);
  Outcome Fold(const Record& record, const Job* job, const Forgotten& forgotten);

  static std::optional<Outcome> AnswerAgain(const Record& record, const Job& job);
  Outcome NoSuchJob() const;
  Outcome Refused(const Job& job, Refusal refusal) const;
  Outcome RefusedByState(const Job& job) const;
  // Edits the job, remembers the request, and says that it was granted.
  template <typename Edit>
  Outcome Granted(const Record& record, const Job& job, const Edit& edit);
  Publication PublicationOf(const Job& job, Publish what) const;

  std::int64_t position_ = -1;
  JobTable jobs_;
};

}  // namespace telex::translation
