#include "translation/adapters/machine/machine_worker.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <optional>
#include <utility>

#include "news/article_name.h"
#include "news/text_cut.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "platform/observe/log.h"
#include "translation/domain/queue_rule.h"

namespace telex::translation {
namespace {

// Beyond what was asked for: whoever answers does so at his deadline.
constexpr absl::Duration kAnswerGrace = absl::Seconds(5);
constexpr int kAppendsMax = 3;
// What is not to be had here yet: the article has gone on, or has not come.
constexpr absl::Duration kSoon = absl::Seconds(10);
// Who waits for engines that were asked and have failed comes back later each time, so that his
// attempts are not spent before an engine is back.
constexpr absl::Duration kStretched[] = {absl::Minutes(5), absl::Minutes(20), absl::Hours(1)};

// Waits for what is told by a callback.
template <typename Value>
absl::StatusOr<Value> Await(
    absl::Duration timeout,
    const std::function<void(std::function<void(absl::StatusOr<Value>)>)>& ask) {
  auto promise = std::make_shared<std::promise<absl::StatusOr<Value>>>();
  std::future<absl::StatusOr<Value>> answer = promise->get_future();
  ask([promise](absl::StatusOr<Value> value) { promise->set_value(std::move(value)); });
  if (answer.wait_for(absl::ToChronoNanoseconds(timeout + kAnswerGrace)) !=
      std::future_status::ready) {
    return errors::Error(absl::StatusCode::kUnavailable, errors::kDecisionPending, "no answer");
  }
  return answer.get();
}

std::string NoteOf(const absl::Status& status) {
  return news::CutText(std::string(status.message()), kMachineNoteBytesMax, kMachineNoteBytesMax);
}

absl::Duration StretchedBy(int attempts) {
  const int first = kAttemptsMax - static_cast<int>(std::size(kStretched));
  return attempts < first
             ? absl::ZeroDuration()
             : kStretched[std::min<std::size_t>(static_cast<std::size_t>(attempts - first),
                                                std::size(kStretched) - 1)];
}

}  // namespace

struct MachineWorker::Held {
  JobRow row;
  absl::Time extend_at;
  std::shared_ptr<std::atomic<bool>> lost = std::make_shared<std::atomic<bool>>(false);
};

MachineWorker::MachineWorker(MachineWorkerOptions options, MachineWorkerPorts ports)
    : options_(std::move(options)), ports_(std::move(ports)) {
  ports_.desk.OnJobs([bell = bell_] { bell->Ring(); });
  ports_.desk.OnPurged([kept = kept_](const news::ArticleId& article) { kept->Purge(article); });
}

MachineWorker::~MachineWorker() { Stop(); }

void MachineWorker::Start(const HeartbeatOf& heartbeat) {
  GiveBackLeftovers();
  const std::lock_guard lock(joining_);
  for (int i = 1; i <= options_.threads; ++i) {
    threads_.emplace_back(
        [this, carried = heartbeat ? heartbeat(i) : nullptr](const std::stop_token& stop) {
          const observe::ScopedHeartbeat beats(carried);
          Run(stop);
        });
  }
}

void MachineWorker::Stop() {
  stopping_ = true;
  const std::lock_guard lock(joining_);
  for (std::jthread& thread : threads_) thread.request_stop();
  threads_.clear();
}

void MachineWorker::Bell::Ring() {
  {
    const std::lock_guard lock(mutex);
    ++times;
  }
  rung.notify_one();
}

void MachineWorker::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    observe::Beat();
    std::uint64_t times = 0;
    {
      const std::lock_guard lock(bell_->mutex);
      times = bell_->times;
    }
    if (WorkOnce(stop)) continue;
    std::unique_lock lock(bell_->mutex);
    bell_->rung.wait_for(lock, stop, absl::ToChronoNanoseconds(options_.poll_interval),
                         [&] { return bell_->times != times; });
  }
}

absl::StatusOr<std::vector<ClaimedJob>> MachineWorker::Claim() const {
  const ClaimWish wish{.worker = Worker::kMachine, .pairs = {}, .count = options_.jobs_per_claim};
  const JobDesk::Asker asker{.actor = options_.actor,
                             .request_id = "",
                             .deadline = ports_.now() + options_.append_timeout};
  return Await<std::vector<ClaimedJob>>(options_.append_timeout, [&](JobDesk::Claimed claimed) {
    ports_.desk.Claim(wish, options_.lease, asker, std::move(claimed));
  });
}

bool MachineWorker::WorkOnce(const std::stop_token& stop) {
  auto claimed = Claim();
  if (!claimed.ok() || claimed->empty()) return false;
  if (claimed->size() == options_.jobs_per_claim)
    bell_->Ring();  // there may be more, for the next thread
  std::list<Held> jobs;
  const absl::Time extend_at = ports_.now() + options_.lease / 3;
  for (ClaimedJob& job : *claimed)
    jobs.push_back({.row = std::move(job.job), .extend_at = extend_at});
  while (!jobs.empty()) {
    observe::Beat();
    Held held = std::move(jobs.front());
    jobs.pop_front();
    Work(held, jobs, stop);
  }
  return true;
}

void MachineWorker::Work(Held& held, std::list<Held>& others, const std::stop_token& stop) {
  if (*held.lost) return ports_.metrics.CameToNothing("lost");
  if (stop.stop_requested()) return Release(held);
  const absl::StatusOr<JobText> text = ports_.desk.Open(held.row.id, held.row.version);
  if (!text.ok()) return CannotOpen(held, text.status());
  Tell(held, Translate(held, others, *text, stop));
}

MachineResult MachineWorker::Translate(Held& held, std::list<Held>& others, const JobText& text,
                                       const std::stop_token& stop) {
  const std::shared_ptr<const Glossary> glossary = ports_.glossary({text.from, text.to});
  const std::vector<DoneSegment> kept = TakeKept(held.row);
  return RunMachineJob(
      {.text = text, .plan = ports_.plan(held.row, text), .glossary = glossary.get(), .kept = kept},
      {.engines = ports_.engines,
       .go_on = [&](int segments_done) { return Extend(others, held, segments_done); },
       .stop = stop});
}

// The leases of all that this thread holds, when a third of them is over. Nobody waits for it: a
// lease that is lost is noticed before the next question, or by whoever completes.
bool MachineWorker::Extend(std::list<Held>& others, Held& held, int segments_done) {
  observe::Beat();
  const absl::Time now = ports_.now();
  const auto extend = [&](Held& one, int done) {
    if (now < one.extend_at) return;
    one.extend_at = now + options_.lease / 3;
    JobFact fact = FactOf(one);
    fact.what = Extended{.token = one.row.since,
                         .lease_ms = absl::ToInt64Milliseconds(options_.lease),
                         .segments_done = done};
    ports_.desk.Append(std::move(fact), nullptr, now + options_.append_timeout,
                       [lost = one.lost](const absl::StatusOr<Outcome>& outcome) {
                         if (outcome.ok() && outcome->refusal != Refusal::kNone) *lost = true;
                       });
  };
  extend(held, segments_done);
  for (Held& other : others) extend(other, 0);
  return !*held.lost;
}

// What becomes of a job
// -------------------------------------------------------------------------------------------------

void MachineWorker::CannotOpen(const Held& held, const absl::Status& why) {
  Failed failed{.reason = errors::ReasonOf(why), .note = NoteOf(why)};
  if (failed.reason.empty()) failed.reason = errors::kInternal;
  // A story that cannot be cut into segments cannot be by a person either.
  failed.permanent = why.code() == absl::StatusCode::kInvalidArgument;
  failed.untried = !failed.permanent;
  failed.retry_after_ms = absl::ToInt64Milliseconds(kSoon);
  Fail(held, std::move(failed), nullptr);
}

void MachineWorker::Tell(const Held& held, MachineResult result) {
  if (auto* const completed = std::get_if<MachineCompleted>(&result.what)) {
    JobFact fact = FactOf(held);
    fact.what = Completed{.token = held.row.since, .version = held.row.version};
    const auto outcome = Append(held, fact, &completed->text);
    if (outcome.ok() && outcome->refusal == Refusal::kNone) {
      ports_.metrics.Completed(completed->was_asked);
    } else {
      ports_.metrics.CameToNothing("lost");
    }
    return;
  }
  v1::Text so_far;
  so_far.mutable_costs()->Assign(result.costs.begin(), result.costs.end());
  so_far.mutable_segments()->Assign(result.made.begin(), result.made.end());
  if (so_far.ByteSizeLong() > kTextBytesMax) so_far.clear_segments();
  if (auto* const waits = std::get_if<MachineWaits>(&result.what)) {
    TellWaits(held, std::move(*waits), so_far);
  } else if (auto* const failed = std::get_if<MachineFailed>(&result.what)) {
    Fail(held,
         {.permanent = !failed->escalate,
          .escalate = failed->escalate,
          .reason = std::move(failed->reason),
          .note = std::move(failed->note)},
         &so_far);
  } else if (*held.lost) {
    ports_.metrics.CameToNothing("lost");
  } else {
    Release(held);
  }
}

void MachineWorker::TellWaits(const Held& held, MachineWaits waits, const v1::Text& so_far) {
  const bool was_asked = waits.was_asked;
  Keep(held.row, std::move(waits.kept));
  Failed failed{.reason = std::string(errors::kEngineClosed),
                .note = std::move(waits.note),
                .untried = !was_asked};
  absl::Duration pause = waits.retry_after;
  if (was_asked) pause = std::max(pause, StretchedBy(held.row.attempts));
  failed.retry_after_ms = absl::ToInt64Milliseconds(pause);
  // It may be this story that brings the engine down.
  failed.escalate = was_asked && held.row.attempts >= kAttemptsMax;
  Fail(held, std::move(failed), &so_far);
}

void MachineWorker::Release(const Held& held) {
  JobFact fact = FactOf(held);
  fact.what = Released{.token = held.row.since};
  ports_.desk.Append(std::move(fact), nullptr, ports_.now() + options_.append_timeout,
                     [](const absl::StatusOr<Outcome>&) {});
  ports_.metrics.CameToNothing("released");
}

// What this replica's process before held when it died. That counts as an attempt, as if the lease
// were over: it may be a story that brings workers down.
void MachineWorker::GiveBackLeftovers() {
  const std::vector<JobRow> leftovers = ports_.desk.HeldBy(options_.actor);
  for (const JobRow& row : leftovers) {
    const Held held{.row = row};
    JobFact fact = FactOf(held);
    fact.what = Failed{.token = row.since, .reason = std::string(errors::kWorkerRestarted)};
    ports_.desk.Append(std::move(fact), nullptr, ports_.now() + options_.append_timeout,
                       [](const absl::StatusOr<Outcome>&) {});
    ports_.metrics.CameToNothing(errors::kWorkerRestarted);
  }
  if (leftovers.empty()) return;
  observe::Log(observe::Severity::kInfo, "claims of an earlier process given back",
               {{"jobs", static_cast<std::int64_t>(leftovers.size())}});
}

void MachineWorker::Fail(const Held& held, Failed failed, const v1::Text* so_far) {
  ports_.metrics.CameToNothing(failed.reason);
  observe::Log(failed.untried ? observe::Severity::kDebug : observe::Severity::kWarning,
               "engines have not translated a story",
               {{"article", held.row.id.article.ToString()},
                {"version", held.row.version.number},
                {"language", held.row.id.language.text()},
                {"reason", failed.reason},
                {"note", failed.note}});
  failed.token = held.row.since;
  v1::Text told;
  if (so_far != nullptr) told = *so_far;
  if (!failed.escalate) told.clear_segments();  // whoever tries it again has them in memory
  JobFact fact = FactOf(held);
  fact.what = std::move(failed);
  Append(held, fact, &told).IgnoreError();
}

// A fact that may have been appended is appended again as the same request: it counts once.
absl::StatusOr<Outcome> MachineWorker::Append(const Held& held, const JobFact& fact,
                                              const v1::Text* text) const {
  absl::StatusOr<Outcome> outcome = absl::UnknownError("");
  for (int i = 0; i < kAppendsMax; ++i) {
    observe::Beat();
    outcome = Await<Outcome>(options_.append_timeout, [&](JobDesk::Told told) {
      ports_.desk.Append(fact, text, ports_.now() + options_.append_timeout, std::move(told));
    });
    if (outcome.ok() || !absl::IsUnavailable(outcome.status()) || stopping_) break;
  }
  if (!outcome.ok()) {
    observe::Log(observe::Severity::kWarning, "what became of a job could not be put on record",
                 {{"article", held.row.id.article.ToString()},
                  {"language", held.row.id.language.text()},
                  {"error", outcome.status().ToString()}});
  }
  return outcome;
}

JobFact MachineWorker::FactOf(const Held& held) const {
  // A UUID of the claim: partitions have tokens of their own, and the job says which.
  const auto request =
      news::ArticleId::Of(options_.actor, fmt::format("{}.{}/{}", held.row.id.article.ToString(),
                                                      held.row.id.language.text(), held.row.since));
  return {.job = held.row.id,
          .actor = options_.actor,
          .request_id = request.ToString(),
          .what = Released{}};
}

// What was made so far
// -------------------------------------------------------------------------------------------------

void MachineWorker::Keep(const JobRow& row, std::vector<DoneSegment> segments) {
  if (segments.empty()) return;
  const std::lock_guard lock(kept_->mutex);
  if (std::ranges::find(kept_->purged, row.id.article) != kept_->purged.end()) return;
  kept_->attempts.push_front({row.id, row.version, std::move(segments)});
  if (kept_->attempts.size() > Kept::kJobsMax) kept_->attempts.pop_back();
}

void MachineWorker::Kept::Purge(const news::ArticleId& article) {
  const std::lock_guard lock(mutex);
  std::erase_if(attempts, [&](const Attempt& one) { return one.job.article == article; });
  purged.push_back(article);  // it may be with the engines now
  if (purged.size() > kPurgedMax) purged.pop_front();
}

std::vector<DoneSegment> MachineWorker::TakeKept(const JobRow& row) {
  const std::lock_guard lock(kept_->mutex);
  const auto found = std::ranges::find_if(kept_->attempts, [&](const Kept::Attempt& kept) {
    return kept.job == row.id && kept.version == row.version;
  });
  if (found == kept_->attempts.end()) return {};
  std::vector<DoneSegment> segments = std::move(found->segments);
  kept_->attempts.erase(found);
  return segments;
}

}  // namespace telex::translation
