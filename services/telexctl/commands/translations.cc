#include <absl/time/clock.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "telexctl/commands/article_name.h"
#include "telexctl/commands/command.h"
#include "telexctl/commands/job_name.h"
#include "telexctl/commands/translation_commands.h"
#include "telexctl/context.h"
#include "telexctl/failures/failure.h"
#include "telexctl/requests/input.h"
#include "telexctl/requests/job_requests.h"
#include "telexctl/views/job_view.h"
#include "telexctl/views/translation_view.h"

namespace telex::cli {
namespace {

constexpr std::int32_t kJobsPageMax = 200;

struct QueueFlags {
  std::string from;
  std::string to;
  std::vector<std::string> states;
  std::string holder;
  std::string article;
  std::string source;
  bool mine = false;
  std::int32_t limit = 50;
};

absl::StatusOr<jobs::ListJobsRequest> ListRequest(QueueFlags& flags, Context& context) {
  jobs::ListJobsRequest request;
  for (std::string* language : {&flags.from, &flags.to}) {
    if (language->empty()) continue;
    auto tag = Language(*language);
    if (!tag.ok()) return tag.status();
    *language = *std::move(tag);
  }
  if (!flags.from.empty() && !flags.to.empty()) {
    jobs::LanguagePair& pair = *request.add_pairs();
    pair.set_from(flags.from);
    pair.set_to(flags.to);
  }
  for (const std::string& word : flags.states) {
    const jobs::JobState state = JobStateOf(word);
    if (state == jobs::JOB_STATE_UNSPECIFIED) {
      return Usage(
          fmt::format("--state: {} is none of {}", word, fmt::join(JobStateWords(), ", ")));
    }
    request.add_states(state);
  }
  if (flags.mine && flags.states.empty()) request.add_states(jobs::JOB_STATE_CLAIMED);
  request.set_holder(flags.holder);
  if (!flags.article.empty()) {
    auto article = FindArticle(flags.article, Versions::kRefused, context);
    if (!article.ok()) return article.status();
    request.set_article(*std::move(article));
  }
  if (!flags.source.empty()) request.set_source(SourceName(flags.source));
  request.set_page_size(std::min(flags.limit, kJobsPageMax));
  return request;
}

// The token of a claim is shown to its holder alone, and not in lists.
bool IsMine(const jobs::Job& job, TranslationApi& api) {
  if (job.state() != jobs::JOB_STATE_CLAIMED || job.holder().starts_with("engines/")) return false;
  const auto shown = GetJob(job.name(), api);
  return shown.ok() && shown->token() > 0;
}

// What the service has no filter for.
bool Passes(const jobs::Job& job, const QueueFlags& flags, TranslationApi& api) {
  return (flags.from.empty() || job.from() == flags.from) &&
         (flags.to.empty() || job.language() == flags.to) && (!flags.mine || IsMine(job, api));
}

absl::StatusOr<jobs::ListJobsResponse> ListAll(const QueueFlags& flags,
                                               jobs::ListJobsRequest request, TranslationApi& api) {
  jobs::ListJobsResponse all;
  do {
    request.set_page_token(all.next_page_token());
    auto page = api.ListJobs(request);
    if (!page.ok()) return page.status();
    for (jobs::Job& job : *page->mutable_jobs()) {
      if (all.jobs_size() < flags.limit && Passes(job, flags, api)) all.add_jobs()->Swap(&job);
    }
    all.set_next_page_token(page->next_page_token());
  } while (!all.next_page_token().empty() && all.jobs_size() < flags.limit);
  return all;
}

void NoteOn(const jobs::ListJobsResponse& list, const QueueFlags& flags, Output& output) {
  std::set<std::string> paused;
  for (const jobs::Job& job : list.jobs()) {
    if (job.paused()) paused.insert(PairName(job.from(), job.language()));
  }
  for (const std::string& pair : paused) {
    output.Note(
        fmt::format("{} is paused: nobody is given its jobs until telexctl translations resume {}",
                    pair, pair));
  }
  if (!list.next_page_token().empty())
    output.Note(fmt::format("There are more than {}: --limit", flags.limit));
  if (list.jobs().empty()) output.Note("No job is so.");
  for (const jobs::Job& job : list.jobs()) {
    const std::string next = NextStep(job);
    if (next.empty() || job.paused()) continue;
    output.Note(fmt::format("next: {}", next));
    return;
  }
}

absl::Status Queue(QueueFlags flags, Context& context) {
  auto request = ListRequest(flags, context);
  if (!request.ok()) return request.status();
  const auto api = context.translations();
  if (!api.ok()) return api.status();
  const auto list = ListAll(flags, *std::move(request), **api);
  if (!list.ok()) return list.status();
  if (context.output().json()) {
    context.output().JsonList(*list);
    return absl::OkStatus();
  }
  context.output().Show(JobTable(*list, absl::Now()));
  NoteOn(*list, flags, context.output());
  return absl::OkStatus();
}

absl::Status Show(const JobOperands& operands, bool with_text, Context& context) {
  const auto name = FindJob(operands, context);
  if (!name.ok()) return name.status();
  const auto api = context.translations();
  if (!api.ok()) return api.status();
  auto job = GetJob(*name, **api);
  if (job.ok() && with_text) {
    auto text = GetJobText(*name, **api);
    if (!text.ok()) return text.status();
    *job->mutable_text() = *std::move(text);
  }
  const absl::Status status = AnswerJob(job, context);
  if (status.ok() && with_text && !context.output().json())
    context.output().Text(SegmentsText(job->text()));
  return status;
}

struct StatsFlags {
  std::string pair;
  bool watch = false;
};

void ShowStats(const jobs::QueueStats& stats, Output& output) {
  output.Show(DescribeStats(stats, absl::Now()));
  if (stats.pairs_size() > 0) {
    output.Text("\n");
    output.Show(PairTable(stats));
  }
  if (stats.engines_size() > 0) {
    output.Text("\n");
    output.Show(EngineTable(stats));
  }
}

// Until a person ends it; a replica that stops is followed by another.
absl::Status Watch(const jobs::GetQueueStatsRequest& request, TranslationApi& api,
                   Context& context) {
  Output& output = context.output();
  absl::StatusOr<bool> ended = false;
  do {
    bool told = false;
    ended = context.retrier().Run("translations stats", [&]() -> absl::StatusOr<bool> {
      const absl::Status status = api.WatchQueue(request, [&](const jobs::QueueStats& stats) {
        told = true;
        if (output.json()) {
          output.Text(ToJson(stats, false));
        } else {
          output.Text(absl::FormatTime("\n%Y-%m-%dT%H:%M:%SZ\n", absl::Now(), absl::UTCTimeZone()));
          ShowStats(stats, output);
        }
        output.Flush();
        return true;
      });
      if (status.ok()) return true;
      if (told && absl::IsUnavailable(status)) return false;
      return status;
    });
  } while (ended.ok() && !*ended);
  return ended.status();
}

absl::Status Stats(const StatsFlags& flags, Context& context) {
  jobs::GetQueueStatsRequest request;
  if (!flags.pair.empty()) {
    auto pair = PairOf(flags.pair);
    if (!pair.ok()) return pair.status();
    *request.add_pairs() = *std::move(pair);
  }
  const auto api = context.translations();
  if (!api.ok()) return api.status();
  if (flags.watch) return Watch(request, **api, context);
  const auto stats = (*api)->GetQueueStats(request);
  if (!stats.ok()) return stats.status();
  if (context.output().json()) {
    context.output().Json(*stats);
    return absl::OkStatus();
  }
  ShowStats(*stats, context.output());
  if (stats->dead() > 0) context.output().Note("next: telexctl translations queue --state dead");
  return absl::OkStatus();
}

void AddQueue(Command& translations) {
  const auto queue_flags = std::make_shared<QueueFlags>();
  Command queue =
      translations.Add("queue", "jobs, by article: how they stand, who has them, until when",
                       "telexctl translations queue --from en --to ru --state open",
                       [=](Context& context) { return Queue(*queue_flags, context); });
  queue.Text("--from", queue_flags->from, "from this language, BCP 47");
  queue.Text("--to", queue_flags->to, "into this language");
  queue.Texts("--state", queue_flags->states,
              fmt::format("{}; may be repeated; without: those that are not at rest",
                          fmt::join(JobStateWords(), ", ")));
  queue.Text("--holder", queue_flags->holder, "claimed by this person or engine");
  queue.Switch("--mine", queue_flags->mine, "claimed by you");
  queue.Text("--article", queue_flags->article, "of this article, by any of its names");
  queue.Text("--source", queue_flags->source, "of stories of this source");
  queue.Number("--limit", queue_flags->limit, "how many").ShowDefault().Between(1, 100'000);

  const auto job = std::make_shared<JobOperands>();
  const auto with_text = std::make_shared<bool>(false);
  Command show =
      translations.Add("show", "one job: who has it, until when, why it failed or was rejected",
                       "telexctl translations show 5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2 ru",
                       [=](Context& context) { return Show(*job, *with_text, context); });
  AddJobOperands(show, *job);
  show.Switch("--text", *with_text, "its segments, too, beside what there is of their translation");

  const auto stats_flags = std::make_shared<StatsFlags>();
  Command stats =
      translations.Add("stats", "how much is to be done, by whom, and what engines have used",
                       "telexctl translations stats --watch",
                       [=](Context& context) { return Stats(*stats_flags, context); });
  stats.Text("PAIR", stats_flags->pair, "en.ru: the table of this pair alone; the sums are of all");
  stats.Switch("--watch", stats_flags->watch, "again when it changes, until Ctrl-C");
}

}  // namespace

void AddTranslations(Command& program) {
  Command translations =
      program.AddGroup("translations", "the translation queue: look, claim, translate, review",
                       "telexctl translations queue --to ru\n"
                       "  telexctl translations edit 5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2 ru\n"
                       "  telexctl translations stats --watch");
  AddQueue(translations);
  AddTranslationSteering(translations);
  AddTranslationClaims(translations);
  AddTranslationFiles(translations);
  AddTranslationReading(translations);
  AddTranslationResources(translations);
}

}  // namespace telex::cli
