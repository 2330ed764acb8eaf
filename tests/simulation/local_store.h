#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "ingestion/domain/partition_fold.h"
#include "ingestion/domain/pending.h"
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
  std::int64_t KnownSubmissions(std::int32_t partition) const override {
    return known_[static_cast<std::size_t>(partition)];
  }

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
  // As the log store's, but in no order.
  void VisitPending(std::int32_t partition, absl::Time until,
                    const std::function<bool(const ingestion::Pending&)>& visit) const;
  void VisitUnpurged(const std::function<void(const ingestion::UnpurgedVersion&)>& visit) const;
  // Whose logs they are; empty: nothing was read.
  const std::string& cluster() const { return cluster_; }

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
  std::array<std::int64_t, kPartitions> known_{};  // of the submissions, as known to be decided
  std::string cluster_;
};

}  // namespace telex::simulation
