// All that is known of a job, as a replica's local store keeps it and as lists show it. A plain
// value.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "translation/domain/job.h"

namespace telex::translation {

// A request that was granted, and where its fact lies.
struct Answered {
  std::uint64_t request = 0;  // RequestHash; 0: none
  std::int64_t position = 0;
  bool is_draft = false;  // a completion that was kept as a draft
  bool operator==(const Answered&) const = default;
};
// The newest first. More than one: a worker may be claiming a job again while the one before still
// asks what became of its completion.
inline constexpr std::size_t kAnsweredMax = 2;

struct Claim {
  std::string holder;
  Worker worker = Worker::kMachine;  // which it is
  std::uint64_t request = 0;         // RequestHash
  int segments_done = 0;
  bool operator==(const Claim&) const = default;
};

struct JobRow {
  JobId id;
  news::LanguageTag from;
  std::string source;
  std::int64_t backfill = 0;  // 0: none
  std::int64_t policy = 0;
  JobState state = JobState::kOpen;
  Worker worker = Worker::kMachine;  // whose work comes next, but for the claim
  Workflow workflow = Workflow::kMachine;
  // Wanted by a machine only because all had its translation already: engines are not asked.
  bool carried = false;
  // Canceled with its article, and was not at rest: it goes on when the article comes back.
  bool withdrawn = false;
  int urgency = 5;
  int attempts = 0;  // begun, and not released
  news::Version version;
  std::int64_t wanted_ms = 0;    // since it was last at rest
  std::int64_t deadline_ms = 0;  // 0: none
  std::int64_t due_ms = 0;       // the lease's end, the next attempt, or when to forget it; 0: none
  std::int64_t born = 0;         // the first fact of it
  std::int64_t since = 0;        // the fact that put it into its state; of a claim its token
  // The last fact of it, granted or refused, but for those that would have it forgotten.
  std::int64_t last = 0;
  std::int64_t revision = 0;  // of `version`: the last completion that counts; 0: none
  std::int64_t draft = 0;     // a completion that was kept: of an older version, or unreviewed
  std::array<Answered, kAnsweredMax> answered;
  std::optional<Claim> claim;
  bool operator==(const JobRow&) const = default;
};

}  // namespace telex::translation
