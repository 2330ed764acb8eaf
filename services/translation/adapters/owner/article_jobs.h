#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "platform/kafka/dead_letter.h"
#include "platform/owner/fold.h"
#include "translation/adapters/owner/backfill_scan.h"
#include "translation/adapters/store/translation_store.h"
#include "translation/domain/policy.h"

namespace telex::translation {

struct ArticleJobsParts {
  // Both outlive the fold.
  const TranslationStore& store;
  const kafka::DeadLetters& dead_letters;
  // The policy that held at that time; null: none did.
  std::function<std::shared_ptr<const Policy>(std::int64_t append_ms)> policy_at;
  std::vector<kafka::TopicPartition> resource_places;  // where policies and backfills lie
  std::string actor;                                   // of what is appended
  std::function<std::string()> next_append;            // another one for each fact
};

// What the owner of a partition does for its jobs: articles in, and what they ask of the queue out
// (WantedJobs); and beside that what is due, what has been completed and is to be published, and
// tombstones of what is forgotten. All that is to be appended stands in the local store until it is
// read back, so that the next owner goes on where this one stopped.
//
// Nothing is skipped but what cannot be decoded (to the dead-letter topic). An article of a newer
// release holds the partition, and so does a policy or a backfill: RECORD_FROM_NEWER_RELEASE. What
// needs neither goes on meanwhile: publications, leases, tombstones.
class ArticleJobs final : public owner::Fold {
 public:
  // Of one kind, in a turn.
  static constexpr std::size_t kIdleRecordsMax = 500;
  // Of texts that are published, in a turn; one more may begin below it.
  static constexpr std::size_t kIdleBytesMax = std::size_t{4} << 20;
  // The broker's clock decides what is due; by ours it is asked again after so long.
  static constexpr absl::Duration kDueAgainAfter = absl::Seconds(2);
  // The same of what rests for long enough, which is in no hurry: of an owner whose clock is days
  // ahead the log does not fill with what is refused.
  static constexpr absl::Duration kForgetAgainAfter = absl::Hours(1);
  // A tombstone whose record is still there then: a copy of it came behind the tombstone.
  static constexpr absl::Duration kForgottenAgainAfter = absl::Seconds(30);

  // Jobs of a version before the newest, for so long: that was planned when they were not there.
  static constexpr absl::Duration kBehindFor = absl::Seconds(10);
  static constexpr std::size_t kBehindMax = 50;  // in a turn

  // Looks for what backfills want once in so long.
  static constexpr absl::Duration kBackfillsEach = absl::Seconds(1);

  ArticleJobs(std::int32_t partition, ArticleJobsParts parts)
      : partition_(partition), parts_(std::move(parts)), backfills_(partition, parts_.store) {}

  std::int64_t KnownEnd() const override;
  void Take(std::span<const kafka::RecordView> records) override;
  absl::StatusOr<owner::Round> Next(bool read) override;
  absl::StatusOr<owner::Round> Idle(absl::Time now) override;
  void Recorded() override;

 private:
  using Records = std::vector<kafka::Record>;
  absl::Status CheckResources() const;
  // The round's article ids are in `planned`. False: it must wait for the next round.
  absl::StatusOr<bool> PlanOne(const kafka::Record& record, std::set<news::ArticleId>& planned,
                               Records& out);
  void AddWanted(const news::Article& article, std::int64_t came_in_ms, Records& out);
  void AddUnpublished(Records& out);
  void AddTombstones(absl::Time now, Records& out);
  void AddPurged(Records& out);
  void AddBackfills(absl::Time now, Records& out);
  void AddDue(absl::Time now, Records& out);
  void AddBehind(absl::Time now, Records& out);
  kafka::Record RecordOfFact(const JobFact& fact) const;

  const std::int32_t partition_;
  const ArticleJobsParts parts_;

  Records batch_;
  std::size_t next_ = 0;   // the first record that is not dealt with
  std::size_t taken_ = 0;  // in the round that was answered last
  struct Unreadable {
    kafka::Record record;
    absl::Status why;
  };
  std::vector<Unreadable> unreadable_;

  BackfillScan backfills_;
  absl::Time backfills_at_ = absl::InfinitePast();

  // Appended, and not yet read back: positions of publications, keys of tombstones and since when,
  // jobs of purged articles.
  std::set<std::int64_t> publishing_;
  std::map<std::string, absl::Time> forgetting_;
  std::set<std::pair<JobId, std::int64_t>> purging_;
  struct DueAsked {
    DueJob what;
    absl::Time at;
  };
  std::map<JobId, DueAsked> due_;
  std::map<news::ArticleId, absl::Time> behind_;  // when first seen, or when appended
};

}  // namespace telex::translation
