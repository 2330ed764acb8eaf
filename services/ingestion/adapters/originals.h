#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <set>
#include <string>

#include "ingestion/adapters/submitter.h"
#include "platform/kafka/record.h"

namespace telex::ingestion {

// The records of telex.originals.v1: documents as they came, by the hash of their bytes.

struct Original {
  std::string document;  // the hash, hex (news::DocumentHash)
  std::string bytes;
  std::string media_type;  // empty: text/plain
  std::string source;      // sources/{source}
  std::string traceparent;
};
kafka::Record OriginalRecord(Original original, std::int32_t partitions);

// Appends the tombstones of `documents`. `recorded` is called once: OK when all are acknowledged,
// at once where there are none; else as Submitter::Append answers, and some may have been appended.
void ForgetOriginals(Submitter& submitter, const std::set<std::string>& documents,
                     std::int32_t partitions, absl::Time deadline,
                     std::function<void(absl::Status)> recorded);

}  // namespace telex::ingestion
