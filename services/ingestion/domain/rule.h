#pragma once

#include <absl/time/time.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <map>

#include "news/article.h"

namespace telex::ingestion {

// What may differ between two generations of the deciding rule. A submission names its rule, so
// that replicas of two releases decide alike; a replica that does not know the rule stops. A rule,
// once used, is never changed.
struct Rule {
  absl::Duration repeat_window = absl::Hours(24);  // how long a request id is remembered (AIP-155)
  absl::Duration version_step_min =
      absl::Seconds(1);  // between versioncreated of one version and the next
  std::size_t shelves_max = news::kShelvesMax;
  // Of a version with content: what is beyond is refused. An edge takes less (news/article.h), but
  // the log may hold what another release's edge took.
  std::size_t article_bytes_max = kNoBound;  // see WeightOf
  std::size_t media_max = kNoBound;
  // Of a status's reason, and of its note: they are cut, for a takedown is never refused.
  std::size_t status_words_bytes_max = kNoBound;
  bool purge_heeds_base = false;

  // No submission is later than the log's clock says (the record's time, set by the broker): an
  // edge or an owner whose clock is fast ends no embargo early, and no version stands in the
  // future.
  bool bounded_by_log_clock = false;

  static constexpr std::size_t kNoBound = std::numeric_limits<std::size_t>::max();
};

using RuleBook = std::map<int, Rule>;

// The rules this release knows. 2: quick corrections put no version into the future, where HTTP
// dates and readers' clocks would hide it. 3: no version is too large for its topic, where its
// owner would end, and the next owner after it. The bounds are those of the day the rule was made:
// they never change with the edge's. 4: a purge is of the version it names, whose documents its
// edge has seen to; and a fast clock does no harm.
inline RuleBook KnownRules() {
  const Rule first;
  Rule second = first;
  second.version_step_min = absl::Milliseconds(1);
  Rule third = second;
  third.article_bytes_max = 1'572'864;
  third.media_max = 50;
  third.status_words_bytes_max = 2'000;
  Rule fourth = third;
  fourth.bounded_by_log_clock = true;
  fourth.purge_heeds_base = true;
  return {{1, first}, {2, second}, {3, third}, {4, fourth}};
}

// The time of a submission whose record the broker has stamped with `logged`.
inline absl::Time BoundByLogClock(const RuleBook& rules, int rule, absl::Time time,
                                  absl::Time logged) {
  const auto found = rules.find(rule);
  const bool bounded = found != rules.end() && found->second.bounded_by_log_clock;
  return bounded ? std::min(time, logged) : time;
}

}  // namespace telex::ingestion
