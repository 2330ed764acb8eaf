#include "telexctl/commands/job_name.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

#include "telexctl/commands/article_name.h"
#include "telexctl/failures/failure.h"
#include "telexctl/requests/job_requests.h"
#include "telexctl/views/job_view.h"
#include "telexctl/views/text.h"

namespace telex::cli {

void AddJobOperands(Command& command, JobOperands& operands, JobOperand needed) {
  Argument job = command.Text("JOB", operands.name,
                              "a job as telexctl translations queue lists it, UUID.LANGUAGE; or an "
                              "article, by any of its names, with LANG");
  if (needed == JobOperand::kRequired) job.Required();
  command.Text("LANG", operands.language, "of an article: into which language, as in ru");
}

absl::StatusOr<std::string> FindJob(const JobOperands& operands, Context& context) {
  auto job = JobName(operands.name);
  if (!job.ok()) return job.status();
  if (job->has_value()) {
    if (operands.language.empty() || operands.language == LanguageOf(**job))
      return **std::move(job);
    return Usage(fmt::format("{} is a job into {}, and not into {}", operands.name,
                             LanguageOf(**job), operands.language));
  }
  if (operands.language.empty()) {
    return Usage(fmt::format("{}: into which language?", operands.name),
                 fmt::format("name it, too, as in {} ru; telexctl translations queue --article {} "
                             "lists the jobs of an article",
                             ShellQuoted(operands.name), ShellQuoted(operands.name)));
  }
  const auto article = FindArticle(operands.name, Versions::kRefused, context);
  if (!article.ok()) return article.status();
  return JobOf(*article, operands.language);
}

absl::StatusOr<jobs::Job> GetJob(const std::string& name, TranslationApi& api) {
  jobs::GetJobRequest request;
  request.set_name(name);
  return api.GetJob(request);
}

absl::StatusOr<jobs::JobText> GetJobText(const std::string& name, TranslationApi& api) {
  jobs::GetJobTextRequest request;
  request.set_name(name);
  return api.GetJobText(request);
}

absl::Status AnswerJob(const absl::StatusOr<jobs::Job>& job, Context& context) {
  if (!job.ok()) return job.status();
  if (context.output().json()) {
    context.output().Json(*job);
    return absl::OkStatus();
  }
  context.output().Show(DescribeJob(*job, absl::Now()));
  if (const std::string next = NextStep(*job); !next.empty())
    context.output().Note(fmt::format("next: {}", next));
  return absl::OkStatus();
}

}  // namespace telex::cli
