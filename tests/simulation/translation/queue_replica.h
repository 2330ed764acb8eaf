// A replica of the translation queue: the fold of production behind its codec, over a local store
// that outlives a crash.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/kernel/log.h"
#include "translation/adapters/job_fact_codec.h"
#include "translation/adapters/job_row_codec.h"
#include "translation/domain/claim_choice.h"
#include "translation/domain/partition_queue.h"

namespace telex::simulation {

using JobLog = Log<kafka::Record>;

struct ToPublish {
  translation::JobId job;
  translation::Publication publication;
};

// What a transaction of the local store writes with each record.
struct JobStore {
  std::int64_t position = -1;
  std::map<std::string, std::string> rows;  // as the row codec writes them
  std::map<translation::JobId, std::map<std::int64_t, std::string>>
      keys;  // of facts that are there
  std::map<std::int64_t, ToPublish> to_publish;
  std::map<std::int64_t, translation::JobId> forgotten;  // up to there; its facts want tombstones
  std::map<std::int64_t, std::string> discarded;
};

class QueueReplica {
 public:
  struct Read {
    std::optional<translation::JobFact> fact;
    translation::Outcome outcome;
  };
  // The record behind the last that was read, if there is one; nullopt: the log's end.
  std::optional<Read> ReadOne(const JobLog& log);
  void Crash(bool loses_store);

  translation::PartitionQueue& queue() { return *queue_; }
  JobStore& store() { return store_; }
  std::optional<translation::JobId> Choose(translation::Worker worker);

 private:
  void Keep(const translation::JobFact& fact, const kafka::Record& record,
            const translation::Outcome& outcome);

  JobStore store_;
  std::optional<translation::PartitionQueue> queue_{std::in_place};
  translation::JobFactReader reader_;
  translation::ClaimChoice choice_;
};

}  // namespace telex::simulation
