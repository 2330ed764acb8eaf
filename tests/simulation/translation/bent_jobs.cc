#include "tests/simulation/translation/bent_jobs.h"

#include <set>
#include <utility>
#include <variant>

#include "platform/errors/status_macros.h"
#include "translation/adapters/records/job_fact_codec.h"

namespace telex::simulation {

using namespace translation;

using Rule = QueueRuleTakenAway;

namespace {

class BentJobs final : public owner::Fold {
 public:
  BentJobs(std::unique_ptr<owner::Fold> jobs, QueueReplica& replica, const QueueLogs& logs,
           Rule rule)
      : jobs_(std::move(jobs)),
        replica_(replica),
        logs_(logs),
        rule_(rule),
        begun_(logs.Of(kJobsTopic).end()) {}

  std::int64_t KnownEnd() const override { return jobs_->KnownEnd(); }
  void Take(std::span<const kafka::RecordView> records) override { jobs_->Take(records); }
  absl::StatusOr<owner::Round> Next(bool read) override { return jobs_->Next(read); }
  absl::StatusOr<owner::Round> Idle(absl::Time now) override {
    ASSIGN_OR_RETURN(owner::Round round, jobs_->Idle(now));
    for (std::vector<kafka::Record>& step : round.steps) {
      for (kafka::Record& record : std::exchange(step, {})) Bend(std::move(record), step);
    }
    return round;
  }
  void Recorded() override { jobs_->Recorded(); }

 private:
  void Bend(kafka::Record record, std::vector<kafka::Record>& step) {
    if (record.topic == news::kTranslationsTopic && record.value) {
      const std::int64_t position = news::ParseTranslationKey(record.key)->revision;
      // By an owner that knows what it has read itself, and nothing else.
      if (rule_ == Rule::kPublishedFromStore && position < begun_) return;
      if (rule_ == Rule::kKeptUntilReadBack) DropUnpublished(position, record.key);
    }
    if (record.topic == kJobsTopic && record.value) {
      const JobRecord decoded = *reader_.Read(kafka::RecordView(record));
      const auto& fact = std::get<JobFact>(decoded);
      if (rule_ == Rule::kDueAskedAgain && std::holds_alternative<Due>(fact.what) &&
          !asked_.emplace(fact.job, std::get<Due>(fact.what).of).second)
        return;
      if (rule_ == Rule::kForgottenBeforeTombstones && std::holds_alternative<Forgotten>(fact.what))
        return AddTombstones(fact, step);
    }
    step.push_back(std::move(record));
  }

  void DropUnpublished(std::int64_t position, std::string_view key) {
    TranslationStore& store = replica_.store();
    (void)store.log().store().Write(
        [&](store::WriteTxn& txn) { return store.jobs().Published(txn, 0, position, key); });
  }

  void AddTombstones(const JobFact& forgotten, std::vector<kafka::Record>& step) {
    const std::int64_t up_to = std::get<Forgotten>(forgotten.what).up_to;
    const std::string prefix = RecordOf(forgotten, "", 1).key;
    const QueueLogs::RecordLog& log = logs_.Of(kJobsTopic);
    for (std::int64_t at = 0; at <= up_to; ++at) {
      const kafka::Record* record = log.at(at);
      if (record != nullptr && record->value && record->key.starts_with(prefix))
        step.push_back(TombstoneOf(record->key, 0, up_to));
    }
  }

  const std::unique_ptr<owner::Fold> jobs_;
  QueueReplica& replica_;
  const QueueLogs& logs_;
  const Rule rule_;
  const std::int64_t begun_;
  JobFactReader reader_;
  std::set<std::pair<JobId, std::int64_t>> asked_;
};

}  // namespace

std::unique_ptr<owner::Fold> Bent(std::unique_ptr<owner::Fold> jobs, QueueReplica& replica,
                                  const QueueLogs& logs, Rule rule) {
  switch (rule) {
    case Rule::kForgottenBeforeTombstones:
    case Rule::kPublishedFromStore:
    case Rule::kKeptUntilReadBack:
    case Rule::kDueAskedAgain:
      return std::make_unique<BentJobs>(std::move(jobs), replica, logs, rule);
    default:
      return jobs;
  }
}

}  // namespace telex::simulation
