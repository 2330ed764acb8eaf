#include "tests/simulation/translation/queue_replica.h"

#include <variant>

namespace telex::simulation {

using namespace translation;

std::optional<QueueReplica::Read> QueueReplica::ReadOne(const JobLog& log) {
  const kafka::Record* record = nullptr;
  while (record == nullptr) {
    if (store_.position + 1 >= log.end()) return std::nullopt;
    record = log.at(++store_.position);
  }
  const JobRecord decoded = *reader_.Read(kafka::RecordView(*record));
  Read read;
  if (const auto* tombstone = std::get_if<FactTombstone>(&decoded)) {
    std::erase_if(store_.keys[tombstone->job],
                  [&](const auto& fact) { return fact.second == record->key; });
    read.outcome = queue_->ApplyTombstone(store_.position, tombstone->job, tombstone->up_to);
    if (read.outcome.read_again) Crash(true);
  } else if (const auto* fact = std::get_if<JobFact>(&decoded)) {
    read.fact = *fact;
    read.outcome = queue_->Apply(store_.position, record->timestamp_ms, *fact);
    Keep(*fact, *record, read.outcome);
  }
  return read;
}

void QueueReplica::Keep(const JobFact& fact, const kafka::Record& record, const Outcome& outcome) {
  store_.keys[fact.job][store_.position] = record.key;
  if (outcome.publication) store_.to_publish[store_.position] = {fact.job, *outcome.publication};
  if (outcome.forgotten) store_.forgotten[*outcome.forgotten] = fact.job;
  if (outcome.discard) store_.discarded[store_.position] = record.key;
  if (!outcome.changed) return;
  if (const auto row = queue_->RowOf(fact.job)) {
    store_.rows[JobRowKey(fact.job)] = EncodeJobRow(*row);
  } else {
    store_.rows.erase(JobRowKey(fact.job));
  }
}

void QueueReplica::Crash(bool loses_store) {
  if (loses_store) store_ = JobStore{};
  std::vector<JobRow> rows;
  for (const auto& [key, bytes] : store_.rows) rows.push_back(*DecodeJobRow(bytes));
  queue_.emplace(store_.position, rows);
}

std::optional<JobId> QueueReplica::Choose(Worker worker) {
  PartitionQueue* queues[] = {&*queue_};
  const auto chosen = choice_.Choose(queues, {.worker = worker}, {});
  if (chosen.empty()) return std::nullopt;
  return chosen.front().job.id;
}

}  // namespace telex::simulation
