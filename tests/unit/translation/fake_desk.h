// A queue that gives what it is told to, for tests of who works for it.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "platform/errors/errors.h"
#include "translation/adapters/desk/job_desk.h"

namespace telex::translation {

// Grants each claim and each fact at once, unless it is told otherwise.
class FakeDesk final : public JobDesk {
 public:
  struct Appended {
    JobFact fact;
    v1::Text text;
  };

  void Append(JobFact fact, const v1::Text* text, absl::Time, Told told) override {
    const std::lock_guard lock(mutex);
    appended.push_back({std::move(fact), text == nullptr ? v1::Text() : *text});
    if (answers.empty()) return told(Outcome{});
    absl::StatusOr<Outcome> answer = std::move(answers.front());
    answers.pop_front();
    told(std::move(answer));
  }
  void Claim(const ClaimWish& wish, absl::Duration lease, const Asker& asker,
             Claimed claimed) override {
    const std::lock_guard lock(mutex);
    wishes.push_back(wish);
    askers.push_back(asker.actor);
    leases.push_back(lease);
    if (!claim_status.ok()) return claimed(claim_status);
    std::vector<ClaimedJob> given;
    while (given.size() < wish.count && !jobs.empty()) {
      given.push_back({.job = jobs.front(), .headline = "Prices rise"});
      jobs.pop_front();
    }
    claimed(std::move(given));
  }
  std::vector<JobRow> HeldBy(std::string_view holder) const override {
    return holder == leftovers_of ? leftovers : std::vector<JobRow>();
  }
  void OnJobs(std::function<void()> told) override { listener = std::move(told); }
  void OnPurged(std::function<void(const news::ArticleId&)> told) override {
    purge = std::move(told);
  }
  absl::StatusOr<JobText> Open(const JobId& job, news::Version version) const override {
    const auto found = texts.find({job, version});
    if (found == texts.end())
      return errors::Error(absl::StatusCode::kFailedPrecondition, errors::kJobOutdated, "gone on");
    return found->second;
  }

  template <typename What>
  std::vector<What> All() const {
    std::vector<What> all;
    for (const Appended& one : appended) {
      if (const auto* const what = std::get_if<What>(&one.fact.what)) all.push_back(*what);
    }
    return all;
  }

  std::mutex mutex;
  std::deque<JobRow> jobs;
  std::map<std::pair<JobId, news::Version>, JobText> texts;
  std::deque<absl::StatusOr<Outcome>> answers;
  absl::Status claim_status;
  std::vector<Appended> appended;
  std::vector<ClaimWish> wishes;
  std::vector<std::string> askers;
  std::vector<absl::Duration> leases;
  std::string leftovers_of;
  std::vector<JobRow> leftovers;
  std::function<void()> listener;
  std::function<void(const news::ArticleId&)> purge;
};

}  // namespace telex::translation
