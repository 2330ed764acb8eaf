#include "telexctl/views/job_view.h"

#include <fmt/format.h>

#include "telexctl/requests/job_requests.h"
#include "telexctl/views/article_view.h"

namespace telex::cli {
namespace {

absl::Time InstantOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

std::string WorkerWord(jobs::Worker worker) {
  return WordOfValue(jobs::Worker_Name(worker), "WORKER_");
}

std::string NumberText(std::int64_t number) { return number == 0 ? "" : std::to_string(number); }

bool IsAtRest(const jobs::Job& job) {
  return job.state() == jobs::JOB_STATE_DONE || job.state() == jobs::JOB_STATE_CANCELED;
}

std::string DeadlineText(const jobs::Job& job, absl::Time now) {
  std::string text = TimeText(job.has_deadline(), job.deadline());
  if (!text.empty() && !IsAtRest(job) && InstantOf(job.deadline()) < now) text += " late";
  return text;
}

// Who does it, or whose work comes next.
std::string WhoText(const jobs::Job& job) {
  if (IsAtRest(job) || job.state() == jobs::JOB_STATE_DEAD) return {};
  return job.state() == jobs::JOB_STATE_CLAIMED ? job.holder() : WorkerWord(job.worker());
}

std::string StateWord(const jobs::Job& job) {
  std::string word = WordOfValue(jobs::JobState_Name(job.state()), "JOB_STATE_");
  if (job.paused() && job.state() == jobs::JOB_STATE_OPEN) word += ", paused";
  return word;
}

// Of a job that is claimed or waits.
std::string UntilText(const jobs::Job& job) {
  const bool ends =
      job.state() == jobs::JOB_STATE_CLAIMED || job.state() == jobs::JOB_STATE_WAITING;
  return ends ? TimeText(job.has_due_time(), job.due_time()) : std::string();
}

// "3 h 12 min"
std::string AgeText(absl::Duration age) {
  if (age < absl::Minutes(1)) return fmt::format("{} s", absl::ToInt64Seconds(age));
  const std::int64_t minutes = absl::ToInt64Minutes(age);
  if (minutes < 60) return fmt::format("{} min", minutes);
  return fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

}  // namespace

std::string ShortJob(const std::string& job) { return job.substr(job.find('/') + 1); }

std::string JobStateText(const jobs::Job& job) {
  std::string text = StateWord(job);
  if (const std::string who = WhoText(job); !who.empty())
    text += fmt::format("{}{}", job.state() == jobs::JOB_STATE_CLAIMED ? " by " : " for a ", who);
  if (const std::string until = UntilText(job); !until.empty())
    text += fmt::format(" until {}", until);
  return text;
}

Table JobTable(const jobs::ListJobsResponse& list, absl::Time now) {
  Table table{.heading = {"JOB", "FROM", "V", "U", "STATE", "WHO", "UNTIL", "DEADLINE", "HEADLINE"},
              .flexible = 8};
  for (const jobs::Job& job : list.jobs()) {
    table.rows.push_back({ShortJob(job.name()), job.from(), NumberText(job.version()),
                          NumberText(job.urgency()), StateWord(job), WhoText(job), UntilText(job),
                          DeadlineText(job, now), job.headline()});
  }
  return table;
}

Fields DescribeJob(const jobs::Job& job, absl::Time now) {
  return {{"job", job.name()},
          {"headline", job.headline()},
          {"article",
           job.version() > 0 ? fmt::format("{}@{}", job.article(), job.version()) : job.article()},
          {"source", job.source()},
          {"languages", fmt::format("{} into {}", job.from(), job.language())},
          {"state", JobStateText(job)},
          {"done", job.segments_done() > 0 ? fmt::format("{} segments", job.segments_done()) : ""},
          {"workflow", WordOfValue(jobs::Workflow_Name(job.workflow()), "WORKFLOW_")},
          {"urgency", NumberText(job.urgency())},
          {"attempts", NumberText(job.attempts())},
          {"note", job.note()},
          {"wanted", TimeText(job.has_wanted_time(), job.wanted_time())},
          {"deadline", DeadlineText(job, now)},
          {"translation", job.revision() > 0 ? fmt::format("revision {}", job.revision()) : ""},
          {"backfill", NumberText(job.backfill())}};
}

std::string NextStep(const jobs::Job& job) {
  const std::string name = ShortJob(job.name());
  const auto command = [&](std::string_view verb) {
    return fmt::format("telexctl translations {} {}", verb, name);
  };
  switch (job.state()) {
    case jobs::JOB_STATE_OPEN:
      if (job.worker() == jobs::WORKER_REVIEWER)
        return fmt::format("{}, and review it: --approve, --reject or --replace FILE",
                           command("export"));
      return job.worker() == jobs::WORKER_PERSON ? command("edit") : std::string();
    case jobs::JOB_STATE_CLAIMED:
      return job.token() > 0 ? command("edit") : std::string();
    case jobs::JOB_STATE_DEAD:
      return command("replay");
    case jobs::JOB_STATE_DONE:
      return command("get");
    case jobs::JOB_STATE_CANCELED:
      return command("request");
    default:
      return {};
  }
}

Fields DescribeStats(const jobs::QueueStats& stats, absl::Time now) {
  const auto count = [](std::int64_t number) { return std::to_string(number); };
  return {{"open", count(stats.open())},
          {"claimed", count(stats.claimed())},
          {"waiting", count(stats.waiting())},
          {"dead", count(stats.dead())},
          {"done", count(stats.done())},
          {"canceled", count(stats.canceled())},
          {"oldest open",
           stats.has_oldest_wanted_time()
               ? fmt::format("wanted {}, {} ago", TimeText(true, stats.oldest_wanted_time()),
                             AgeText(now - InstantOf(stats.oldest_wanted_time())))
               : ""}};
}

Table PairTable(const jobs::QueueStats& stats) {
  Table table{.heading = {"PAIR", "MACHINE", "PERSON", "REVIEWER", "OF BACKFILLS", ""},
              .flexible = 5};
  for (const jobs::PairStats& pair : stats.pairs()) {
    table.rows.push_back({PairName(pair.from(), pair.to()), std::to_string(pair.open_machine()),
                          std::to_string(pair.open_person()), std::to_string(pair.open_review()),
                          std::to_string(pair.backfill()), pair.paused() ? "paused" : ""});
  }
  return table;
}

Table EngineTable(const jobs::QueueStats& stats) {
  const auto of = [](std::int64_t used, std::int64_t max) {
    return max > 0 ? fmt::format("{} of {}", used, max) : std::to_string(used);
  };
  Table table{.heading = {"ENGINE", "CHARACTERS TODAY", "THIS MONTH", "LEFT ALONE FOR"},
              .flexible = 3};
  for (const jobs::EngineStats& engine : stats.engines()) {
    table.rows.push_back({engine.name(), of(engine.characters_today(), engine.characters_day_max()),
                          of(engine.characters_month(), engine.characters_month_max()),
                          fmt::format("{}", fmt::join(engine.closed(), ", "))});
  }
  return table;
}

}  // namespace telex::cli
