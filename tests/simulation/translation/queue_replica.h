#pragma once

#include <absl/status/status.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/kernel/random.h"
#include "tests/simulation/translation/queue_logs.h"
#include "tests/simulation/translation/queue_simulation.h"
#include "tests/support/temp_dir.h"
#include "translation/adapters/store/translation_store.h"

namespace telex::simulation {

// A replica of the translation service, as far as it reads the log: a TranslationStore over a
// replica::LogReplica on the disk, in a process that is killed and started again, and with a reader
// of the log that hands over what it is told to.
class QueueReplica {
 public:
  // Both outlive it. `name`: what the facts that it appends are told by.
  QueueReplica(const QueueLogs& logs, const std::int64_t& now_ms, std::string name,
               QueueRuleTakenAway taken_away);
  ~QueueReplica();

  // Hands over what comes next, at most so much of each topic, in one batch; `fails`: it is written
  // in half and undone. False: the log is to be read again in an empty store.
  bool Read(Random& random, int records_max, bool fails);
  bool ReadAll(Random& random);
  // Started again at once; what was told and not taken is lost.
  void Crash(bool loses_store);

  translation::TranslationStore& store() const;
  std::int64_t PositionOf(const std::string& topic) const;
  bool Behind() const;
  std::string NextAppend();  // the last part of a fact's key
  // What became of its facts, since it was last asked.
  std::vector<translation::FactOutcome> TakeOutcomes();
  // What ended reading, in words; empty: nothing did.
  const std::string& fault() const { return fault_; }
  // All rows of that database.
  std::map<std::string, std::string> Rows(const std::string& database) const;

 private:
  struct Process;
  void Start();
  std::vector<kafka::Record> Next(Random& random, int records_max) const;
  bool HandOver(const std::vector<kafka::Record>& batch, std::size_t fails_at);

  const QueueLogs& logs_;
  const std::int64_t& now_ms_;
  const std::string name_;
  const QueueRuleTakenAway taken_away_;
  std::unique_ptr<tests::TempDir> folder_ = std::make_unique<tests::TempDir>();
  std::unique_ptr<Process> process_;
  int processes_ = 0;
  int appends_ = 0;
  std::string fault_;
};

}  // namespace telex::simulation
