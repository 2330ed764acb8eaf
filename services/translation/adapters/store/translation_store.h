#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "platform/replica/log_replica.h"
#include "translation/adapters/records/job_fact_codec.h"
#include "translation/adapters/store/article_versions.h"
#include "translation/adapters/store/engine_spending.h"
#include "translation/adapters/store/job_queues.h"
#include "translation/adapters/store/job_rows.h"
#include "translation/adapters/store/memory_store.h"
#include "translation/adapters/store/resource_store.h"
#include "translation/adapters/store/translation_rows.h"

namespace telex::translation {

// What became of a fact that this process has appended, or of a pause that anybody has.
using FactOutcome = std::pair<kafka::Position, Outcome>;

// What a replica has read of articles, jobs, translations and what is asked of them: in its local
// store, and in memory the queues. A cache of the log: deleted, it is read again.
//
// Load, Bind and Follow are the start thread's, in this order; Apply, Committed and Undone are of
// the log's reader; all else is thread-safe.
class TranslationStore final : public replica::Fold {
 public:
  // Of the replica; its folder and size are the caller's (service::Host::OpenReplica).
  static replica::Options Options();

  // `own_appends`: what the last part of the keys of facts begins with that this process appends.
  TranslationStore(std::unique_ptr<replica::LogReplica> log, std::string own_appends);

  replica::LogReplica& log() { return *log_; }
  const replica::LogReplica& log() const { return *log_; }

  // What the process before has left, into memory.
  absl::Status Load();
  // Errors are those of replica::LogReplica::Bind.
  absl::Status Bind(const std::string& cluster_id, std::int32_t partitions, absl::Time now);
  // What cannot be understood is given to `set_aside`.
  void Follow(replica::SetAside set_aside);
  bool caught_up() const { return caught_up_; }

  const ArticleVersions& articles() const { return articles_; }
  const TranslationRows& translations() const { return translations_; }
  const JobRows& jobs() const { return jobs_; }
  ResourceStore& resources() { return resources_; }
  const ResourceStore& resources() const { return resources_; }
  const MemoryStore& memory() const { return memory_; }
  const EngineSpending& spending() const { return spending_; }
  JobQueues& queues() { return queues_; }
  const JobQueues& queues() const { return queues_; }

  // Jobs of purged articles, which are to be forgotten: at most `most` of that partition.
  std::vector<JobRow> PurgedJobs(std::int32_t partition, std::size_t most) const;

  // The job's last completion that counts, as it will be published, while it is not read back.
  std::optional<v1::Translation> Unpublished(const JobId& job) const;

  // Articles whose jobs are of a version before the newest: what was asked for while a correction
  // or a kill came in. At most `most` of that partition.
  std::vector<news::ArticleId> ArticlesBehind(std::int32_t partition, std::size_t most) const;

  // Told on the reader's thread, once they are in the store: what became of this process' facts;
  // that jobs have changed.
  using OutcomesRead = std::function<void(std::span<const FactOutcome>)>;
  void OnOutcomes(OutcomesRead told) { on_outcomes_ = std::move(told); }
  // One of the last kOutcomesKept of them.
  static constexpr std::size_t kOutcomesKept = 2'000;
  std::optional<Outcome> FindOutcome(const kafka::Position& place) const;
  void OnJobs(std::function<void()> told) { on_jobs_ = std::move(told); }
  // And which articles are purged.
  using ArticlesPurged = std::function<void(std::span<const news::ArticleId> articles)>;
  void OnPurged(ArticlesPurged told) { on_purged_ = std::move(told); }

  // A job was forgotten while its facts were read: what is here is not to be believed, and the log
  // is to be read again from its beginning. As long as nothing is set, the store is marked as
  // damaged and the process ends; an error ends reading.
  using ReadAgain = std::function<absl::Status(const std::string& why)>;
  void OnReadAgain(ReadAgain told) { on_read_again_ = std::move(told); }

  // Fold
  absl::Status Apply(store::WriteTxn& txn, const kafka::Record& record) override;
  void Committed() override;
  void Undone() override;

 private:
  absl::Status ApplyArticle(store::WriteTxn& txn, const kafka::Record& record);
  absl::Status ApplyTranslation(store::WriteTxn& txn, const kafka::Record& record);
  absl::Status ApplyJob(store::WriteTxn& txn, const kafka::Record& record);
  absl::Status ApplyFact(store::WriteTxn& txn, const kafka::Record& record, const JobFact& fact);
  absl::Status ApplyTombstone(store::WriteTxn& txn, const kafka::Record& record,
                              const FactTombstone& tombstone);
  absl::Status Publish(store::WriteTxn& txn, const kafka::Record& record, const JobFact& fact,
                       const JobRow& row, const Publication& publication);
  std::optional<v1::Text> TextOf(const store::Transaction& txn, const JobId& job,
                                 const Publication& publication);
  void ForgetBatch();
  void LoadQueues();
  void LoadMemory();
  void NotePurged(const news::ArticleId& article);
  // Whether any of its jobs that are not at rest is of a version before `head`.
  bool HasJobsBefore(const news::ArticleId& article, news::Version head) const;
  void NoteBehind(const news::ArticleId& article, news::Version head);
  void NoteCaughtUp(const news::ArticleId& article);
  absl::Status NoteReadAgain(const JobId& job) const;
  bool IsOwn(std::string_view key) const;

  const std::unique_ptr<replica::LogReplica> log_;
  const std::string own_appends_;
  ArticleVersions articles_;
  TranslationRows translations_;
  JobRows jobs_;
  ResourceStore resources_;
  EngineSpending spending_;
  MemoryStore memory_;
  JobQueues queues_;
  JobFactReader reader_;
  OutcomesRead on_outcomes_;
  std::function<void()> on_jobs_;
  ArticlesPurged on_purged_;
  ReadAgain on_read_again_;
  std::int32_t partitions_ = 0;

  // By the batch under way.
  bool jobs_changed_ = false;
  std::vector<FactOutcome> outcomes_;
  std::vector<news::ArticleId> articles_read_;
  std::vector<news::ArticleId> articles_purged_;
  std::vector<std::pair<std::int32_t, v1::Translation>> translations_read_;  // by partition

  mutable std::mutex mutex_;
  std::map<kafka::Position, Outcome> kept_;
  std::deque<kafka::Position> kept_order_;
  std::set<news::ArticleId> purged_;  // that have jobs
  // With their newest versions; some may have caught up.
  mutable std::map<news::ArticleId, news::Version> behind_;
  std::atomic<bool> caught_up_{false};
};

}  // namespace telex::translation
