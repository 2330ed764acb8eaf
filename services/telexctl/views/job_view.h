// Translation jobs and their queue as a person reads them. Pure.
#pragma once

#include <absl/time/time.h>

#include <string>

#include "telexctl/translation_api.h"
#include "telexctl/views/output.h"

namespace telex::cli {

// `now` says which deadlines have passed.
Table JobTable(const jobs::ListJobsResponse& list, absl::Time now);
Fields DescribeJob(const jobs::Job& job, absl::Time now);

// "claimed by anna until 2025-04-18T14:25:00Z", "open for a person".
std::string JobStateText(const jobs::Job& job);

// The command that goes on with it: "telexctl translations edit …"; empty where there is none.
std::string NextStep(const jobs::Job& job);

Fields DescribeStats(const jobs::QueueStats& stats, absl::Time now);
Table PairTable(const jobs::QueueStats& stats);
Table EngineTable(const jobs::QueueStats& stats);

// "5d0e1f6c-….ru": without jobs/.
std::string ShortJob(const std::string& job);

}  // namespace telex::cli
