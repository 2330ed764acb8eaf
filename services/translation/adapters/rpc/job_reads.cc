#include "translation/adapters/rpc/job_reads.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "platform/text/page_token.h"
#include "translation/adapters/desk/job_answers.h"
#include "translation/adapters/records/job_row_codec.h"
#include "translation/adapters/rpc/job_advice.h"

namespace telex::translation {
namespace {

using rpc::Call;
using rpc::Done;
using rpc::Role;

absl::Status NoTranslation(std::string_view article, std::string_view language) {
  return errors::Error(absl::StatusCode::kNotFound, errors::kTranslationNotFound,
                       fmt::format("{} is not translated into {}", article, language));
}

// Of a job at rest: why nobody is to work on its text.
absl::Status CheckHasText(const JobRow& row, const std::optional<ArticleHead>& head,
                          const std::string& note) {
  if (head && !head->to_be_translated) return ArticleWithdrawn();
  const std::string name = NameOf(row.id);
  const auto refuse = [&](const std::string& why) {
    return errors::Error(absl::StatusCode::kFailedPrecondition, errors::kJobNotOpen,
                         fmt::format("{} {}; RequestTranslation asks for it again", name, why),
                         {{"job", name}});
  };
  if (row.state == JobState::kCanceled)
    return refuse(fmt::format("is canceled{}{}", note.empty() ? "" : ": ", note));
  if (!head || head->version == row.version) return absl::OkStatus();
  return refuse(fmt::format("is done, for version {}; nobody asks for version {}",
                            row.version.number, head->version.number));
}

struct JobFilter {
  std::vector<Pair> pairs;
  std::vector<JobState> states;
  std::string holder;
  std::optional<news::ArticleId> article;
  std::string source;

  bool Fits(const JobRow& row) const {
    if (states.empty() ? IsAtRest(row.state) : std::ranges::find(states, row.state) == states.end())
      return false;
    if (!pairs.empty() && std::ranges::find(pairs, Pair{row.from, row.id.language}) == pairs.end())
      return false;
    if (!holder.empty() && (!row.claim || row.claim->holder != holder)) return false;
    return (!article || row.id.article == *article) && (source.empty() || row.source == source);
  }
};

absl::StatusOr<JobFilter> FilterOf(const v1::ListJobsRequest& request) {
  JobFilter filter{.holder = request.holder()};
  ASSIGN_OR_RETURN(filter.pairs, ParsePairs(request.pairs()));
  for (int n = 0; n < request.states_size(); ++n) {
    if (!v1::JobState_IsValid(request.states(n)) || request.states(n) == v1::JOB_STATE_UNSPECIFIED)
      return errors::FieldError(fmt::format("states[{}]", n), errors::kFieldInvalid,
                                "open, claimed, waiting, dead, done or canceled");
    filter.states.push_back(static_cast<JobState>(request.states(n)));
  }
  if (!request.article().empty()) {
    ASSIGN_OR_RETURN(filter.article, ParseArticle(request.article(), "article"));
  }
  std::string_view source = request.source();
  if (source.starts_with("sources/")) source.remove_prefix(8);
  filter.source = std::string(source);
  return filter;
}

// Which listing a token belongs to.
std::string ScopeOf(const v1::ListJobsRequest& request) {
  v1::ListJobsRequest filters = request;
  filters.clear_page_size();
  filters.clear_page_token();
  return "jobs|" + filters.SerializeAsString();
}

}  // namespace

JobReads::JobReads(Parts parts)
    : parts_(std::move(parts)),
      waker_(kWatchInterval, nullptr, [this](const std::stop_token&) { WakeStreams(); }) {
  parts_.desk.OnJobs([changed = changed_] { *changed = true; });
}

absl::StatusOr<v1::Job> JobReads::GetJob(const v1::GetJobRequest& request,
                                         std::string_view caller) const {
  ASSIGN_OR_RETURN(const JobId job, ParseJobName(request.name(), "name"));
  const auto row = parts_.desk.store().queues().Find(job);
  if (!row) return NoSuchJob(job);
  v1::Job shown = ToProto(*row, caller);
  shown.set_note(parts_.desk.store().jobs().NoteOf(job));
  if (const auto head = parts_.desk.store().articles().Head(job.article))
    shown.set_headline(head->headline);
  shown.set_paused(parts_.desk.store().queues().IsPaused({row->from, job.language}));
  return shown;
}

absl::StatusOr<v1::JobText> JobReads::GetJobText(const v1::GetJobTextRequest& request) const {
  ASSIGN_OR_RETURN(const JobId job, ParseJobName(request.name(), "name"));
  const auto row = parts_.desk.store().queues().Find(job);
  if (!row) return NoSuchJob(job);
  const TranslationStore& store = parts_.desk.store();
  if (IsAtRest(row->state))
    RETURN_IF_ERROR(
        CheckHasText(*row, store.articles().Head(job.article), store.jobs().NoteOf(job)));
  ASSIGN_OR_RETURN(const JobText text, parts_.desk.Open(job, row->version));
  return AdvisedText(parts_.desk.store(), text);
}

absl::StatusOr<v1::ListJobsResponse> JobReads::ListJobs(const v1::ListJobsRequest& request) const {
  if (request.page_size() < 0 || request.page_size() > kPageSizeMax) {
    return errors::FieldError("page_size", errors::kFieldInvalid,
                              fmt::format("1 to {}, or 0", kPageSizeMax));
  }
  const int most = request.page_size() == 0 ? kPageSizeDefault : request.page_size();
  ASSIGN_OR_RETURN(const JobFilter filter, FilterOf(request));
  const std::string scope = ScopeOf(request);
  std::optional<JobId> from;
  if (!request.page_token().empty()) {
    ASSIGN_OR_RETURN(const std::string place, text::ReadPageToken(request.page_token(), scope));
    ASSIGN_OR_RETURN(from, ParseJobName(place, "page_token"));
  } else if (filter.article) {
    from = JobId{*filter.article, {}};
  }
  v1::ListJobsResponse response;
  std::size_t looked_at = 0;
  const TranslationStore& store = parts_.desk.store();
  store.jobs().VisitFrom(from, [&](const JobRow& row) {
    if (filter.article && row.id.article != *filter.article) return false;
    if (response.jobs_size() == most || ++looked_at > kRowsLookedAtMax) {
      response.set_next_page_token(text::MakePageToken(NameOf(row.id), scope));
      return false;
    }
    if (!filter.Fits(row)) return true;
    v1::Job& job = *response.add_jobs();
    job = ToProto(row, "");
    if (const auto head = store.articles().Head(row.id.article)) job.set_headline(head->headline);
    job.set_paused(store.queues().IsPaused({row.from, row.id.language}));
    if (row.state == JobState::kDead || row.state == JobState::kWaiting)
      job.set_note(store.jobs().NoteOf(row.id));
    return true;
  });
  return response;
}

absl::StatusOr<v1::CheckSegmentsResponse> JobReads::CheckSegments(
    const v1::CheckSegmentsRequest& request) const {
  ASSIGN_OR_RETURN(const Pair pair, ParsePair(request.from(), request.language()));
  if (request.segments_size() > kCheckedSegmentsMax) {
    return errors::FieldError("segments", errors::kFieldTooLong,
                              fmt::format("{} at most", kCheckedSegmentsMax));
  }
  const auto glossary = parts_.desk.store().resources().GlossaryOf(pair);
  v1::CheckSegmentsResponse response;
  for (const v1::CheckSegmentsRequest::Pair& segment : request.segments()) {
    const SegmentPair checked{.source_language = pair.from,
                              .target_language = pair.to,
                              .source = segment.source(),
                              .target = segment.target()};
    for (Finding& finding :
         CheckSegment(checked, glossary == nullptr ? nullptr : &glossary->glossary))
      *response.add_findings() = ToProto({segment.place(), std::move(finding)});
  }
  return response;
}

v1::QueueStats JobReads::StatsOf(const std::vector<Pair>& pairs) const {
  QueueCounts counts = parts_.desk.store().queues().Counts();
  if (!pairs.empty()) {
    std::erase_if(counts.pairs, [&](const PairCounts& counted) {
      return std::ranges::find(pairs, counted.pair) == pairs.end();
    });
  }
  v1::QueueStats stats = ToProto(counts);
  if (parts_.engines) {
    for (v1::EngineStats& engine : parts_.engines()) *stats.add_engines() = std::move(engine);
  }
  return stats;
}

v1::PairStats JobReads::StatsOf(const Pair& pair) const {
  QueueCounts counts = parts_.desk.store().queues().Counts();
  std::erase_if(counts.pairs, [&](const PairCounts& counted) { return counted.pair != pair; });
  // It has no open job, and is not paused.
  if (counts.pairs.empty()) counts.pairs.push_back({.pair = pair});
  return ToProto(counts).pairs(0);
}

absl::StatusOr<v1::QueueStats> JobReads::GetQueueStats(
    const v1::GetQueueStatsRequest& request) const {
  ASSIGN_OR_RETURN(const std::vector<Pair> pairs, ParsePairs(request.pairs()));
  return StatsOf(pairs);
}

absl::StatusOr<rpc::Next<v1::QueueStats>> JobReads::WatchQueue(
    const v1::GetQueueStatsRequest& request, std::shared_ptr<rpc::ServerStream> stream) {
  ASSIGN_OR_RETURN(std::vector<Pair> pairs, ParsePairs(request.pairs()));
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(streams_, [](const auto& one) { return one.expired(); });
    streams_.push_back(stream);
  }
  return [this, pairs = std::move(pairs),
          told = std::make_shared<std::string>("-")]() -> std::optional<v1::QueueStats> {
    v1::QueueStats stats = StatsOf(pairs);
    std::string bytes = stats.SerializeAsString();
    if (bytes == *told) return std::nullopt;
    *told = std::move(bytes);
    return stats;
  };
}

void JobReads::WakeStreams() {
  if (!changed_->exchange(false)) return;
  std::vector<std::shared_ptr<rpc::ServerStream>> open;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& stream : streams_) {
      if (auto one = stream.lock()) open.push_back(std::move(one));
    }
  }
  for (const auto& stream : open) stream->Wake();
}

void JobReads::Pause(const Call& call, const std::string& from, const std::string& to, bool paused,
                     const std::string& note, const Done<v1::PairStats>& done) {
  if (absl::Status status = CheckNote(note); !status.ok()) return done(status);
  const auto pair = ParsePair(from, to);
  if (!pair.ok()) return done(pair.status());
  parts_.desk.Pause({.pair = *pair,
                     .paused = paused,
                     .actor = call.actor.name,
                     .note = note,
                     .time_ms = absl::ToUnixMillis(absl::Now())},
                    call.deadline, [this, pair = *pair, done](const absl::Status& status) {
                      if (!status.ok()) return done(status);
                      done(StatsOf(pair));
                    });
}

absl::StatusOr<v1::Translation> JobReads::GetTranslation(
    const v1::GetTranslationRequest& request) const {
  ASSIGN_OR_RETURN(const news::ArticleId article, ParseArticle(request.article(), "article"));
  ASSIGN_OR_RETURN(const news::LanguageTag language, ParseLanguage(request.language(), "language"));
  const TranslationStore& store = parts_.desk.store();
  // Completed, which nothing undoes, and published within moments; looked for first, as it is gone
  // from there once it is read back.
  auto pending = store.Unpublished({article, language});
  auto translation = store.translations().Newest({article, language});
  const auto place = [](const v1::Translation& of) {
    return std::pair(of.version(), of.revision());
  };
  if (pending && (!translation || place(*translation) < place(*pending)))
    translation = std::move(pending);
  if (!translation) return NoTranslation(request.article(), request.language());
  return *std::move(translation);
}

absl::StatusOr<v1::ListTranslationsResponse> JobReads::ListTranslations(
    const v1::ListTranslationsRequest& request) const {
  ASSIGN_OR_RETURN(const news::ArticleId article, ParseArticle(request.article(), "article"));
  v1::ListTranslationsResponse response;
  for (v1::Translation& translation : parts_.desk.store().translations().Of(article)) {
    translation.clear_text();
    *response.add_translations() = std::move(translation);
  }
  return response;
}

void JobReads::OfferOn(rpc::UnaryService& service) {
  const std::vector<Role> readers = {Role::kReader, Role::kEditor, Role::kOperator};
  const std::vector<Role> desk = {Role::kEditor, Role::kOperator};
  // What reads the local store, or computes, does so on the workers.
  const auto offer = [&]<typename Request, typename Answer>(
                         std::string_view method,
                         absl::StatusOr<Answer> (JobReads::*handler)(const Request&) const) {
    service.Later<Request, Answer>(
        method, readers, [this, handler](const Call&, const Request& request, Done<Answer> done) {
          const absl::Status added = parts_.workers.Add(
              [this, handler, &request, done] { done((this->*handler)(request)); });
          if (!added.ok()) done(added);
        });
  };
  service.Later<v1::GetJobRequest, v1::Job>(
      "GetJob", readers, [this](const Call& call, const v1::GetJobRequest& request, auto done) {
        const absl::Status added = parts_.workers.Add(
            [this, caller = call.actor.name, &request, done] { done(GetJob(request, caller)); });
        if (!added.ok()) done(added);
      });
  offer("GetJobText", &JobReads::GetJobText);
  offer("ListJobs", &JobReads::ListJobs);
  offer("CheckSegments", &JobReads::CheckSegments);
  offer("GetTranslation", &JobReads::GetTranslation);
  offer("ListTranslations", &JobReads::ListTranslations);
  service.Now<v1::GetQueueStatsRequest, v1::QueueStats>(
      "GetQueueStats", readers, [this](const auto& request) { return GetQueueStats(request); });
  service.Stream<v1::GetQueueStatsRequest, v1::QueueStats>(
      "WatchQueue", readers, kStreamsMax,
      [this](const auto& request, std::shared_ptr<rpc::ServerStream> stream) {
        return WatchQueue(request, std::move(stream));
      });
  service.Later<v1::PausePairRequest, v1::PairStats>(
      "PausePair", desk,
      [this](const Call& call, const v1::PausePairRequest& request, Done<v1::PairStats> done) {
        Pause(call, request.from(), request.to(), true, request.note(), std::move(done));
      });
  service.Later<v1::ResumePairRequest, v1::PairStats>(
      "ResumePair", desk,
      [this](const Call& call, const v1::ResumePairRequest& request, Done<v1::PairStats> done) {
        Pause(call, request.from(), request.to(), false, "", std::move(done));
      });
}

}  // namespace telex::translation
