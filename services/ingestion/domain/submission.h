#pragma once

#include <absl/time/time.h>

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ingestion/domain/source.h"
#include "news/article.h"

namespace telex::ingestion {

// Where a submission stands in telex.submissions.v1. Positions of one partition are ordered by
// offset.
struct SubmissionPosition {
  std::string cluster;
  std::int32_t partition = 0;
  std::int64_t offset = 0;

  bool operator==(const SubmissionPosition&) const = default;
};

// What a source last said: the hash of the content as it sent it, and its own time of that version
// where it gave one.
struct Upstream {
  std::string hash;
  std::optional<absl::Time> time;

  bool operator==(const Upstream&) const = default;
};

// Content for an article, from a source (with `upstream`) or from a person (without).
struct SetContent {
  news::SourceId source;
  std::string source_name;
  std::string key;
  std::string canonical_url;
  news::Content content;
  std::string ednote;
  int urgency = 5;
  std::optional<absl::Time> firstcreated;  // the story's own date
  std::int64_t printed_views = 0;
  std::vector<std::string> warnings;
  std::optional<news::Version>
      base;  // the version it was made from; zero: nothing was there; empty: no matter
  std::optional<Upstream> upstream;
  EditedPolicy edited_policy = EditedPolicy::kHold;

  bool operator==(const SetContent&) const = default;
};

struct Withhold {
  std::string reason;
  std::string note;  // to editors at partners
  bool operator==(const Withhold&) const = default;
};
struct Kill {
  std::string reason;
  std::string note;
  bool operator==(const Kill&) const = default;
};
struct Reinstate {
  std::string note;
  bool operator==(const Reinstate&) const = default;
};
// The end of a version's embargo, or its expiry: submitted by whoever owns the partition, or by a
// peer of a slow one.
struct TimeReached {
  news::Version version;
  absl::Time instant;
  bool operator==(const TimeReached&) const = default;
};
// The right to be forgotten. `link` replaces the attribution's link, whose address may name a
// person.
struct Purge {
  std::string reason;
  std::string link;
  std::optional<news::Version> base;  // as of SetContent
  bool operator==(const Purge&) const = default;
};
struct SetSource {
  Source source;  // its version, times and actor are the decision's to set
  std::optional<news::Version> base;
  bool operator==(const SetSource&) const = default;
};

using Subject = std::variant<news::ArticleId, news::SourceId>;
std::string NameOf(const Subject& subject);  // articles/{uuid} or sources/{id}

struct Submission {
  int rule = 1;  // the number of the rule that decides it
  // When it was submitted, in milliseconds: by the clock of who did, and by the log's where its
  // rule says so (BoundByLogClock).
  absl::Time time;
  std::string actor;
  std::string request_id;  // UUID, or empty
  // Of the whole request as it came; empty without a request id. A repeat has the same.
  std::string request_hash;
  std::string document;  // hash of the original bytes, hex, or empty
  Subject subject;
  std::variant<SetContent, Withhold, Kill, Reinstate, TimeReached, Purge, SetSource> action;

  bool operator==(const Submission&) const = default;
};

}  // namespace telex::ingestion
