#pragma once

#include <absl/status/status.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/kafka/record.h"
#include "platform/store/store.h"
#include "telex/translation/v1/translation.pb.h"
#include "translation/domain/job_row.h"

namespace telex::translation {

// What the owner of a partition appends until it has read it back.
struct PendingRecord {
  std::int64_t position = 0;  // of the fact that asks for it
  std::string key;
  std::optional<std::string> value;  // none: a tombstone
  std::int64_t up_to = 0;            // of a tombstone
};

// Jobs as a replica's local store keeps them: their rows, the keys of their facts, the texts that
// may still be wanted, and what is to be appended. Writes are the log's reader's, within its
// transactions; reads are thread-safe.
class JobRows {
 public:
  static std::vector<std::string> Databases() {
    return {"jobs",
            "job-facts",
            "job-texts",
            "jobs-unpublished",
            "jobs-tombstones",
            "jobs-tombstone-keys",
            "job-notes",
            "job-made",
            "pair-pauses"};
  }
  // `store` has the databases, and outlives this.
  explicit JobRows(const store::Store& store);

  absl::Status Put(store::WriteTxn& txn, const JobRow& row) const;
  absl::Status PutFact(store::WriteTxn& txn, const JobId& job, std::int64_t position,
                       std::string_view key) const;
  absl::Status PutText(store::WriteTxn& txn, const JobId& job, std::int64_t position,
                       const v1::Text& text) const;
  // What was said of it last, for people; empty: nothing stands any more.
  absl::Status PutNote(store::WriteTxn& txn, const JobId& job, std::string_view note) const;
  // What engines have made of it, for whoever does it now; no segments: nothing stands any more.
  absl::Status PutMade(store::WriteTxn& txn, const JobId& job,
                       const google::protobuf::RepeatedPtrField<v1::Segment>& made) const;
  // All texts of the job but those of its draft and its revision.
  absl::Status DropTexts(store::WriteTxn& txn, const JobRow& row) const;
  // The fact at `position` has made the job forgotten: what there is of it goes, and its facts are
  // to be.
  absl::Status Forget(store::WriteTxn& txn, const JobId& job, std::int32_t partition,
                      std::int64_t position) const;
  // The fact at `position` belongs to no job.
  absl::Status Discard(store::WriteTxn& txn, std::int32_t partition, std::int64_t position,
                       std::string_view key) const;
  absl::Status PutUnpublished(store::WriteTxn& txn, std::int32_t partition, std::int64_t position,
                              std::string_view key, std::string_view value) const;
  // Of an article that is purged.
  absl::Status DropUnpublished(store::WriteTxn& txn, std::int32_t partition,
                               const news::ArticleId& article) const;
  // They have been read back. What has another key than is to be published there is another's: what
  // stays of a purge has a revision that is no fact's position.
  absl::Status Published(store::WriteTxn& txn, std::int32_t partition, std::int64_t position,
                         std::string_view key) const;
  absl::Status TombstoneRead(store::WriteTxn& txn, std::int32_t partition,
                             std::string_view key) const;
  absl::Status PutPause(store::WriteTxn& txn, const Pair& pair, std::int64_t position,
                        bool paused) const;

  std::optional<v1::Text> TextIn(const store::Transaction& txn, const JobId& job,
                                 std::int64_t position) const;
  std::optional<v1::Text> Text(const JobId& job, std::int64_t position) const;
  std::string NoteOf(const JobId& job) const;
  std::vector<v1::Segment> MadeOf(const JobId& job) const;
  void VisitAll(const std::function<void(const JobRow&)>& visit) const;
  // From that job on, until `visit` returns false.
  void VisitFrom(const std::optional<JobId>& from,
                 const std::function<bool(const JobRow&)>& visit) const;
  void VisitPauses(
      const std::function<void(const Pair&, std::int64_t position, bool paused)>& visit) const;
  // In order of their positions, at most `most`.
  std::vector<PendingRecord> Unpublished(std::int32_t partition, std::size_t most) const;
  // Their positions alone, and one of them; nullopt: there is none, or it has been read back.
  std::vector<std::int64_t> UnpublishedAt(std::int32_t partition, std::size_t most) const;
  std::optional<PendingRecord> FindUnpublished(std::int32_t partition, std::int64_t position) const;
  std::vector<PendingRecord> Tombstones(std::int32_t partition, std::size_t most) const;

 private:
  std::vector<PendingRecord> Pending(store::Database rows, std::int32_t partition,
                                     std::size_t most) const;
  std::vector<PendingRecord> PendingIn(const store::Transaction& txn, store::Database rows,
                                       std::int32_t partition, std::size_t most) const;
  absl::Status PutTombstone(store::WriteTxn& txn, std::int32_t partition, std::int64_t forgotten,
                            std::int64_t position, std::string_view key) const;
  JobRow Decode(std::string_view bytes) const;

  const store::Store& store_;
  const store::Database jobs_;
  const store::Database facts_;
  const store::Database texts_;
  const store::Database unpublished_;
  const store::Database tombstones_;
  const store::Database tombstone_keys_;
  const store::Database notes_;
  const store::Database made_;
  const store::Database pauses_;
};

}  // namespace telex::translation
