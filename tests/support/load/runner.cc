#include "tests/support/load/runner.h"

#include <fmt/format.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <zlib.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <queue>
#include <thread>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/grpc/channel.h"
#include "platform/grpc/status.h"
#include "telex/ingestion/v1/ingestion_service.grpc.pb.h"
#include "telex/ingestion/v1/source_service.grpc.pb.h"

namespace telex::load {
namespace {

namespace api = telex::ingestion::v1;
using Answer = telex::news::v1::Article;

constexpr absl::Duration kPauseFirst = absl::Milliseconds(50);
constexpr absl::Duration kPauseMax = absl::Seconds(1);

struct Replica {
  std::string address;
  std::unique_ptr<rpc::Caller> caller;
  std::unique_ptr<api::IngestionService::Stub> stories;
  std::unique_ptr<api::SourceService::Stub> sources;
};

// A step of a story on its way, with all its tries. Owned by whoever works on it: a queue, or the
// call in flight.
struct Job {
  Outcome outcome;
  std::vector<Step> steps;
  std::size_t step = 0;
  std::string name;  // once it is known
  std::size_t replica = 0;
  std::unique_ptr<grpc::ClientContext> context;
  api::CreateArticleRequest create;
  api::UpdateArticleRequest update;
  api::KillArticleRequest kill;
  api::PurgeArticleRequest purge;
  Answer answer;
};

using JobPtr = std::shared_ptr<Job>;

struct Later {
  absl::Time when;
  JobPtr job;
  bool operator<(const Later& other) const { return when > other.when; }  // the earliest on top
};

bool MayRepeat(const Job& job, const absl::Status& status) {
  if (absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status)) return true;
  // A replica that has not read yet what another one acknowledged.
  return absl::IsNotFound(status) && job.outcome.step != Step::kCreate;
}

// In whole milliseconds, as Telex keeps times.
absl::Time FromNow(absl::Duration how_long) {
  return absl::FromUnixMillis(absl::ToUnixMillis(absl::Now() + how_long));
}

void Set(google::protobuf::Timestamp& field, absl::Time time) {
  const std::int64_t ms = absl::ToUnixMillis(time);
  field.set_seconds(ms / 1000);
  field.set_nanos(static_cast<std::int32_t>(ms % 1000) * 1'000'000);
}

class Runner {
 public:
  Runner(const RunSettings& settings, const Stories& stories,
         const std::function<void(const Outcome&)>& tell)
      : settings_(settings), stories_(stories), tell_(tell) {}

  absl::Status Go();

 private:
  absl::Status Connect();
  absl::Status MakeSource();
  void Prepare(Job& job) const;
  void Send(const JobPtr& job);
  void OnAnswer(const JobPtr& job, const absl::Status& status);
  // Under the mutex.
  JobPtr NextDue(absl::Time now);
  JobPtr NewStory();
  std::int64_t Count() const {
    return settings_.stop != nullptr && *settings_.stop ? begun_ : settings_.count;
  }

  const RunSettings& settings_;
  const Stories& stories_;
  const std::function<void(const Outcome&)>& tell_;
  std::vector<Replica> replicas_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::priority_queue<Later> later_;      // repeats: as soon as their pause is over
  std::priority_queue<Later> next_step_;  // take their turn like new stories
  std::int64_t begun_ = 0;                // stories
  std::int64_t done_ = 0;
  int in_flight_ = 0;
  std::mutex tell_mutex_;
};

absl::Status Runner::Connect() {
  for (const std::string& address : settings_.addresses) {
    auto caller = rpc::Caller::Make({.address = address, .token = settings_.token});
    if (!caller.ok()) return caller.status();
    Replica replica{.address = address, .caller = *std::move(caller)};
    replica.stories = api::IngestionService::NewStub(replica.caller->channel());
    replica.sources = api::SourceService::NewStub(replica.caller->channel());
    replicas_.push_back(std::move(replica));
  }
  return replicas_.empty() ? absl::InvalidArgumentError("no address") : absl::OkStatus();
}

absl::Status Runner::MakeSource() {
  api::CreateSourceRequest request;
  request.set_source_id(settings_.source);
  api::Source& source = *request.mutable_source();
  source.set_display_name("Load Courier");
  source.set_home_page("https://" + settings_.source);
  source.set_usage_terms("Use of materials only with a hyperlink to the source.");
  source.set_default_language("en");
  const absl::Time give_up = absl::Now() + settings_.give_up_after;
  absl::Status status;
  // Every replica has to know it before stories of it come.
  for (Replica& replica : replicas_) {
    while (true) {
      grpc::ClientContext context;
      replica.caller->Prepare(context, settings_.deadline);
      api::Source answer;
      status = rpc::FromGrpc(replica.sources->CreateSource(&context, request, &answer));
      if (status.ok() || absl::IsAlreadyExists(status)) break;
      const bool again = absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
      if (!again || absl::Now() > give_up) return status;
      absl::SleepFor(kPauseMax);
    }
  }
  return absl::OkStatus();
}

void Runner::Prepare(Job& job) const {
  const std::int64_t story = job.outcome.story;
  const Step step = job.outcome.step;
  const std::string request_id = stories_.RequestIdOf(story, step);
  switch (step) {
    case Step::kCreate: {
      job.create.set_request_id(request_id);
      Answer& article = *job.create.mutable_article();
      article.set_source("sources/" + settings_.source);
      article.set_key(stories_.KeyOf(story));
      article.set_headline(stories_.HeadlineOf(story, step));
      article.set_body_html(stories_.BodyOf(story, step));
      article.set_section(stories_.SectionOf(story));
      article.set_language(stories_.LanguageOf(story));
      if (const auto embargo = stories_.EmbargoOf(story)) {
        job.outcome.embargoed = FromNow(*embargo);
        Set(*article.mutable_embargoed(), *job.outcome.embargoed);
      }
      if (const auto expiry = stories_.ExpiryOf(story)) {
        job.outcome.expires = FromNow(*expiry);
        Set(*article.mutable_expires(), *job.outcome.expires);
      }
      return;
    }
    case Step::kCorrect: {
      job.update.set_request_id(request_id);
      Answer& article = *job.update.mutable_article();
      article.set_name(job.name);
      article.set_headline(stories_.HeadlineOf(story, step));
      article.set_body_html(stories_.BodyOf(story, step));
      job.update.mutable_update_mask()->add_paths("headline");
      job.update.mutable_update_mask()->add_paths("body_html");
      return;
    }
    case Step::kKill:
      job.kill.set_request_id(request_id);
      job.kill.set_name(job.name);
      job.kill.set_reason("killed by the load");
      return;
    case Step::kPurge:
      job.purge.set_request_id(request_id);
      job.purge.set_name(job.name);
      job.purge.set_reason("purged by the load");
      return;
  }
}

void Runner::Send(const JobPtr& job) {
  Replica& replica = replicas_[job->replica % replicas_.size()];
  job->context = std::make_unique<grpc::ClientContext>();
  replica.caller->Prepare(*job->context, settings_.deadline);
  job->answer.Clear();
  job->outcome.address = replica.address;
  job->outcome.tried = absl::Now();
  if (++job->outcome.tries == 1) job->outcome.started = job->outcome.tried;
  auto done = [this, job](const grpc::Status& status) { OnAnswer(job, rpc::FromGrpc(status)); };
  auto* async = replica.stories->async();
  switch (job->outcome.step) {
    case Step::kCreate:
      return async->CreateArticle(job->context.get(), &job->create, &job->answer, std::move(done));
    case Step::kCorrect:
      return async->UpdateArticle(job->context.get(), &job->update, &job->answer, std::move(done));
    case Step::kKill:
      return async->KillArticle(job->context.get(), &job->kill, &job->answer, std::move(done));
    case Step::kPurge:
      return async->PurgeArticle(job->context.get(), &job->purge, &job->answer, std::move(done));
  }
}

void Runner::OnAnswer(const JobPtr& job, const absl::Status& status) {
  const absl::Time now = absl::Now();
  Outcome& outcome = job->outcome;
  const bool repeat =
      !status.ok() && MayRepeat(*job, status) && now - outcome.started < settings_.give_up_after;
  if (!repeat) {
    outcome.status = status;
    outcome.ended = now;
    outcome.name = status.ok() ? job->answer.name() : job->name;
    outcome.version = job->answer.version();
    outcome.headline = job->answer.headline();
    outcome.pub_status = telex::news::v1::PubStatus_Name(job->answer.pub_status());
    if (job->answer.has_result()) outcome.result = job->answer.result();
    const std::string& body = job->answer.body_html();
    outcome.body_crc32 = static_cast<std::uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size())));
    std::lock_guard lock(tell_mutex_);
    tell_(outcome);
  }
  std::lock_guard lock(mutex_);
  --in_flight_;
  ++job->replica;
  if (repeat) {
    const int doublings = std::min(outcome.tries - 1, 8);
    later_.push({now + std::min(kPauseFirst * (1 << doublings), kPauseMax), job});
  } else if (status.ok() && job->step + 1 < job->steps.size()) {
    auto next = std::make_shared<Job>();
    next->steps = job->steps;
    next->step = job->step + 1;
    next->name = outcome.name;
    next->replica = job->replica;
    next->outcome.story = outcome.story;
    next->outcome.step = next->steps[next->step];
    next_step_.push({now + settings_.step_pause, std::move(next)});
  } else {
    ++done_;
  }
  changed_.notify_all();
}

JobPtr Runner::NewStory() {
  if (begun_ == Count()) return nullptr;
  auto job = std::make_shared<Job>();
  job->outcome.story = begun_;
  job->steps = stories_.StepsOf(begun_);
  job->replica = static_cast<std::size_t>(begun_);
  ++begun_;
  return job;
}

// Whose turn it is: a next step that has waited long enough, else a new story.
JobPtr Runner::NextDue(absl::Time now) {
  if (!next_step_.empty() && next_step_.top().when <= now) {
    JobPtr job = next_step_.top().job;
    next_step_.pop();
    return job;
  }
  return NewStory();
}

absl::Status Runner::Go() {
  if (absl::Status status = Connect(); !status.ok()) return status;
  if (absl::Status status = MakeSource(); !status.ok()) return status;
  const absl::Duration interval =
      settings_.rate > 0 ? absl::Seconds(1 / settings_.rate) : absl::ZeroDuration();
  absl::Time turn = absl::Now();
  std::unique_lock lock(mutex_);
  const auto wait_until = [&](absl::Time when) {
    changed_.wait_for(
        lock, absl::ToChronoNanoseconds(std::max(when - absl::Now(), absl::ZeroDuration())));
  };
  while (done_ < Count()) {
    const absl::Time now = absl::Now();
    JobPtr job;
    absl::Time wake = now + absl::Seconds(1);
    if (in_flight_ < settings_.concurrency) {
      if (!later_.empty() && later_.top().when <= now) {
        job = later_.top().job;
        later_.pop();
      } else if (turn <= now && (job = NextDue(now)) != nullptr) {
        job->outcome.due = settings_.rate > 0 ? turn : now;
        Prepare(*job);
        turn = settings_.rate > 0 ? turn + interval : now;
      }
      if (!later_.empty()) wake = std::min(wake, later_.top().when);
      if (turn > now) wake = std::min(wake, turn);
      if (!next_step_.empty()) wake = std::min(wake, std::max(next_step_.top().when, turn));
    }
    if (job == nullptr) {
      // A turn that nobody could take, for all wait for their pause, is not made up for later.
      if (in_flight_ < settings_.concurrency && begun_ == settings_.count)
        turn = std::max(turn, now);
      wait_until(wake);
      continue;
    }
    ++in_flight_;
    lock.unlock();
    Send(job);
    lock.lock();
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Run(const RunSettings& settings, const Stories& stories,
                 const std::function<void(const Outcome&)>& tell) {
  return Runner(settings, stories, tell).Go();
}

}  // namespace telex::load
