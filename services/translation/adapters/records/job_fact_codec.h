#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "platform/kafka/record.h"
#include "platform/kafka/record_view.h"
#include "telex/translation/v1/job_fact.pb.h"
#include "translation/domain/job_fact.h"

namespace telex::translation {

// The records of telex.translation-jobs.v1, to bytes and back. They have no CloudEvents headers, as
// there are several of each job, and none is big but for its text. The same fact gives the same
// value in every process. Pure but for the reader's memory.

struct PairPause {
  Pair pair;
  bool paused = false;
  std::string actor;
  std::string note;
  std::int64_t time_ms = 0;
  bool operator==(const PairPause&) const = default;
};

// Of a fact of a job that was forgotten.
struct FactTombstone {
  JobId job;
  std::int64_t up_to = 0;
  bool operator==(const FactTombstone&) const = default;
};

using JobRecord = std::variant<JobFact, PairPause, FactTombstone>;

// Not thread-safe.
class JobFactReader {
 public:
  // INVALID_ARGUMENT, naming the field, for what no release has written; UNIMPLEMENTED for what a
  // newer one has: a rule, a fact, an enumerator. Who folds stops there
  // (RECORD_FROM_NEWER_RELEASE).
  absl::StatusOr<JobRecord> Read(const kafka::RecordView& record);
  // Of the fact that was read last: the text that it carries; empty if it has none. Until the next
  // call of Read.
  const v1::Text& text() const;
  // The same of what was asked of engines for it.
  const google::protobuf::RepeatedPtrField<v1::Cost>& costs() const;
  // The same of what engines had made when they have failed.
  const google::protobuf::RepeatedPtrField<v1::Segment>& made() const;

 private:
  absl::StatusOr<JobRecord> ReadPause(std::string_view key, std::string_view value);

  v1::JobFact message_;
};

// `append`: another one for each record that is appended, by whomever: 1–64 bytes without slashes.
// `text`: of a completion or a replacing review; of a failure its costs, and as its
// segments what engines have made; null: none.
kafka::Record RecordOf(const JobFact& fact, std::string_view append, std::int32_t partitions,
                       const v1::Text* text = nullptr);
kafka::Record RecordOf(const PairPause& pause, std::int32_t partitions);
// INTERNAL: a JobFactReader could not read it back. Nobody appends such a record: it would hold its
// partition on every replica, or be set aside.
absl::Status CheckJobRecord(const kafka::Record& record);
// Of the record that has this key, in the partition in which that lies.
kafka::Record TombstoneOf(std::string key, std::int32_t partition, std::int64_t up_to);

}  // namespace telex::translation
