#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "ingestion/adapters/log_store_rows.h"
#include "ingestion/domain/partition_fold.h"
#include "ingestion/domain/pending.h"
#include "platform/replica/log_replica.h"
#include "platform/store/store.h"

namespace telex::ingestion {

struct LogStoreOptions {
  std::string folder;           // of the local store; may be deleted while the process is down
  std::string cluster_id;       // of the log
  std::int32_t partitions = 0;  // of every topic about articles
  std::uint64_t store_bytes_max = std::uint64_t{64} << 30;
};

struct ArticleFilter {
  std::optional<news::SourceId> source;
  std::optional<news::Section> section;
  std::optional<news::LanguageTag> language;
  std::optional<news::PubStatus> status;
  std::optional<absl::Time> created_after;   // versioncreated, inclusive
  std::optional<absl::Time> created_before;  // exclusive
  // Each stands in the headline, the key or the byline; as news::FoldedName has them.
  std::vector<std::string> words;
  std::string address;  // the canonical URL, in any spelling (web_address.h); empty: any
};

// Of articles that share an address, as many are looked at.
inline constexpr std::size_t kAddressMatchesMax = 1'000;

// A page of a listing, and where the next one starts; empty when there is none.
template <typename Item>
struct Page {
  std::vector<Item> items;
  std::string next_token;
};

// All that a replica has read of telex.articles.v1, telex.resources.v1 and telex.decisions.v1, in
// its local store: what RPCs read, and the ledger of the owners of partitions. A cache of the log:
// deleted, it is read again.
//
// Writing happens on the log reader's thread (Apply); all else is thread-safe and reads a snapshot.
class LogStore final : public Ledger, public replica::Fold {
 public:
  // Called after a commit with the decisions in it. Must not block.
  using DecisionsRead = std::function<void(std::span<const Decision>)>;

  // FAILED_PRECONDITION / LOG_TRUNCATED when the folder holds what was read from another cluster,
  // / WRONG_PARTITION_COUNT from topics of another number of partitions.
  static absl::StatusOr<std::unique_ptr<LogStore>> Open(const LogStoreOptions& options);

  // To be set before reading starts.
  void OnDecisionsRead(DecisionsRead callback) { decisions_read_ = std::move(callback); }

  // What reads the log into it, and knows how far.
  replica::LogReplica& log() { return *log_; }
  const replica::LogReplica& log() const { return *log_; }

  // Fold
  absl::Status Apply(store::WriteTxn& txn, const kafka::Record& record) override;
  void Committed() override;
  void Undone() override { decisions_read_now_.clear(); }

  // Ledger
  std::optional<ArticleHead> ArticleHeadOf(const news::ArticleId& article) const override;
  std::optional<SourceHead> SourceHeadOf(const news::SourceId& source) const override;
  std::optional<Decision> DecisionAt(const SubmissionPosition& position) const override;
  std::optional<Decision> StandingDecision(const std::string& subject,
                                           const std::string& request_id) const override;

  // Reads
  std::optional<ArticleHead> ArticleVersionOf(const news::ArticleId& article,
                                              news::Version version) const;
  news::Version NewestVersionOf(const std::string& subject) const;  // zero: none read yet
  std::vector<SourceHead> Sources() const;                          // by id
  // Newest version first. INVALID_ARGUMENT / BAD_PAGE_TOKEN for a token that is not of such a
  // listing. At most `size` items; a page may be short before the last one when the filter leaves
  // out much. Of one address at most kAddressMatchesMax are looked at.
  absl::StatusOr<Page<ArticleHead>> List(const ArticleFilter& filter, std::size_t size,
                                         const std::string& token) const;
  absl::StatusOr<Page<ArticleHead>> Versions(const news::ArticleId& article, std::size_t size,
                                             const std::string& token) const;
  // Visits those of the partition whose instant is `until` or earlier: earliest first, and no more
  // once `visit` has returned false.
  void VisitPending(std::int32_t partition, absl::Time until,
                    const std::function<bool(const Pending&)>& visit) const;
  std::uint64_t ArticleCount() const;
  // Whether the newest version of a usable article stands there, and the slugs of all such
  // sections, in order, at most `most`.
  bool HasUsableStory(const news::Section& section) const;
  std::vector<std::string> UsedSections(std::size_t most) const;
  // Visits the versions of purged articles whose tombstones have not been read.
  void VisitUnpurged(const std::function<void(const UnpurgedVersion&)>& visit) const;

  std::int64_t KnownSubmissions(std::int32_t partition) const override;

 private:
  LogStore(LogStoreOptions options, std::unique_ptr<replica::LogReplica> log);

  absl::Status ApplyArticle(store::WriteTxn& txn, const kafka::Record& record);
  absl::Status ApplySource(store::WriteTxn& txn, const kafka::Record& record);
  absl::Status ApplyDecision(store::WriteTxn& txn, const kafka::Record& record);
  absl::Status ForgetBefore(store::WriteTxn& txn, const news::ArticleId& article,
                            news::Version version);
  absl::Status PutHead(store::WriteTxn& txn, std::int32_t partition, const ArticleHead& head);
  // What listings know of a version that is no longer the newest. `standing` may be null.
  absl::Status DropFromListings(store::WriteTxn& txn, const news::ArticleId& article,
                                absl::Time versioncreated, const ArticleHead* standing);
  absl::Status CountInSection(store::WriteTxn& txn, const rows::RecentRow& row, int step);
  absl::Status NoteSubmission(store::WriteTxn& txn, const SubmissionPosition& position);
  absl::Status DropExpiredDecisions(store::WriteTxn& txn, std::int32_t partition, absl::Time now);
  store::ReadTxn Snapshot() const { return log_->store().Snapshot(); }
  // A row that was written here: one that cannot be decoded is a fault, never an absence.
  template <typename Row>
  Row Whole(absl::StatusOr<Row> row) const {
    if (!row.ok()) log_->store().Damaged(row.status().ToString());
    return *std::move(row);
  }
  std::optional<ArticleHead> HeadIn(const store::Transaction& txn,
                                    const news::ArticleId& article) const;
  Page<ArticleHead> ListRecent(const ArticleFilter& filter, std::size_t size,
                               const store::Range& range, const std::string& scope) const;
  Page<ArticleHead> ListOfAddress(const ArticleFilter& filter, std::size_t size,
                                  const store::Range& range, const std::string& scope) const;

  const LogStoreOptions options_;
  std::unique_ptr<replica::LogReplica> log_;
  store::Database articles_;   // id, version → ArticleRecord
  store::Database heads_;      // id → version, versioncreated, pending instant
  store::Database recent_;     // versioncreated (newest first), id → what listings filter by
  store::Database sections_;   // slug → how many usable articles stand there
  store::Database addresses_;  // hash of a canonical URL, id → nothing
  store::Database pending_;    // partition, instant, id → version
  store::Database sources_;    // id → SourceRecord
  store::Database decisions_;  // partition, offset → Decision
  store::Database requests_;   // subject, request id → Decision
  store::Database known_;      // partition → offset behind the last submission that is known
  store::Database unpurged_;   // id, version → nothing: tombstones that have not been read
  DecisionsRead decisions_read_;
  std::vector<Decision> decisions_read_now_;  // in the batch under way
};

}  // namespace telex::ingestion
