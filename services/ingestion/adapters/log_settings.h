#pragma once

#include <cstdint>
#include <string>

namespace telex::ingestion {

// Of the log that a replica works on, and how it is decided.
struct LogSettings {
  std::string cluster_id;
  std::int32_t partitions = 0;  // of each of the topics about articles
  int rule = 1;                 // the deciding rule that new submissions name
};

}  // namespace telex::ingestion
