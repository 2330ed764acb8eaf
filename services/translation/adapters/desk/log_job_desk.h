#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/kafka/publisher.h"
#include "platform/requests/log_requests.h"
#include "translation/adapters/desk/job_desk.h"
#include "translation/adapters/store/opened_job.h"
#include "translation/adapters/store/translation_store.h"

namespace telex::translation {

// The last part of the keys of facts: each another one, and all of a process alike in the
// beginning. Thread-safe.
class AppendNames {
 public:
  AppendNames();
  const std::string& prefix() const { return prefix_; }
  std::string Next();

 private:
  std::string prefix_;
  std::atomic<std::uint64_t> next_{0};
};

struct OpenedJobText {
  JobText text;
  std::shared_ptr<const GlossaryVersion> glossary;  // by which it was opened; may be null
};

// JobDesk over the log. What it reads is the store's; what it appends goes through the publisher.
class LogJobDesk final : public JobDesk {
 public:
  // All outlive it. The store's OnOutcomes, OnJobs and OnPurged are this object's from here on.
  LogJobDesk(TranslationStore& store, AppendNames& names);
  ~LogJobDesk() override;

  // Before the first call that writes; until then they are refused: NOT_CAUGHT_UP.
  void AppendThrough(kafka::Publisher& publisher);
  using AppendRecord = std::function<void(kafka::Record record, kafka::Publisher::Callback done)>;
  void AppendThrough(AppendRecord append);

  void Append(JobFact fact, const v1::Text* text, absl::Time deadline, Told told) override;
  void Claim(const ClaimWish& wish, absl::Duration lease, const Asker& asker,
             Claimed claimed) override;
  std::vector<JobRow> HeldBy(std::string_view holder) const override;
  void OnJobs(std::function<void()> listener) override;
  void OnPurged(std::function<void(const news::ArticleId& article)> listener) override;
  absl::StatusOr<JobText> Open(const JobId& job, news::Version version) const override;

  // The text of that version as it is opened for a worker, whether it is the newest or not.
  absl::StatusOr<OpenedJobText> OpenOf(const news::Article& article,
                                       const news::LanguageTag& to) const;

  // That job and no other.
  void ClaimOne(const JobId& job, Worker worker, absl::Duration lease, const Asker& asker,
                Claimed claimed);
  // A pause or its end, once it is read.
  void Pause(const PairPause& pause, absl::Time deadline, std::function<void(absl::Status)> done);
  const TranslationStore& store() const { return store_; }
  std::size_t waiting() const { return requests_.waiting(); }
  // All who wait get STOPPING. Idempotent.
  void Stop() { requests_.Stop(); }

 private:
  bool IsCaughtUp() const { return appends_ && store_.caught_up(); }
  bool IsCurrent(const JobRow& job) const;
  std::vector<ClaimedJob> ClaimedBefore(std::uint64_t request) const;
  // Whether nobody claims for this request yet; else `claimed` is told what he is. Who is the first
  // ends it by TellClaimed.
  bool BeginsClaim(std::uint64_t request, Claimed claimed);
  void TellClaimed(std::uint64_t request, const absl::StatusOr<std::vector<ClaimedJob>>& claimed);
  void ClaimAll(const std::vector<JobRow>& jobs, Worker worker, absl::Duration lease,
                const Asker& asker, Claimed claimed);
  void JobsChanged();
  void ArticlesPurged(std::span<const news::ArticleId> articles);

  TranslationStore& store_;
  AppendNames& names_;
  AppendRecord append_;  // once appends_ says so
  std::atomic<bool> appends_{false};
  requests::LogRequests<Outcome> requests_;
  std::mutex mutex_;
  std::vector<std::function<void()>> listeners_;
  std::vector<std::function<void(const news::ArticleId&)>> purge_listeners_;
  std::map<std::uint64_t, std::vector<Claimed>> claiming_;  // who waits, by RequestHash
};

// NOT_FOUND / JOB_NOT_FOUND.
absl::Status NoSuchJob(const JobId& job);

}  // namespace telex::translation
