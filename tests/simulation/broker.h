#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ingestion/domain/decision.h"
#include "ingestion/domain/head.h"
#include "platform/kafka/record.h"
#include "tests/simulation/kernel/log.h"
#include "tests/simulation/subjects.h"

namespace telex::simulation {

class Ownership;

using ArticlePtr = std::shared_ptr<const ingestion::ArticleHead>;
using SourcePtr = std::shared_ptr<const ingestion::SourceHead>;
using DecisionPtr = std::shared_ptr<const ingestion::Decision>;

// A record of telex.articles.v1 or telex.resources.v1, and what it says. Both empty: a tombstone.
struct VersionRecord {
  VersionKey key;
  ArticlePtr article;
  SourcePtr source;
  std::shared_ptr<const kafka::Record> record;

  bool IsTombstone() const { return article == nullptr && source == nullptr; }
};

// A submission that no release has written, in the dead-letter topic.
struct DeadLetter {
  int partition = 0;  // of the submission
  std::int64_t offset = 0;
};

// What an owner has appended, as any reader decodes it: from the bytes alone.
using Appended = std::variant<VersionRecord, DecisionPtr, DeadLetter>;
// INVALID_ARGUMENT, UNIMPLEMENTED: no reader can; or it stands where it does not belong.
absl::StatusOr<Appended> Decode(kafka::Record record);

// A record of telex.submissions.v1, and what was submitted; none: bytes that no release wrote.
struct SubmissionRecord {
  std::optional<ingestion::Submission> submission;
  kafka::Record record;
  // Of a record that only the next release can decode: the same in values that this one has
  // (NextRelease).
  std::optional<kafka::Record> understood = {};

  absl::Time HandedIn() const { return absl::FromUnixMillis(record.timestamp_ms); }
};
SubmissionRecord Encode(const std::optional<ingestion::Submission>& submission, int partition,
                        std::int64_t offset, std::int64_t timestamp_ms);

// The cluster: three logs of each partition, and what the consumer group has stored.
struct Broker {
  struct Partition {
    Log<SubmissionRecord> submissions;
    Log<VersionRecord> versions;  // articles and resources
    Log<DecisionPtr> decisions;
    std::optional<std::int64_t> stored_offset;
    std::int64_t submissions_begin = 0;  // what lies before is older than they are kept for
    // Below min.insync.replicas until that step: what is sent there waits.
    int versions_writable_from = 0;
    int decisions_writable_from = 0;

    // Where an owner begins that is given the partition now.
    std::int64_t first() const { return stored_offset.value_or(submissions_begin); }
  };

  Partition& of(int partition) { return partitions[static_cast<std::size_t>(partition)]; }
  const Partition& of(int partition) const {
    return partitions[static_cast<std::size_t>(partition)];
  }

  // Keeps the last record of each key among those before `clean_end`; of tombstones only those from
  // `tombstones_from` on (they are kept for a while, so that readers see them).
  void CompactVersions(int partition, std::int64_t clean_end, std::int64_t tombstones_from);
  void DropOldSubmissions(int partition, absl::Time now, absl::Duration kept);
  // Drops the decisions on what was submitted more than `kept` ago.
  void DropOldDecisions(int partition, absl::Time now, absl::Duration kept);

  int compactions = 0;  // a day passes before each: a record is that old at least (compaction lag)
  std::string cluster = "cluster-1";
  std::array<Partition, kPartitions> partitions;
};

// An append on its way. A producer that is alive sends again until it hears back; one that died may
// still have it in flight.
struct InFlight {
  int partition = 0;
  Appended record;
  std::size_t bytes = 0;
  std::weak_ptr<Ownership> owner;  // who is told that it is on record; may be gone
  std::size_t replica = 0;         // who sent it
};

}  // namespace telex::simulation
