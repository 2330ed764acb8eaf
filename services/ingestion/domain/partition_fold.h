#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/status/statusor.h>

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "ingestion/domain/fold.h"

namespace telex::ingestion {

// What a replica has read back from the log: the newest versions and the decisions. It lags behind
// the owner's own appends.
class Ledger {
 public:
  virtual ~Ledger() = default;
  virtual std::optional<ArticleHead> ArticleHeadOf(const news::ArticleId& article) const = 0;
  virtual std::optional<SourceHead> SourceHeadOf(const news::SourceId& source) const = 0;
  virtual std::optional<Decision> DecisionAt(const SubmissionPosition& position) const = 0;
  // The decision that stands for a request id on a subject.
  virtual std::optional<Decision> StandingDecision(const std::string& subject,
                                                   const std::string& request_id) const = 0;
  // The offset behind the last submission of the partition that is known to have been decided; 0:
  // none is.
  virtual std::int64_t KnownSubmissions(std::int32_t partition) const = 0;
};

struct PositionedSubmission {
  SubmissionPosition position;
  Submission submission;
};

// The owner of one partition: folds submissions in order and says what to append. Pure; one thread.
// The caller
//   1. appends `articles` and `sources`, and awaits all acknowledgements,
//   2. appends `tombstones`, and awaits,
//   3. appends `decisions`, and awaits,
//   4. calls Recorded, and stores the offset behind the last submission of `taken`,
// and only then folds on. A piece of work that was not recorded is folded again, from what is on
// record. No subject stands twice in one piece of work, which is what makes FoldArticle sound.
class PartitionFold {
 public:
  struct Work {
    // How many of the submissions this covers; at least one, unless it awaits decisions.
    std::size_t taken = 0;
    // Nothing can be said of the next submission: another owner has decided it and gone on, and the
    // ledger has that version and not yet that decision, which a repeat of its request will need.
    // It is on record: the caller has the ledger read the decisions up to their present end, and
    // folds on with `decisions_read`.
    bool awaits_decisions = false;
    std::vector<ArticleHead> articles;
    std::vector<SourceHead> sources;
    std::vector<std::pair<news::ArticleId, news::Version>> tombstones;
    std::vector<Decision> decisions;
  };

  // `ledger` must outlive the fold and must have read all that was in the logs when this owner was
  // given the partition.
  PartitionFold(RuleBook rules, const Ledger& ledger) : rules_(std::move(rules)), ledger_(ledger) {}

  // FAILED_PRECONDITION when the next submission names an unknown rule; what comes before it is
  // done first. `submissions` is not empty and in order of offset. `decisions_read`: see
  // Work::awaits_decisions; what is not found then has expired, and nothing waits for it.
  absl::StatusOr<Work> Fold(std::span<const PositionedSubmission> submissions,
                            bool decisions_read = false);
  // All of `work`, which Fold has just answered, is on record. Until then the fold builds on
  // nothing of it.
  void Recorded(const Work& work);

  // How many results it remembers because the ledger has not read them back; bounded by what is in
  // flight.
  std::size_t remembered() const { return articles_.size() + sources_.size() + decisions_.size(); }

 private:
  template <typename Head>
  absl::Status FoldOne(const PositionedSubmission& next, const std::optional<Head>& head,
                       std::vector<Head>& records, Work& work);
  // Whether the head was made by a later submission, and the decision on this one is not read.
  template <typename Head>
  bool IsOvertaken(const PositionedSubmission& next, const std::optional<Head>& head) const;
  std::optional<Decision> Earlier(const PositionedSubmission& next) const;
  void ForgetWhatTheLedgerHas();

  RuleBook rules_;
  const Ledger& ledger_;
  // What this owner has made and may not have read back.
  absl::flat_hash_map<news::ArticleId, ArticleHead> articles_;
  absl::flat_hash_map<std::string, SourceHead> sources_;
  absl::flat_hash_map<std::string, Decision> decisions_;  // by subject and request id
};

}  // namespace telex::ingestion
