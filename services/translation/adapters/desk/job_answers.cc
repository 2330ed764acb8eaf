#include "translation/adapters/desk/job_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "news/article_name.h"
#include "news/article_reference.h"
#include "news/wire/time_codec.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "translation/formats/job_file.h"

namespace telex::translation {
namespace {

constexpr std::string_view kJobNames = "jobs/";

google::protobuf::Timestamp TimeOf(std::int64_t ms) {
  return news::ToProto(absl::FromUnixMillis(ms));
}

std::string TextOf(std::int64_t ms) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixMillis(ms), absl::UTCTimeZone());
}

v1::JobSegment::State ToProto(JobTextSegment::State state) {
  switch (state) {
    case JobTextSegment::State::kNew:
      return v1::JobSegment::STATE_NEW;
    case JobTextSegment::State::kChanged:
      return v1::JobSegment::STATE_CHANGED;
    case JobTextSegment::State::kUnchanged:
      return v1::JobSegment::STATE_UNCHANGED;
    case JobTextSegment::State::kMemory:
      return v1::JobSegment::STATE_MEMORY;
    case JobTextSegment::State::kDraft:
      return v1::JobSegment::STATE_DRAFT;
  }
  return v1::JobSegment::STATE_UNSPECIFIED;
}

absl::Status Refuse(std::string_view reason, const std::string& message, const JobId& job,
                    errors::Metadata metadata) {
  metadata.emplace("job", NameOf(job));
  return errors::Error(absl::StatusCode::kFailedPrecondition, reason, message, metadata);
}

// "… is claimed by anna until 2026-11-27T20:00:00Z"
std::string StateOf(const JobRow& row) {
  switch (row.state) {
    case JobState::kOpen:
      return row.worker == Worker::kMachine  ? "is open for an engine"
             : row.worker == Worker::kPerson ? "is open for a translator"
                                             : "is open for a reviewer";
    case JobState::kClaimed:
      return fmt::format("is claimed by {} until {}", row.claim ? row.claim->holder : "",
                         TextOf(row.due_ms));
    case JobState::kWaiting:
      return fmt::format("waits until {}", TextOf(row.due_ms));
    case JobState::kDead:
      return "was tried too often; ReplayJob tries it again";
    case JobState::kDone:
      return "is done";
    case JobState::kCanceled:
      return "is canceled";
  }
  return "";
}

errors::Metadata MetadataOf(const JobRow& row) {
  errors::Metadata metadata = {{"version", std::to_string(row.version.number)}};
  if (row.claim) metadata.emplace("holder", row.claim->holder);
  if (row.due_ms != 0) metadata.emplace("until", TextOf(row.due_ms));
  if (row.revision != 0) metadata.emplace("revision", std::to_string(row.revision));
  return metadata;
}

std::string_view ReasonOf(Refusal refusal) {
  switch (refusal) {
    case Refusal::kClaimed:
      return errors::kJobClaimed;
    case Refusal::kLeaseLost:
      return errors::kLeaseLost;
    case Refusal::kOtherVersion:
      return errors::kJobOutdated;
    case Refusal::kOtherRevision:
      return errors::kTranslationOutdated;
    default:
      return errors::kJobNotOpen;
  }
}

absl::Status CheckBytes(std::string_view field, std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return absl::OkStatus();
  return errors::FieldError(field, errors::kFieldTooLong,
                            fmt::format("{} bytes at most, not {}", bytes_max, text.size()));
}

}  // namespace

std::string NameOf(const JobId& job) {
  return fmt::format("{}{}.{}", kJobNames, job.article.ToString(), job.language.text());
}

absl::StatusOr<JobId> ParseJobName(std::string_view name, std::string_view field) {
  std::string_view rest = name;
  const std::size_t dot = name.find('.');
  if (rest.starts_with(kJobNames) && dot != name.npos) {
    const auto article =
        news::ArticleId::Parse(name.substr(kJobNames.size(), dot - kJobNames.size()));
    auto language = news::LanguageTag::Parse(name.substr(dot + 1));
    if (article && language) return JobId{*article, *std::move(language)};
  }
  return errors::FieldError(field, name.empty() ? errors::kFieldRequired : errors::kFieldInvalid,
                            "jobs/{article}.{language}");
}

absl::StatusOr<news::LanguageTag> ParseLanguage(std::string_view tag, std::string_view field) {
  auto language = news::LanguageTag::Parse(tag);
  if (language) return *std::move(language);
  return errors::FieldError(field, tag.empty() ? errors::kFieldRequired : errors::kUnknownLanguage,
                            "a language tag (BCP 47), such as ru");
}

absl::StatusOr<news::ArticleId> ParseArticle(std::string_view name, std::string_view field) {
  const auto article = news::ParseArticleReference(name);
  if (article) return *article;
  return errors::FieldError(field, name.empty() ? errors::kFieldRequired : errors::kFieldInvalid,
                            "articles/{article}, or the id alone");
}

absl::StatusOr<Pair> ParsePair(std::string_view from, std::string_view to) {
  absl::Status faults;
  const auto language = [&](std::string_view text, std::string_view field) {
    auto tag = news::LanguageTag::Parse(text);
    if (!tag) {
      faults = errors::WithField(std::move(faults), field,
                                 text.empty() ? errors::kFieldRequired : errors::kUnknownLanguage,
                                 "a language tag (BCP 47), such as es");
    }
    return tag.value_or(news::LanguageTag{});
  };
  Pair pair{language(from, "from"), language(to, "to")};
  if (faults.ok() && pair.from == pair.to)
    faults = errors::FieldError("to", errors::kFieldInvalid, "another language than from");
  RETURN_IF_ERROR(faults);
  return pair;
}

absl::StatusOr<std::vector<Pair>> ParsePairs(
    const google::protobuf::RepeatedPtrField<v1::LanguagePair>& pairs) {
  std::vector<Pair> parsed;
  for (int n = 0; n < pairs.size(); ++n) {
    auto pair = ParsePair(pairs[n].from(), pairs[n].to());
    if (!pair.ok()) return errors::WithContext(pair.status(), fmt::format("pairs[{}]", n));
    parsed.push_back(*std::move(pair));
  }
  return parsed;
}

absl::Status CheckRequestId(std::string_view request_id) {
  if (request_id.empty() || news::ArticleId::Parse(request_id)) return absl::OkStatus();
  return errors::FieldError("request_id", errors::kFieldInvalid,
                            "a UUID of 36 characters, or empty");
}

absl::Status NotCaughtUp() {
  return errors::Error(absl::StatusCode::kUnavailable, errors::kNotCaughtUp,
                       "this replica is still reading the log");
}

absl::Status ArticleWithdrawn() {
  return errors::Error(absl::StatusCode::kFailedPrecondition, errors::kArticleWithdrawn,
                       "the article is withheld, killed, expired or purged");
}

absl::Status CheckNote(std::string_view note) { return CheckBytes("note", note, kNoteBytesMax); }
absl::Status CheckFailReason(std::string_view reason) {
  const bool is_word = std::ranges::all_of(
      reason, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
  if (!is_word) {
    return errors::FieldError("reason", errors::kFieldInvalid,
                              "a word in capitals, for counting, such as SOURCE_UNCLEAR; what else "
                              "there is to say belongs in the note");
  }
  return CheckBytes("reason", reason, kFailReasonBytesMax);
}
absl::Status CheckEngine(std::string_view engine) {
  return CheckBytes("engine", engine, kDoneByBytesMax);
}

absl::StatusOr<Workflow> WorkflowOf(v1::Workflow workflow, Workflow unspecified) {
  if (workflow == v1::WORKFLOW_UNSPECIFIED) return unspecified;
  if (v1::Workflow_IsValid(workflow)) return static_cast<Workflow>(workflow);
  return errors::FieldError("workflow", errors::kFieldInvalid,
                            "machine, person, draft then review or machine then review");
}

absl::StatusOr<Worker> WorkerOf(v1::Worker worker, Worker unspecified) {
  if (worker == v1::WORKER_UNSPECIFIED) return unspecified;
  if (v1::Worker_IsValid(worker)) return static_cast<Worker>(worker);
  return errors::FieldError("worker", errors::kFieldInvalid, "machine, person or reviewer");
}

v1::Job ToProto(const JobRow& row, std::string_view caller) {
  v1::Job job;
  job.set_name(NameOf(row.id));
  job.set_article(news::NameOf(row.id.article));
  job.set_language(row.id.language.text());
  job.set_from(row.from.text());
  job.set_version(row.version.number);
  job.set_state(static_cast<v1::JobState>(row.state));
  job.set_worker(static_cast<v1::Worker>(row.claim ? row.claim->worker : row.worker));
  job.set_workflow(static_cast<v1::Workflow>(row.workflow));
  job.set_urgency(row.urgency);
  job.set_attempts(row.attempts);
  if (!row.source.empty()) job.set_source("sources/" + row.source);
  *job.mutable_wanted_time() = TimeOf(row.wanted_ms);
  if (row.deadline_ms != 0) *job.mutable_deadline() = TimeOf(row.deadline_ms);
  if (row.due_ms != 0 && !IsAtRest(row.state)) *job.mutable_due_time() = TimeOf(row.due_ms);
  job.set_revision(row.revision);
  job.set_backfill(row.backfill);
  if (row.claim) {
    job.set_holder(row.claim->holder);
    job.set_segments_done(row.claim->segments_done);
    if (row.claim->holder == caller) job.set_token(row.since);
  }
  return job;
}

v1::JobText ToProto(const JobText& text) {
  v1::JobText message;
  const JobId job{text.article, text.to};
  message.set_job(NameOf(job));
  message.set_version(text.version.number);
  message.set_from(text.from.text());
  message.set_language(text.to.text());
  message.set_segmentation(text.segmentation.rule);
  message.set_glossary(text.glossary_version);
  message.set_article_headline(text.content.headline);
  JobFile file{.job = NameOf(job),
               .version = news::NameOf(text.article, text.version),
               .source_language = text.from,
               .target_language = text.to};
  for (std::size_t n = 0; n < text.segments.size(); ++n) {
    const JobTextSegment& of = text.segments[n];
    v1::JobSegment& segment = *message.add_segments();
    segment.set_place(of.segment.place());
    segment.set_source(of.segment.source());
    segment.set_target(of.segment.target());
    segment.set_state(ToProto(of.state));
    segment.set_origin(of.segment.origin());
    segment.set_engine(of.segment.engine());
    segment.set_actor(of.segment.actor());
    segment.set_reviewed(of.segment.reviewed());
    segment.set_before_source(of.before_source);
    segment.set_before_target(of.before_target);
    for (const TagMeaning& tag : text.segmentation.segments[n].tags) {
      v1::TagMeaning& meaning = *segment.add_tags();
      meaning.set_open(tag.open);
      meaning.set_close(tag.close);
    }
    file.segments.push_back({.place = of.segment.place(), .source = of.segment.source()});
  }
  message.set_stamp(StampOf(file));
  return message;
}

v1::Finding ToProto(const SegmentFinding& finding) {
  v1::Finding message;
  message.set_reason(std::string(ReasonOf(finding.finding.check)));
  message.set_hard(SeverityOf(finding.finding.check) == Severity::kHard);
  message.set_place(finding.place);
  message.set_in_source(finding.finding.in_source);
  message.set_begin(static_cast<std::int32_t>(finding.finding.begin));
  message.set_end(static_cast<std::int32_t>(finding.finding.end));
  message.set_message(finding.finding.message);
  return message;
}

v1::QueueStats ToProto(const QueueCounts& counts) {
  const auto of = [&](JobState state) { return counts.by_state[static_cast<std::size_t>(state)]; };
  v1::QueueStats stats;
  stats.set_open(of(JobState::kOpen));
  stats.set_claimed(of(JobState::kClaimed));
  stats.set_waiting(of(JobState::kWaiting));
  stats.set_dead(of(JobState::kDead));
  stats.set_done(of(JobState::kDone));
  stats.set_canceled(of(JobState::kCanceled));
  for (const PairCounts& counted : counts.pairs) {
    v1::PairStats& pair = *stats.add_pairs();
    pair.set_from(counted.pair.from.text());
    pair.set_to(counted.pair.to.text());
    pair.set_open_machine(counted.machine);
    pair.set_open_person(counted.person);
    pair.set_open_review(counted.review);
    pair.set_backfill(counted.backfill);
    pair.set_paused(counted.paused);
  }
  return stats;
}

absl::Status RefusalOf(const Outcome& outcome, const JobId& job) {
  if (outcome.refusal == Refusal::kNone || outcome.refusal == Refusal::kOutdated)
    return absl::OkStatus();
  if (outcome.refusal == Refusal::kNoSuchJob || !outcome.stands) {
    return errors::Error(absl::StatusCode::kNotFound, errors::kJobNotFound,
                         fmt::format("there is no {}", NameOf(job)), {{"job", NameOf(job)}});
  }
  const JobRow& row = *outcome.stands;
  const std::string name = NameOf(job);
  const auto refuse = [&](const std::string& message) {
    return Refuse(ReasonOf(outcome.refusal), message, job, MetadataOf(row));
  };
  switch (outcome.refusal) {
    case Refusal::kLeaseLost:
      return refuse(fmt::format("the lease of {} is over: it {}", name, StateOf(row)));
    case Refusal::kOtherVersion:
      return refuse(fmt::format("{} is for version {} of the article", name, row.version.number));
    case Refusal::kOtherRevision:
      return refuse(fmt::format("the translation has revision {} now; read that", row.revision));
    case Refusal::kNotDead:
      return refuse(fmt::format("{} is not dead: it {}", name, StateOf(row)));
    default:
      return refuse(fmt::format("{} {}", name, StateOf(row)));
  }
}

}  // namespace telex::translation
