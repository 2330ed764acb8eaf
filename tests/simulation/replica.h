#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "ingestion/domain/log_guard.h"
#include "ingestion/domain/partition_fold.h"
#include "tests/simulation/broker.h"

namespace telex::simulation {

// What a replica has read of the logs, as the log store of ingestion keeps it
// (services/ingestion/adapters/log_store.h) and feeds keeps its articles: newest versions, bodies,
// decisions, and what a purge has not forgotten yet.
class LocalStore final : public ingestion::Ledger {
 public:
  std::optional<ingestion::ArticleHead> ArticleHeadOf(const news::ArticleId& id) const override;
  std::optional<ingestion::SourceHead> SourceHeadOf(const news::SourceId& id) const override;
  std::optional<ingestion::Decision> DecisionAt(
      const ingestion::SubmissionPosition& position) const override;
  std::optional<ingestion::Decision> StandingDecision(const std::string& subject,
                                                      const std::string& request_id) const override;

  void Read(const VersionRecord& record);
  void Read(const DecisionPtr& decision);

  const ArticlePtr& article(int subject) const {
    return articles_[static_cast<std::size_t>(subject)];
  }
  const SourcePtr& source(int subject) const {
    return sources_[static_cast<std::size_t>(subject - kStories)];
  }
  // The versions of a story whose content can be read here.
  const std::set<std::int64_t>& bodies(int subject) const {
    return bodies_[static_cast<std::size_t>(subject)];
  }
  // Versions of purged articles that were read without a tombstone behind them.
  const std::set<VersionKey>& unpurged() const { return unpurged_; }
  // How much of the submissions is known to have been decided.
  const ingestion::LogExtent& known() const { return known_; }

  std::array<std::int64_t, kPartitions> versions_read{};
  std::array<std::int64_t, kPartitions> decisions_read{};

 private:
  void ReadArticle(const VersionRecord& record);
  void Note(const ingestion::SubmissionPosition& position);

  std::array<ArticlePtr, kStories> articles_;
  std::array<SourcePtr, kSources> sources_;
  std::array<std::set<std::int64_t>, kStories> bodies_;
  std::set<VersionKey> unpurged_;
  std::array<std::vector<DecisionPtr>, kPartitions> on_record_;  // by offset of the submission
  std::unordered_map<std::string, DecisionPtr> standing_;
  ingestion::LogExtent known_;
};

// What a replica does with one partition that it owns, or believes it owns.
struct Ownership {
  enum class Phase {
    kAssigned,       // is told the group's stored offset
    kAskingForEnds,  // of the logs it must have read before it decides
    kCatchingUp,     // reads up to them
    kFolding,        // the steps of PartitionFold, in order; each waits for its acknowledgements
    kVersions,
    kTombstones,
    kDecisions,
    kStopped,
  };
  int stalled_until = 0;  // step; it waits for an answer, its replica reads on
  bool current = true;    // the group agrees; false: a zombie
  Phase phase = Phase::kAssigned;
  std::int64_t versions_end = 0;  // seen when it took over
  std::int64_t decisions_end = 0;
  int compactions = 0;  // that had been when it asked for the ends
  std::unique_ptr<ingestion::PartitionFold> fold;
  bool awaits_decisions = false;  // up to decisions_end, before it folds on
  std::int64_t next = 0;          // offset of the next submission
  ingestion::PartitionFold::Work work;
  std::shared_ptr<int> awaited = std::make_shared<int>(0);
};

struct Replica {
  bool up = true;
  bool refused = false;  // met a log that is shorter than what it knows
  int paused_until = 0;  // step; until then it neither reads nor decides, and does not know it
  ingestion::RuleBook rules = ingestion::KnownRules();
  std::int64_t clock_skew_ms = 0;
  std::unique_ptr<LocalStore> store = std::make_unique<LocalStore>();  // outlives a crash
  std::map<int, Ownership> owned;
};

}  // namespace telex::simulation
