// The numbers by which jobs are folded, and pure functions over them. They are rule kQueueRule: a
// change of any of them is another rule, which each fact names. Thread-safe.
#pragma once

#include <cstdint>

#include "translation/domain/job.h"
#include "translation/domain/job_fact.h"

namespace telex::translation {

inline constexpr int kQueueRule = 1;

inline constexpr std::int64_t kSecondMs = 1'000;
inline constexpr std::int64_t kMinuteMs = 60 * kSecondMs;
inline constexpr std::int64_t kHourMs = 60 * kMinuteMs;
inline constexpr std::int64_t kDayMs = 24 * kHourMs;

inline constexpr std::int64_t kLeaseMsMin = kSecondMs;
inline constexpr std::int64_t kLeaseMsMax = 7 * kDayMs;
inline constexpr int kAttemptsMax = 8;  // then the job is dead
inline constexpr std::int64_t kBackoffMsMin = 10 * kSecondMs;
inline constexpr std::int64_t kBackoffMsMax = kHourMs;
inline constexpr std::int64_t kRetryAfterMsMax = kDayMs;
// A job at rest is forgotten then. More than the owner of telex.articles.v1 may be set back: what
// it asks for again must find its job.
inline constexpr std::int64_t kRestMs = 7 * kDayMs;

// Jobs come in the order of the time by which they should be done: the deadline, or a while after
// they were wanted, which is the shorter the more urgent they are. So each job that waits comes
// before whatever is wanted long enough after it, and none has to be ranked again.
std::int64_t AllowanceMs(int urgency);  // 1 … 9; what lies outside is taken for the nearest
std::int64_t RankMs(std::int64_t wanted_ms, int urgency, std::int64_t deadline_ms);

// How long after the end of the n-th attempt (from 1 on) the next one may begin: twice as long each
// time, less a part that differs between jobs and not between replicas.
std::int64_t BackoffMs(const JobId& job, int attempt);

std::int64_t LeaseMs(std::int64_t asked_ms);  // within its bounds

Worker FirstWorker(Workflow workflow);
constexpr bool HasReview(Workflow workflow) {
  return workflow == Workflow::kDraftThenReview || workflow == Workflow::kMachineThenReview;
}

// Tells one request from all others about a job; 0: it has no id.
std::uint64_t RequestHash(const JobFact& fact);

}  // namespace telex::translation
