// Which translation job a person means.
#pragma once

#include <absl/status/statusor.h>

#include <string>

#include "telexctl/command_line.h"
#include "telexctl/context.h"

namespace telex::cli {

// The operands of a command: a job, or an article and a language.
struct JobOperands {
  std::string name;
  std::string language;
};

enum class JobOperand { kRequired, kOptional };
void AddJobOperands(Command& command, JobOperands& operands,
                    JobOperand needed = JobOperand::kRequired);

// `jobs/{article}.{language}`. The article by every name there is, as FindArticle.
absl::StatusOr<std::string> FindJob(const JobOperands& operands, Context& context);

// As the service knows it: with its token, where it is the caller's.
absl::StatusOr<jobs::Job> GetJob(const std::string& name, TranslationApi& api);

absl::StatusOr<jobs::JobText> GetJobText(const std::string& name, TranslationApi& api);

// Shows it, and says which command goes on with it.
absl::Status AnswerJob(const absl::StatusOr<jobs::Job>& job, Context& context);

}  // namespace telex::cli
