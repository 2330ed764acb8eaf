#include "translation/adapters/desk/log_job_desk.h"

#include <fmt/format.h>

#include <limits>
#include <random>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "platform/runtime/deadline.h"
#include "translation/adapters/desk/job_answers.h"
#include "translation/domain/pair_name.h"
#include "translation/domain/queue_rule.h"

namespace telex::translation {
namespace {

runtime::Deadline Until(absl::Time deadline) {
  return runtime::Deadline::After(deadline - absl::Now());
}

// The claims of one call, as their facts are read.
struct Claiming {
  std::mutex mutex;
  std::size_t left = 0;
  absl::Status failure;
  std::vector<ClaimedJob> claimed;
  JobDesk::Claimed done;

  void Add(absl::StatusOr<Outcome> outcome, std::string headline) {
    std::unique_lock lock(mutex);
    if (!outcome.ok()) {
      failure.Update(outcome.status());
    } else if (outcome->refusal == Refusal::kNone && outcome->stands && outcome->stands->claim &&
               outcome->stands->since == outcome->position) {
      claimed.push_back({*std::move(outcome->stands), std::move(headline)});
    }
    if (--left > 0) return;
    lock.unlock();
    // What has been granted is told, whatever became of the rest.
    if (claimed.empty() && !failure.ok()) return done(failure);
    done(std::move(claimed));
  }
};

JobFact ClaimFact(const JobId& job, Worker worker, absl::Duration lease,
                  const JobDesk::Asker& asker) {
  return {.job = job,
          .actor = asker.actor,
          .request_id = asker.request_id,
          .what = Claimed{.worker = worker, .lease_ms = absl::ToInt64Milliseconds(lease)}};
}

absl::Status PairPaused(const JobId& job, const Pair& pair) {
  return errors::Error(
      absl::StatusCode::kFailedPrecondition, errors::kPairPaused,
      fmt::format("{} is paused: nobody is given its jobs, by name either", PairName(pair)),
      {{"job", NameOf(job)}, {"pair", PairName(pair)}});
}

}  // namespace

AppendNames::AppendNames() {
  std::random_device random;
  prefix_ = fmt::format("{:08x}{:08x}-", random(), random());
}

std::string AppendNames::Next() { return fmt::format("{}{}", prefix_, ++next_); }

absl::Status NoSuchJob(const JobId& job) {
  return errors::Error(
      absl::StatusCode::kNotFound, errors::kJobNotFound,
      fmt::format("there is no job jobs/{}.{}", job.article.ToString(), job.language.text()));
}

LogJobDesk::LogJobDesk(TranslationStore& store, AppendNames& names)
    : store_(store),
      names_(names),
      requests_({.append =
                     [this](kafka::Record record, kafka::Publisher::Callback done) {
                       append_(std::move(record), std::move(done));
                     },
                 .find = [this](const kafka::Position& place) { return store_.FindOutcome(place); },
                 .is_readable = [](const Outcome&) { return true; }}) {
  store_.OnOutcomes([this](std::span<const FactOutcome> read) { requests_.AnswersRead(read); });
  store_.OnJobs([this] { JobsChanged(); });
  store_.OnPurged([this](std::span<const news::ArticleId> articles) { ArticlesPurged(articles); });
}

LogJobDesk::~LogJobDesk() {
  store_.OnOutcomes({});
  store_.OnJobs({});
  store_.OnPurged({});
}

void LogJobDesk::AppendThrough(kafka::Publisher& publisher) {
  AppendThrough([&publisher](kafka::Record record, kafka::Publisher::Callback done) {
    publisher.Publish(std::move(record), std::move(done));
  });
}

void LogJobDesk::AppendThrough(AppendRecord append) {
  append_ = std::move(append);
  appends_ = true;
}

void LogJobDesk::JobsChanged() {
  std::vector<std::function<void()>> listeners;
  {
    const std::lock_guard lock(mutex_);
    listeners = listeners_;
  }
  for (const auto& listener : listeners) listener();
}

std::vector<JobRow> LogJobDesk::HeldBy(std::string_view holder) const {
  std::vector<JobRow> held;
  for (std::int32_t partition = 0; partition < store_.queues().partitions(); ++partition) {
    for (JobRow& row : store_.queues().Pick(
             partition, std::numeric_limits<std::size_t>::max(),
             [](const JobTable&, const Job& job) { return job.state == JobState::kClaimed; })) {
      if (row.claim && row.claim->holder == holder) held.push_back(std::move(row));
    }
  }
  return held;
}

void LogJobDesk::OnJobs(std::function<void()> listener) {
  const std::lock_guard lock(mutex_);
  listeners_.push_back(std::move(listener));
}

void LogJobDesk::ArticlesPurged(std::span<const news::ArticleId> articles) {
  std::vector<std::function<void(const news::ArticleId&)>> listeners;
  {
    const std::lock_guard lock(mutex_);
    listeners = purge_listeners_;
  }
  for (const auto& listener : listeners) {
    for (const news::ArticleId& article : articles) listener(article);
  }
}

void LogJobDesk::OnPurged(std::function<void(const news::ArticleId& article)> listener) {
  const std::lock_guard lock(mutex_);
  purge_listeners_.push_back(std::move(listener));
}

void LogJobDesk::Append(JobFact fact, const v1::Text* text, absl::Time deadline, Told told) {
  const std::int32_t partitions = store_.queues().partitions();
  if (partitions == 0) return told(NotCaughtUp());
  kafka::Record record = RecordOf(fact, names_.Next(), partitions, text);
  if (absl::Status unreadable = CheckJobRecord(record); !unreadable.ok()) return told(unreadable);
  if (!IsCaughtUp()) return told(NotCaughtUp());
  requests_.Request(std::move(record), Until(deadline), std::move(told));
}

bool LogJobDesk::IsCurrent(const JobRow& job) const {
  const auto head = store_.articles().Head(job.id.article);
  return head && head->to_be_translated && head->version == job.version;
}

void LogJobDesk::Claim(const ClaimWish& wish, absl::Duration lease, const Asker& asker,
                       Claimed claimed) {
  if (!IsCaughtUp()) return claimed(NotCaughtUp());
  const std::uint64_t request = RequestHash({.job = {},
                                             .actor = asker.actor,
                                             .request_id = asker.request_id,
                                             .what = translation::Claimed{}});
  if (request != 0) {
    // A repeat while the first one is under way is given the same jobs, and no others.
    if (!BeginsClaim(request, std::move(claimed))) return;
    claimed = [this, request](const absl::StatusOr<std::vector<ClaimedJob>>& jobs) {
      TellClaimed(request, jobs);
    };
    std::vector<ClaimedJob> before = ClaimedBefore(request);
    if (!before.empty()) return claimed(std::move(before));
  }
  std::vector<JobRow> jobs = store_.queues().Choose(wish);
  // What the article has left behind stays reserved until a fact or the article says more.
  std::erase_if(jobs, [&](const JobRow& job) { return !IsCurrent(job); });
  ClaimAll(std::move(jobs), wish.worker, lease, asker, std::move(claimed));
}

bool LogJobDesk::BeginsClaim(std::uint64_t request, Claimed claimed) {
  const std::lock_guard lock(mutex_);
  std::vector<Claimed>& waiting = claiming_[request];
  waiting.push_back(std::move(claimed));
  return waiting.size() == 1;
}

void LogJobDesk::TellClaimed(std::uint64_t request,
                             const absl::StatusOr<std::vector<ClaimedJob>>& claimed) {
  std::vector<Claimed> waiting;
  {
    const std::lock_guard lock(mutex_);
    auto node = claiming_.extract(request);
    if (!node.empty()) waiting = std::move(node.mapped());
  }
  for (const Claimed& one : waiting) one(claimed);
}

std::vector<ClaimedJob> LogJobDesk::ClaimedBefore(std::uint64_t request) const {
  std::vector<ClaimedJob> before;
  for (JobRow& row : store_.queues().ClaimedBy(request)) {
    const auto head = store_.articles().Head(row.id.article);
    before.push_back({std::move(row), head ? head->headline : ""});
  }
  return before;
}

void LogJobDesk::ClaimOne(const JobId& job, Worker worker, absl::Duration lease, const Asker& asker,
                          Claimed claimed) {
  if (!IsCaughtUp()) return claimed(NotCaughtUp());
  const auto row = store_.queues().Find(job);
  if (!row) return claimed(NoSuchJob(job));
  const Pair pair{row->from, job.language};
  const std::uint64_t request = RequestHash(ClaimFact(job, worker, lease, asker));
  const bool is_repeated = request != 0 && row->claim && row->claim->request == request;
  if (store_.queues().IsPaused(pair) && !is_repeated) return claimed(PairPaused(job, pair));
  ClaimAll({*row}, worker, lease, asker, std::move(claimed));
}

void LogJobDesk::ClaimAll(const std::vector<JobRow>& jobs, Worker worker, absl::Duration lease,
                          const Asker& asker, Claimed claimed) {
  if (jobs.empty()) return claimed(std::vector<ClaimedJob>{});
  const auto claiming = std::make_shared<Claiming>();
  claiming->left = jobs.size();
  claiming->done = std::move(claimed);
  for (const JobRow& job : jobs) {
    const auto head = store_.articles().Head(job.id.article);
    Append(ClaimFact(job.id, worker, lease, asker), nullptr, asker.deadline,
           [this, claiming, id = job.id,
            headline = head ? head->headline : std::string()](absl::StatusOr<Outcome> outcome) {
             if (!outcome.ok()) store_.queues().Unreserve(id);
             claiming->Add(std::move(outcome), headline);
           });
  }
}

void LogJobDesk::Pause(const PairPause& pause, absl::Time deadline,
                       std::function<void(absl::Status)> done) {
  if (!IsCaughtUp()) return done(NotCaughtUp());
  kafka::Record record = RecordOf(pause, store_.queues().partitions());
  if (absl::Status unreadable = CheckJobRecord(record); !unreadable.ok()) return done(unreadable);
  requests_.Request(
      std::move(record), Until(deadline),
      [done = std::move(done)](const absl::StatusOr<Outcome>& read) { done(read.status()); });
}

absl::StatusOr<JobText> LogJobDesk::Open(const JobId& job, news::Version version) const {
  const auto head = store_.articles().Head(job.article);
  const auto article = store_.articles().Read(job.article, version);
  if (!head || !article) return NoSuchJob(job);
  if (!head->to_be_translated) return ArticleWithdrawn();
  if (head->version != version) {
    return errors::Error(absl::StatusCode::kFailedPrecondition, errors::kJobOutdated,
                         fmt::format("the article has gone on to version {}, the job asks for {}",
                                     head->version.number, version.number));
  }
  ASSIGN_OR_RETURN(OpenedJobText opened, OpenOf(article->article, job.language));
  return std::move(opened.text);
}

absl::StatusOr<OpenedJobText> LogJobDesk::OpenOf(const news::Article& article,
                                                 const news::LanguageTag& to) const {
  const Pair pair{article.content.language, to};
  std::shared_ptr<const GlossaryVersion> glossary = store_.resources().GlossaryOf(pair);
  const auto recall = [&](std::string_view source) { return store_.memory().Recall(pair, source); };
  GlossaryInUse in_use;
  if (glossary != nullptr) in_use = {.glossary = &glossary->glossary, .version = glossary->version};
  ASSIGN_OR_RETURN(JobText text, OpenText(store_, article, to, recall, in_use));
  return OpenedJobText{std::move(text), std::move(glossary)};
}

}  // namespace telex::translation
