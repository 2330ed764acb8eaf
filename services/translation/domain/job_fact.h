// What happens to jobs: the records of telex.translation-jobs.v1, without the texts that they
// carry. What each field means is in proto/telex/translation/v1/job_fact.proto. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "translation/domain/job.h"

namespace telex::translation {

struct Wanted {
  news::Version version;
  news::LanguageTag from;
  Workflow workflow = Workflow::kMachine;
  int urgency = 5;
  std::int64_t deadline_ms = 0;    // 0: none
  std::int64_t not_before_ms = 0;  // 0: at once
  std::string source;
  std::int64_t policy = 0;
  std::int64_t backfill = 0;  // 0: none
  bool requested = false;
  bool carried = false;
  bool operator==(const Wanted&) const = default;
};

struct Claimed {
  Worker worker = Worker::kMachine;
  std::int64_t lease_ms = 0;
  bool operator==(const Claimed&) const = default;
};

struct Extended {
  std::int64_t token = 0;
  std::int64_t lease_ms = 0;
  int segments_done = 0;
  bool operator==(const Extended&) const = default;
};

struct Completed {
  std::int64_t token = 0;
  news::Version version;
  bool operator==(const Completed&) const = default;
};

struct Released {
  std::int64_t token = 0;
  bool operator==(const Released&) const = default;
};

struct Failed {
  std::int64_t token = 0;
  bool permanent = false;
  bool escalate = false;
  std::int64_t retry_after_ms = 0;
  std::string reason;
  std::string note;
  bool untried = false;
  bool operator==(const Failed&) const = default;
};

struct Due {
  std::int64_t instant_ms = 0;
  std::int64_t of = 0;
  bool operator==(const Due&) const = default;
};

enum class CancelCause : std::uint8_t { kWithdrawn = 1, kPolicy = 2, kPerson = 3, kBackfill = 4 };
struct Canceled {
  news::Version version;
  CancelCause cause = CancelCause::kWithdrawn;
  std::int64_t backfill = 0;
  std::string note;
  bool operator==(const Canceled&) const = default;
};

enum class ReviewVerdict : std::uint8_t { kApproved = 1, kReplaced = 2, kRejected = 3 };
struct Reviewed {
  news::Version version;
  std::int64_t revision = 0;
  ReviewVerdict verdict = ReviewVerdict::kApproved;
  std::string note;
  news::LanguageTag from;
  std::string source;
  bool forgotten = false;  // its job is, as far as the edge knows
  bool operator==(const Reviewed&) const = default;
};

struct Replayed {
  std::string note;
  bool operator==(const Replayed&) const = default;
};

struct Forgotten {
  std::int64_t up_to = 0;
  std::int64_t not_before_ms = 0;  // 0: at once
  bool operator==(const Forgotten&) const = default;
};

struct JobFact {
  JobId job;
  std::string actor;
  std::string request_id;  // may be empty
  std::variant<Wanted, Claimed, Extended, Completed, Released, Failed, Due, Canceled, Reviewed,
               Replayed, Forgotten>
      what;
  bool operator==(const JobFact&) const = default;
};

}  // namespace telex::translation
