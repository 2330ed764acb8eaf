#pragma once

#include <absl/status/status.h>

#include <string>

#include "telexctl/commands/job_name.h"

namespace telex::cli {

struct EditFlags {
  JobOperands job;
  std::string lease = "2h";
  std::string out;
};

// Claims the job, lets the person edit its file until the checks find nothing or are overruled, and
// completes it. What is left before that is kept in the file.
absl::Status EditJob(const EditFlags& flags, Context& context);

}  // namespace telex::cli
