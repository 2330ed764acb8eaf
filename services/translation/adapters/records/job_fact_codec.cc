#include "translation/adapters/records/job_fact_codec.h"

#include <absl/strings/numbers.h>
#include <fmt/format.h>

#include <optional>
#include <utility>

#include "platform/errors/status_macros.h"
#include "platform/kafka/partitioner.h"
#include "translation/adapters/records/codec_faults.h"
#include "translation/adapters/records/topics.h"
#include "translation/domain/pair_name.h"
#include "translation/domain/queue_rule.h"

namespace telex::translation {
namespace {

constexpr std::string_view kJobs = "jobs/";
constexpr std::string_view kPairs = "pairs/";
constexpr std::size_t kAppendBytesMax = 64;

// Enumerators of wire and domain have the same numbers.
template <typename To>
absl::Status Enumerator(std::string_view field, int number, int last, To& to) {
  if (number == 0) return Malformed(field, "a value");
  if (number < 0 || number > last) return Newer(field);
  to = static_cast<To>(number);
  return absl::OkStatus();
}

absl::Status VersionOf(std::int64_t number, news::Version& to) {
  if (number < 1) return Malformed("version", "1 or more");
  to = {number};
  return absl::OkStatus();
}

absl::Status LanguageOf(std::string_view field, std::string_view text, news::LanguageTag& to) {
  auto tag = news::LanguageTag::Parse(text);
  if (!tag) return Malformed(field, "a language tag (BCP 47)");
  to = *std::move(tag);
  return absl::OkStatus();
}

void Encode(const Wanted& wanted, v1::JobFact& to) {
  v1::Wanted& message = *to.mutable_wanted();
  message.set_version(wanted.version.number);
  message.set_from(wanted.from.text());
  message.set_workflow(static_cast<v1::Workflow>(wanted.workflow));
  message.set_urgency(wanted.urgency);
  message.set_deadline_ms(wanted.deadline_ms);
  message.set_not_before_ms(wanted.not_before_ms);
  message.set_source(wanted.source);
  message.set_policy(wanted.policy);
  message.set_backfill(wanted.backfill);
  message.set_requested(wanted.requested);
  message.set_carried(wanted.carried);
}
absl::Status Decode(const v1::Wanted& message, Wanted& wanted) {
  RETURN_IF_ERROR(VersionOf(message.version(), wanted.version));
  RETURN_IF_ERROR(LanguageOf("from", message.from(), wanted.from));
  RETURN_IF_ERROR(Enumerator("workflow", message.workflow(), v1::Workflow_MAX, wanted.workflow));
  if (message.urgency() < 1 || message.urgency() > 9) return Malformed("urgency", "1 to 9");
  wanted.urgency = message.urgency();
  wanted.deadline_ms = message.deadline_ms();
  wanted.not_before_ms = message.not_before_ms();
  wanted.source = message.source();
  wanted.policy = message.policy();
  wanted.backfill = message.backfill();
  wanted.requested = message.requested();
  wanted.carried = message.carried();
  return absl::OkStatus();
}

void Encode(const Claimed& claimed, v1::JobFact& to) {
  to.mutable_claimed()->set_worker(static_cast<v1::Worker>(claimed.worker));
  to.mutable_claimed()->set_lease_ms(claimed.lease_ms);
}
absl::Status Decode(const v1::Claimed& message, Claimed& claimed) {
  claimed.lease_ms = message.lease_ms();
  return Enumerator("worker", message.worker(), v1::Worker_MAX, claimed.worker);
}

void Encode(const Extended& extended, v1::JobFact& to) {
  v1::Extended& message = *to.mutable_extended();
  message.set_token(extended.token);
  message.set_lease_ms(extended.lease_ms);
  message.set_segments_done(extended.segments_done);
}
absl::Status Decode(const v1::Extended& message, Extended& extended) {
  extended = {message.token(), message.lease_ms(), message.segments_done()};
  return absl::OkStatus();
}

void Encode(const Completed& completed, v1::JobFact& to) {
  to.mutable_completed()->set_token(completed.token);
  to.mutable_completed()->set_version(completed.version.number);
}
absl::Status Decode(const v1::Completed& message, Completed& completed) {
  completed.token = message.token();
  return VersionOf(message.version(), completed.version);
}

void Encode(const Released& released, v1::JobFact& to) {
  to.mutable_released()->set_token(released.token);
}
absl::Status Decode(const v1::Released& message, Released& released) {
  released.token = message.token();
  return absl::OkStatus();
}

void Encode(const Failed& failed, v1::JobFact& to) {
  v1::Failed& message = *to.mutable_failed();
  message.set_token(failed.token);
  message.set_permanent(failed.permanent);
  message.set_escalate(failed.escalate);
  message.set_retry_after_ms(failed.retry_after_ms);
  message.set_reason(failed.reason);
  message.set_note(failed.note);
  message.set_untried(failed.untried);
}
absl::Status Decode(const v1::Failed& message, Failed& failed) {
  failed = {message.token(),  message.permanent(), message.escalate(), message.retry_after_ms(),
            message.reason(), message.note(),      message.untried()};
  return absl::OkStatus();
}

void Encode(const Due& due, v1::JobFact& to) {
  to.mutable_due()->set_instant_ms(due.instant_ms);
  to.mutable_due()->set_of(due.of);
}
absl::Status Decode(const v1::Due& message, Due& due) {
  due = {message.instant_ms(), message.of()};
  return absl::OkStatus();
}

void Encode(const Canceled& canceled, v1::JobFact& to) {
  v1::Canceled& message = *to.mutable_canceled();
  message.set_version(canceled.version.number);
  message.set_cause(static_cast<v1::CancelCause>(canceled.cause));
  message.set_backfill(canceled.backfill);
  message.set_note(canceled.note);
}
absl::Status Decode(const v1::Canceled& message, Canceled& canceled) {
  canceled.backfill = message.backfill();
  canceled.note = message.note();
  RETURN_IF_ERROR(VersionOf(message.version(), canceled.version));
  return Enumerator("cause", message.cause(), v1::CancelCause_MAX, canceled.cause);
}

void Encode(const Reviewed& reviewed, v1::JobFact& to) {
  v1::Reviewed& message = *to.mutable_reviewed();
  message.set_version(reviewed.version.number);
  message.set_revision(reviewed.revision);
  message.set_verdict(static_cast<v1::ReviewVerdict>(reviewed.verdict));
  message.set_note(reviewed.note);
  message.set_from(reviewed.from.text());
  message.set_source(reviewed.source);
  message.set_forgotten(reviewed.forgotten);
}
absl::Status Decode(const v1::Reviewed& message, Reviewed& reviewed) {
  reviewed.revision = message.revision();
  reviewed.note = message.note();
  reviewed.source = message.source();
  reviewed.forgotten = message.forgotten();
  RETURN_IF_ERROR(VersionOf(message.version(), reviewed.version));
  RETURN_IF_ERROR(LanguageOf("from", message.from(), reviewed.from));
  return Enumerator("verdict", message.verdict(), v1::ReviewVerdict_MAX, reviewed.verdict);
}

void Encode(const Replayed& replayed, v1::JobFact& to) {
  to.mutable_replayed()->set_note(replayed.note);
}
absl::Status Decode(const v1::Replayed& message, Replayed& replayed) {
  replayed.note = message.note();
  return absl::OkStatus();
}

void Encode(const Forgotten& forgotten, v1::JobFact& to) {
  to.mutable_forgotten()->set_up_to(forgotten.up_to);
  to.mutable_forgotten()->set_not_before_ms(forgotten.not_before_ms);
}
absl::Status Decode(const v1::Forgotten& message, Forgotten& forgotten) {
  forgotten = {message.up_to(), message.not_before_ms()};
  return absl::OkStatus();
}

template <typename What, typename Message>
absl::Status DecodeInto(JobFact& fact, const Message& message) {
  return Decode(message, fact.what.emplace<What>());
}

absl::Status DecodeWhat(const v1::JobFact& message, JobFact& fact) {
  switch (message.fact_case()) {
    case v1::JobFact::kWanted:
      return DecodeInto<Wanted>(fact, message.wanted());
    case v1::JobFact::kClaimed:
      return DecodeInto<Claimed>(fact, message.claimed());
    case v1::JobFact::kExtended:
      return DecodeInto<Extended>(fact, message.extended());
    case v1::JobFact::kCompleted:
      return DecodeInto<Completed>(fact, message.completed());
    case v1::JobFact::kReleased:
      return DecodeInto<Released>(fact, message.released());
    case v1::JobFact::kFailed:
      return DecodeInto<Failed>(fact, message.failed());
    case v1::JobFact::kDue:
      return DecodeInto<Due>(fact, message.due());
    case v1::JobFact::kCanceled:
      return DecodeInto<Canceled>(fact, message.canceled());
    case v1::JobFact::kReviewed:
      return DecodeInto<Reviewed>(fact, message.reviewed());
    case v1::JobFact::kReplayed:
      return DecodeInto<Replayed>(fact, message.replayed());
    case v1::JobFact::kForgotten:
      return DecodeInto<Forgotten>(fact, message.forgotten());
    case v1::JobFact::FACT_NOT_SET:
      break;
  }
  return Newer("fact");  // each release has written one
}

absl::Status CheckRule(int rule) {
  if (rule < 1) return Malformed("rule", "a number");
  return rule > kQueueRule ? Newer("rule") : absl::OkStatus();
}

// jobs/{article}.{language}/{append}
std::optional<JobId> ParseJobKey(std::string_view key) {
  if (!key.starts_with(kJobs)) return std::nullopt;
  key.remove_prefix(kJobs.size());
  const std::size_t dot = key.find('.');
  const std::size_t slash = key.find('/');
  if (dot == key.npos || slash == key.npos || dot > slash) return std::nullopt;
  const std::string_view append = key.substr(slash + 1);
  if (append.empty() || append.size() > kAppendBytesMax || append.find('/') != append.npos)
    return std::nullopt;
  const std::string_view language = key.substr(dot + 1, slash - dot - 1);
  const auto article = news::ArticleId::Parse(key.substr(0, dot));
  auto tag = news::LanguageTag::Parse(language);
  // What is not spelled as it is written here is no key of ours.
  if (!article || !tag || tag->text() != language || article->ToString() != key.substr(0, dot))
    return std::nullopt;
  return JobId{*article, *std::move(tag)};
}

}  // namespace

absl::StatusOr<JobRecord> JobFactReader::Read(const kafka::RecordView& record) {
  message_.Clear();
  const std::string_view key = record.key();
  const auto value = record.value();
  if (key.starts_with(kPairs)) return ReadPause(key, value.value_or(""));
  auto job = ParseJobKey(key);
  if (!job) return Malformed("key", "jobs/{article}.{language}/{append} or pairs/{from}.{to}");
  if (!value) {
    FactTombstone tombstone{.job = *std::move(job)};
    const auto up_to = record.Header(kUpToHeader);
    if (!up_to || !absl::SimpleAtoi(std::string(*up_to), &tombstone.up_to))
      return Malformed(kUpToHeader, "an offset");
    return tombstone;
  }
  if (!message_.ParseFromArray(value->data(), static_cast<int>(value->size())))
    return absl::InvalidArgumentError("value: is no telex.translation.v1.JobFact");
  RETURN_IF_ERROR(CheckRule(message_.rule()));
  JobFact fact{.job = *std::move(job),
               .actor = message_.actor(),
               .request_id = message_.request_id(),
               .what = {}};
  RETURN_IF_ERROR(DecodeWhat(message_, fact));
  return fact;
}

absl::StatusOr<JobRecord> JobFactReader::ReadPause(std::string_view key, std::string_view value) {
  auto pair = ParsePairName(key.substr(kPairs.size()));
  if (!pair) return Malformed("key", "pairs/{from}.{to}");
  v1::PairPause message;
  if (!message.ParseFromArray(value.data(), static_cast<int>(value.size())))
    return absl::InvalidArgumentError("value: is no telex.translation.v1.PairPause");
  RETURN_IF_ERROR(CheckRule(message.rule()));
  return PairPause{.pair = *std::move(pair),
                   .paused = message.paused(),
                   .actor = message.actor(),
                   .note = message.note(),
                   .time_ms = message.time_ms()};
}

const v1::Text& JobFactReader::text() const {
  if (message_.has_completed()) return message_.completed().text();
  return message_.reviewed().text();
}

const google::protobuf::RepeatedPtrField<v1::Cost>& JobFactReader::costs() const {
  return message_.has_failed() ? message_.failed().costs() : text().costs();
}

const google::protobuf::RepeatedPtrField<v1::Segment>& JobFactReader::made() const {
  return message_.failed().made();
}

kafka::Record RecordOf(const JobFact& fact, std::string_view append, std::int32_t partitions,
                       const v1::Text* text) {
  v1::JobFact message;
  message.set_rule(kQueueRule);
  message.set_actor(fact.actor);
  message.set_request_id(fact.request_id);
  std::visit([&](const auto& what) { Encode(what, message); }, fact.what);
  if (text != nullptr && message.has_completed())
    *message.mutable_completed()->mutable_text() = *text;
  if (text != nullptr && message.has_reviewed())
    *message.mutable_reviewed()->mutable_text() = *text;
  if (text != nullptr && message.has_failed()) {
    *message.mutable_failed()->mutable_costs() = text->costs();
    *message.mutable_failed()->mutable_made() = text->segments();
  }
  const std::string article = fact.job.article.ToString();
  kafka::Record record{.topic = kJobsTopic, .partition = kafka::PartitionOf(article, partitions)};
  record.key = fmt::format("{}{}.{}/{}", kJobs, article, fact.job.language.text(), append);
  record.value = message.SerializeAsString();
  return record;
}

kafka::Record RecordOf(const PairPause& pause, std::int32_t partitions) {
  v1::PairPause message;
  message.set_rule(kQueueRule);
  message.set_paused(pause.paused);
  message.set_actor(pause.actor);
  message.set_note(pause.note);
  message.set_time_ms(pause.time_ms);
  const std::string pair = PairName(pause.pair);
  kafka::Record record{.topic = kJobsTopic, .partition = kafka::PartitionOf(pair, partitions)};
  record.key = fmt::format("{}{}", kPairs, pair);
  record.value = message.SerializeAsString();
  return record;
}

absl::Status CheckJobRecord(const kafka::Record& record) {
  return NotWritten(record.key, JobFactReader().Read(kafka::RecordView(record)).status());
}

kafka::Record TombstoneOf(std::string key, std::int32_t partition, std::int64_t up_to) {
  kafka::Record record{.topic = kJobsTopic, .partition = partition};
  record.key = std::move(key);
  record.headers = {{std::string(kUpToHeader), fmt::to_string(up_to)}};
  return record;
}

}  // namespace telex::translation
