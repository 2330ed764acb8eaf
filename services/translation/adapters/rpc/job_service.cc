#include "translation/adapters/rpc/job_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "news/wire/time_codec.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "platform/text/ascii.h"
#include "translation/adapters/desk/job_answers.h"
#include "translation/adapters/rpc/job_advice.h"
#include "translation/domain/queue_rule.h"
#include "translation/domain/wanted_jobs.h"

namespace telex::translation {
namespace {

using rpc::Call;
using rpc::Done;
using rpc::Role;

using Segments = google::protobuf::RepeatedPtrField<v1::TranslatedSegment>;

absl::Duration DurationOf(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

// 1 s to 7 days.
absl::StatusOr<absl::Duration> LeaseOf(bool given, const google::protobuf::Duration& asked) {
  if (!given) return JobService::kLeaseDefault;
  const absl::Duration lease = DurationOf(asked);
  if (lease < absl::Milliseconds(kLeaseMsMin) || lease > absl::Milliseconds(kLeaseMsMax))
    return errors::FieldError("lease", errors::kFieldInvalid, "1 second to 7 days");
  return lease;
}

JobFact FactOf(const JobId& job, const Call& call, std::string_view request_id) {
  return {.job = job,
          .actor = call.actor.name,
          .request_id = text::AsciiLower(request_id),
          .what = Wanted{}};
}

std::vector<DoneSegment> DoneOf(const Segments& segments, const Maker& maker) {
  std::vector<DoneSegment> done;
  for (const v1::TranslatedSegment& segment : segments) {
    done.push_back({.place = segment.place(),
                    .target = segment.target(),
                    .origin = maker.person.empty() ? v1::ORIGIN_ENGINE : v1::ORIGIN_PERSON,
                    .engine = maker.engine,
                    .overruled = {segment.overruled().begin(), segment.overruled().end()}});
  }
  return done;
}

// Whether the job is the caller's by this token, as far as was read before the row was: who has
// made a text is said by its claim.
absl::Status CheckClaim(const std::optional<JobRow>& row, const JobId& job, std::int64_t token,
                        std::int64_t read_up_to) {
  if (row && row->claim && row->since == token) return absl::OkStatus();
  if (read_up_to < token) return NotCaughtUp();
  return RefusalOf({.refusal = Refusal::kLeaseLost, .stands = row}, job);
}

// What was told of that request; null: it is not known.
const Answered* AnswerTo(const JobRow& row, std::uint64_t request) {
  const auto found = std::ranges::find(row.answered, request, &Answered::request);
  return request == 0 || found == row.answered.end() ? nullptr : &*found;
}

absl::Status CheckVersion(std::int64_t version) {
  if (version >= 1) return absl::OkStatus();
  return errors::FieldError("version", errors::kFieldRequired, "of the article, 1 or more");
}

// Of several calls that are answered one by one.
template <typename Answer>
class Gathered {
 public:
  Gathered(int size, Done<Answer> done) : left_(size), done_(std::move(done)) {}
  template <typename Fill>
  void One(const Fill& fill) {
    {
      const std::lock_guard lock(mutex_);
      fill(answer_);
      if (--left_ > 0) return;
    }
    done_(std::move(answer_));
  }
  Answer& answer() { return answer_; }

 private:
  std::mutex mutex_;
  int left_;
  Answer answer_;
  Done<Answer> done_;
};

}  // namespace

void JobService::AppendFact(const Call& call, JobFact fact, const v1::Text* text,
                            Done<v1::Job> done) {
  const JobId job = fact.job;
  parts_.desk.Append(std::move(fact), text, call.deadline,
                     [this, job, caller = call.actor.name,
                      done = std::move(done)](absl::StatusOr<Outcome> outcome) {
                       if (!outcome.ok()) return done(outcome.status());
                       if (absl::Status refused = RefusalOf(*outcome, job); !refused.ok())
                         return done(refused);
                       const auto row = outcome->repeats || !outcome->stands
                                            ? parts_.desk.store().queues().Find(job)
                                            : std::move(outcome->stands);
                       if (!row) return done(NoSuchJob(job));
                       done(ToProto(*row, caller));
                     });
}

void JobService::RequestTranslation(const Call& call, const v1::RequestTranslationRequest& request,
                                    Done<v1::Job> done) {
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return done(status);
  const auto id = ParseArticle(request.article(), "article");
  if (!id.ok()) return done(id.status());
  const auto language = ParseLanguage(request.language(), "language");
  if (!language.ok()) return done(language.status());
  if (request.urgency() < 0 || request.urgency() > 9)
    return done(errors::FieldError("urgency", errors::kFieldInvalid, "1 to 9, or 0"));
  const auto newest = parts_.desk.store().articles().Newest(*id);
  if (!newest) {
    return done(
        errors::WithField(errors::Error(absl::StatusCode::kNotFound, errors::kArticleNotFound,
                                        fmt::format("there is no article {}", id->ToString())),
                          "article", errors::kArticleNotFound, "there is no such article"));
  }
  const news::Article& article = newest->article;
  if (!IsToBeTranslated(article)) {
    return done(ArticleWithdrawn());
  }
  if (article.content.language == *language) {
    return done(errors::FieldError("language", errors::kFieldInvalid,
                                   "is the language that the article is in"));
  }
  const auto policy = parts_.desk.store().resources().NewestPolicy();
  const PolicyRule* rule = policy->RuleFor(article, *language);
  const auto workflow = WorkflowOf(
      request.workflow(), rule != nullptr && rule->workflow ? *rule->workflow : Workflow::kMachine);
  if (!workflow.ok()) return done(workflow.status());
  JobFact fact = FactOf({*id, *language}, call, request.request_id());
  fact.what = Wanted{
      .version = article.version,
      .from = article.content.language,
      .workflow = *workflow,
      .urgency = request.urgency() == 0 ? article.urgency : request.urgency(),
      .deadline_ms =
          request.has_deadline() ? absl::ToUnixMillis(news::FromProto(request.deadline())) : 0,
      .not_before_ms =
          request.has_not_before() ? absl::ToUnixMillis(news::FromProto(request.not_before())) : 0,
      .source = article.source.text(),
      .policy = policy->version,
      .requested = true};
  AppendFact(call, std::move(fact), nullptr, std::move(done));
}

void JobService::CancelJob(const Call& call, const v1::CancelJobRequest& request,
                           Done<v1::Job> done) {
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return done(status);
  if (absl::Status status = CheckNote(request.note()); !status.ok()) return done(status);
  const auto job = ParseJobName(request.name(), "name");
  if (!job.ok()) return done(job.status());
  const auto row = parts_.desk.store().queues().Find(*job);
  if (!row) return done(NoSuchJob(*job));
  JobFact fact = FactOf(*job, call, request.request_id());
  fact.what =
      Canceled{.version = row->version, .cause = CancelCause::kPerson, .note = request.note()};
  AppendFact(call, std::move(fact), nullptr, std::move(done));
}

void JobService::ReplayJob(const Call& call, const v1::ReplayJobRequest& request,
                           Done<v1::Job> done) {
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return done(status);
  if (absl::Status status = CheckNote(request.note()); !status.ok()) return done(status);
  const auto job = ParseJobName(request.name(), "name");
  if (!job.ok()) return done(job.status());
  JobFact fact = FactOf(*job, call, request.request_id());
  fact.what = Replayed{request.note()};
  AppendFact(call, std::move(fact), nullptr, std::move(done));
}

void JobService::ClaimJobs(const Call& call, const v1::ClaimJobsRequest& request,
                           Done<v1::ClaimJobsResponse> done) {
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return done(status);
  if (request.count() < 0 || request.count() > kClaimMax) {
    return done(errors::FieldError("count", errors::kFieldInvalid,
                                   fmt::format("1 to {}, or 0", kClaimMax)));
  }
  auto lease = LeaseOf(request.has_lease(), request.lease());
  if (!lease.ok()) return done(lease.status());
  auto pairs = ParsePairs(request.pairs());
  if (!pairs.ok()) return done(pairs.status());
  const auto worker = WorkerOf(request.worker(), Worker::kPerson);
  if (!worker.ok()) return done(worker.status());
  auto answer = [this, caller = call.actor.name, bare = request.without_text(),
                 by_engine = *worker == Worker::kMachine,
                 done = std::move(done)](absl::StatusOr<std::vector<ClaimedJob>> claimed) {
    if (!claimed.ok()) return done(claimed.status());
    const auto fill = [this, caller, bare, by_engine](const std::vector<ClaimedJob>& jobs) {
      v1::ClaimJobsResponse response;
      for (const ClaimedJob& one : jobs) {
        v1::Job& job = *response.add_jobs();
        job = ToProto(one.job, caller);
        job.set_headline(one.headline);
        if (bare) continue;
        // Without it: the article has gone on, and so will the job.
        if (auto text = parts_.desk.Open(one.job.id, one.job.version); text.ok()) {
          *job.mutable_text() =
              by_engine ? ToProto(*text) : AdvisedText(parts_.desk.store(), *text);
        }
        job.set_note(parts_.desk.store().jobs().NoteOf(one.job.id));
      }
      return response;
    };
    if (bare || claimed->empty()) return done(fill(*claimed));
    const absl::Status added = Later([fill, jobs = *claimed, done] { done(fill(jobs)); });
    if (!added.ok()) done(added);  // a repeat of the request gets them
  };
  const JobDesk::Asker asker{.actor = call.actor.name,
                             .request_id = text::AsciiLower(request.request_id()),
                             .deadline = call.deadline};
  if (!request.name().empty()) {
    const auto job = ParseJobName(request.name(), "name");
    if (!job.ok()) return answer(job.status());
    return parts_.desk.ClaimOne(*job, *worker, *lease, asker, std::move(answer));
  }
  parts_.desk.Claim({.worker = *worker,
                     .pairs = *std::move(pairs),
                     .count = static_cast<std::size_t>(std::max(request.count(), 1))},
                    *lease, asker, std::move(answer));
}

void JobService::ExtendLease(const Call& call, const v1::ExtendLeaseRequest& request,
                             Done<v1::Job> done) {
  const auto job = ParseJobName(request.name(), "name");
  if (!job.ok()) return done(job.status());
  const auto lease = LeaseOf(request.has_lease(), request.lease());
  if (!lease.ok()) return done(lease.status());
  JobFact fact = FactOf(*job, call, "");
  fact.what = Extended{.token = request.token(),
                       .lease_ms = absl::ToInt64Milliseconds(*lease),
                       .segments_done = std::max(request.segments_done(), 0)};
  AppendFact(call, std::move(fact), nullptr, std::move(done));
}

absl::StatusOr<FinishedText> JobService::FinishText(const JobId& job, news::Version version,
                                                    const Segments& segments,
                                                    const Maker& maker) const {
  const auto article = parts_.desk.store().articles().Read(job.article, version);
  if (!article) {
    return errors::Error(
        absl::StatusCode::kFailedPrecondition, errors::kJobOutdated,
        fmt::format("there is no version {} of the article any more", version.number));
  }
  ASSIGN_OR_RETURN(const OpenedJobText opened, parts_.desk.OpenOf(article->article, job.language));
  return FinishJobText(opened.text, DoneOf(segments, maker), maker.person,
                       opened.glossary == nullptr ? nullptr : &opened.glossary->glossary);
}

void JobService::CompleteJob(
    const Call& call, const v1::CompleteJobRequest& request,
    // NOLINTNEXTLINE(performance-unnecessary-value-param): as OfferOn has all
    Done<v1::CompleteJobResponse> done) {
  const absl::Status added =
      Later([this, call, &request, done] { CompleteNow(call, request, done); });
  if (!added.ok()) done(added);
}

void JobService::CompleteNow(const Call& call, const v1::CompleteJobRequest& request,
                             const Done<v1::CompleteJobResponse>& done) {
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return done(status);
  if (absl::Status status = CheckVersion(request.version()); !status.ok()) return done(status);
  if (absl::Status status = CheckEngine(request.engine()); !status.ok()) return done(status);
  const auto job = ParseJobName(request.name(), "name");
  if (!job.ok()) return done(job.status());
  const news::Version version{request.version()};
  JobFact fact = FactOf(*job, call, request.request_id());
  fact.what = Completed{.token = request.token(), .version = version};
  v1::CompleteJobResponse response;
  const JobQueues& queues = parts_.desk.store().queues();
  const std::int64_t read_up_to = queues.PositionOf(job->article);
  const auto row = queues.Find(*job);
  if (!request.validate_only()) {
    // Before the text is looked at: what has been accepted may be against a newer glossary, or of a
    // version that is not kept any more.
    if (const Answered* before = row ? AnswerTo(*row, RequestHash(fact)) : nullptr) {
      response.set_revision(before->position);
      response.set_is_draft(before->is_draft);
      *response.mutable_job() = ToProto(*row, call.actor.name);
      return done(std::move(response));
    }
    absl::Status status = CheckClaim(row, *job, request.token(), read_up_to);
    if (!status.ok()) return done(std::move(status));
  }
  Maker maker{.person = call.actor.name};
  if (row && row->claim && row->claim->worker == Worker::kMachine)
    maker = {.engine = request.engine().empty() ? call.actor.name : request.engine()};
  auto finished = FinishText(*job, version, request.segments(), maker);
  if (!finished.ok()) return done(finished.status());
  for (const SegmentFinding& finding : finished->findings)
    *response.add_findings() = ToProto(finding);
  if (request.validate_only()) return done(std::move(response));
  parts_.desk.Append(std::move(fact), &finished->text, call.deadline,
                     [this, job = *job, caller = call.actor.name, response = std::move(response),
                      done](absl::StatusOr<Outcome> outcome) mutable {
                       if (!outcome.ok()) return done(outcome.status());
                       if (absl::Status refused = RefusalOf(*outcome, job); !refused.ok())
                         return done(refused);
                       response.set_revision(outcome->position);
                       response.set_is_draft(outcome->is_draft);
                       if (const auto stands = parts_.desk.store().queues().Find(job))
                         *response.mutable_job() = ToProto(*stands, caller);
                       done(std::move(response));
                     });
}

void JobService::BatchCompleteJobs(const Call& call, const v1::BatchCompleteJobsRequest& request,
                                   Done<v1::BatchCompleteJobsResponse> done) {
  const int size = request.requests_size();
  if (size == 0 || size > kClaimMax) {
    return done(
        errors::FieldError("requests", errors::kFieldInvalid, fmt::format("1 to {}", kClaimMax)));
  }
  const auto gathered =
      std::make_shared<Gathered<v1::BatchCompleteJobsResponse>>(size, std::move(done));
  for (int n = 0; n < size; ++n) gathered->answer().add_results();
  const auto complete_all = [this, call, &request, gathered, size] {
    for (int n = 0; n < size; ++n) {
      CompleteNow(call, request.requests(n),
                  [gathered, n](absl::StatusOr<v1::CompleteJobResponse> completed) {
                    gathered->One([&](v1::BatchCompleteJobsResponse& all) {
                      v1::CompletedJob& result = *all.mutable_results(n);
                      if (completed.ok()) {
                        result.set_revision(completed->revision());
                        result.set_is_draft(completed->is_draft());
                        return;
                      }
                      result.set_reason(errors::ReasonOf(completed.status()));
                      result.set_message(std::string(completed.status().message()));
                      const auto details = errors::DetailsOf(completed.status());
                      if (details && !details->fields.empty())
                        result.set_field(details->fields.front().field);
                    });
                  });
    }
  };
  if (absl::Status added = Later(complete_all); !added.ok()) {
    for (int n = 0; n < size; ++n) {
      gathered->One([&](v1::BatchCompleteJobsResponse& all) {
        all.mutable_results(n)->set_reason(std::string(errors::kOverloaded));
        all.mutable_results(n)->set_message(std::string(added.message()));
      });
    }
  }
}

void JobService::ReleaseJob(const Call& call, const v1::ReleaseJobRequest& request,
                            Done<v1::Job> done) {
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return done(status);
  const auto job = ParseJobName(request.name(), "name");
  if (!job.ok()) return done(job.status());
  JobFact fact = FactOf(*job, call, request.request_id());
  fact.what = Released{request.token()};
  AppendFact(call, std::move(fact), nullptr, std::move(done));
}

void JobService::FailJob(const Call& call, const v1::FailJobRequest& request, Done<v1::Job> done) {
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return done(status);
  if (absl::Status status = CheckFailReason(request.reason()); !status.ok()) return done(status);
  if (absl::Status status = CheckNote(request.note()); !status.ok()) return done(status);
  const auto job = ParseJobName(request.name(), "name");
  if (!job.ok()) return done(job.status());
  JobFact fact = FactOf(*job, call, request.request_id());
  fact.what = Failed{.token = request.token(),
                     .permanent = request.permanent(),
                     .escalate = request.escalate(),
                     .retry_after_ms = absl::ToInt64Milliseconds(DurationOf(request.retry_after())),
                     .reason = request.reason(),
                     .note = request.note()};
  AppendFact(call, std::move(fact), nullptr, std::move(done));
}

// The fold knows nothing of a job that is forgotten: it would believe whatever the review says.
// Where two reviews come at once, the second one finds the job of the first.
absl::Status JobService::CheckStands(const JobId& job, news::Version version,
                                     std::int64_t revision) const {
  const auto head = parts_.desk.store().articles().Head(job.article);
  if (!head || !head->to_be_translated) return ArticleWithdrawn();
  if (head->version != version) {
    return errors::Error(absl::StatusCode::kFailedPrecondition, errors::kJobOutdated,
                         fmt::format("the article has gone on to version {}", head->version.number),
                         {{"job", NameOf(job)}, {"version", std::to_string(head->version.number)}});
  }
  const auto newest = parts_.desk.store().translations().Newest(job);
  if (!newest) return NoSuchJob(job);
  if (newest->version() == version.number && newest->revision() == revision &&
      newest->standing() != v1::STANDING_REJECTED)
    return absl::OkStatus();
  return errors::Error(
      absl::StatusCode::kFailedPrecondition, errors::kTranslationOutdated,
      fmt::format("the translation that stands is revision {} of version {}{}", newest->revision(),
                  newest->version(),
                  newest->standing() == v1::STANDING_REJECTED ? ", and was rejected" : ""),
      {{"job", NameOf(job)}, {"revision", std::to_string(newest->revision())}});
}

void JobService::ReviewTranslation(
    const Call& call, const v1::ReviewTranslationRequest& request,
    // NOLINTNEXTLINE(performance-unnecessary-value-param): as OfferOn has all
    Done<v1::Job> done) {
  const auto review = [this, call, &request, done] {
    absl::Status fault = CheckRequestId(request.request_id());
    fault.Update(CheckNote(request.note()));
    fault.Update(CheckVersion(request.version()));
    if (!v1::ReviewVerdict_IsValid(request.verdict()) ||
        request.verdict() == v1::REVIEW_VERDICT_UNSPECIFIED)
      fault.Update(
          errors::FieldError("verdict", errors::kFieldRequired, "approved, replaced or rejected"));
    const auto job = ParseJobName(request.name(), "name");
    fault.Update(job.status());
    if (!fault.ok()) return done(fault);
    const news::Version version{request.version()};
    const auto article = parts_.desk.store().articles().Read(job->article, version);
    if (!article) return done(NoSuchJob(*job));
    const bool forgotten = !parts_.desk.store().queues().Find(*job);
    if (forgotten) {
      if (absl::Status stale = CheckStands(*job, version, request.revision()); !stale.ok())
        return done(stale);
    }
    JobFact fact = FactOf(*job, call, request.request_id());
    fact.what = Reviewed{.version = version,
                         .revision = request.revision(),
                         .verdict = static_cast<ReviewVerdict>(request.verdict()),
                         .note = request.note(),
                         .from = article->article.content.language,
                         .source = article->article.source.text(),
                         .forgotten = forgotten};
    if (request.verdict() != v1::REVIEW_VERDICT_REPLACED)
      return AppendFact(call, std::move(fact), nullptr, done);
    const auto finished =
        FinishText(*job, version, request.segments(), {.person = call.actor.name});
    if (!finished.ok()) return done(finished.status());
    AppendFact(call, std::move(fact), &finished->text, done);
  };
  if (absl::Status added = Later(review); !added.ok()) done(added);
}

void JobService::OfferOn(rpc::UnaryService& service) {
  const std::vector<Role> desk = {Role::kEditor, Role::kOperator};
  const auto offer = [&]<typename Request, typename Answer>(
                         std::string_view method,
                         void (JobService::*handler)(const Call&, const Request&, Done<Answer>)) {
    service.Later<Request, Answer>(
        method, desk, [this, handler](const Call& call, const Request& request, Done<Answer> done) {
          (this->*handler)(call, request, std::move(done));
        });
  };
  offer("RequestTranslation", &JobService::RequestTranslation);
  offer("CancelJob", &JobService::CancelJob);
  offer("ReplayJob", &JobService::ReplayJob);
  offer("ClaimJobs", &JobService::ClaimJobs);
  offer("ExtendLease", &JobService::ExtendLease);
  offer("CompleteJob", &JobService::CompleteJob);
  offer("BatchCompleteJobs", &JobService::BatchCompleteJobs);
  offer("ReleaseJob", &JobService::ReleaseJob);
  offer("FailJob", &JobService::FailJob);
  offer("ReviewTranslation", &JobService::ReviewTranslation);
}

}  // namespace telex::translation
