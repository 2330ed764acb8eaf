#include "ingestion/adapters/decider.h"

#include <fmt/format.h>

#include <algorithm>

#include "ingestion/adapters/record_codec.h"
#include "ingestion/adapters/topics.h"
#include "news/article_name.h"
#include "platform/errors/errors.h"
#include "platform/kafka/cloud_event.h"
#include "platform/observe/log.h"
#include "platform/observe/trace.h"

namespace telex::ingestion {
namespace {

using kafka::Record;

// The records of one step, each in the partition of its submission.
Record ToRecord(const ArticleHead& head, std::int32_t partition, const std::string& traceparent) {
  Record record{.topic = kArticlesTopic, .partition = partition};
  record.key = news::NameOf(head.article.id, head.article.version);
  record.value = EncodeArticleHead(head);
  record.headers = kafka::HeadersOf({.source = kEventSource,
                                     .id = record.key,
                                     .type = "telex.news.v1.ArticleRecord",
                                     .subject = news::NameOf(head.article.id),
                                     .time = head.article.versioncreated,
                                     .traceparent = traceparent});
  return record;
}

Record ToRecord(const SourceHead& head, std::int32_t partition, const std::string& traceparent) {
  Record record{.topic = kResourcesTopic, .partition = partition};
  record.key = SourceKey(head.source.id, head.source.version);
  record.value = EncodeSourceHead(head);
  record.headers = kafka::HeadersOf({.source = kEventSource,
                                     .id = record.key,
                                     .type = "telex.ingestion.v1.SourceRecord",
                                     .subject = head.source.id.Name(),
                                     .time = head.source.update_time,
                                     .traceparent = traceparent});
  return record;
}

Record ToRecord(const Decision& decision, std::int32_t partition, const std::string& traceparent) {
  Record record{.topic = kDecisionsTopic, .partition = partition};
  record.key = DecisionKey(decision.position);
  record.value = EncodeDecision(decision);
  record.headers = kafka::HeadersOf({.source = kEventSource,
                                     .id = record.key,
                                     .type = "telex.ingestion.v1.Decision",
                                     .subject = decision.subject,
                                     .time = decision.time,
                                     .traceparent = traceparent});
  return record;
}

void LogDecision(const Decision& decision, const std::string& traceparent) {
  if (!observe::LogEnabled(observe::Severity::kInfo)) return;
  const auto trace = observe::ParseTraceparent(traceparent);
  std::optional<observe::ScopedTrace> scope;
  if (trace) scope.emplace(*trace);
  observe::Log(observe::Severity::kInfo, "decided",
               {{"subject", decision.subject},
                {"version", decision.version.number},
                {"verdict", v1::Verdict_Name(ToProto(decision.verdict))},
                {"reason", ReasonText(decision.reason)},
                {"partition", decision.position.partition},
                {"offset", decision.position.offset}});
}

}  // namespace

Decider::Decider(std::int32_t partition, DeciderParts parts)
    : partition_(partition), parts_(std::move(parts)), fold_(parts_.rules, parts_.ledger) {}

std::int64_t Decider::KnownEnd() const { return parts_.ledger.KnownSubmissions(partition_); }

void Decider::Take(std::span<const kafka::RecordView> records) {
  submissions_.clear();
  places_.clear();
  traceparents_.clear();
  unreadable_.clear();
  held_ = absl::OkStatus();
  next_ = 0;
  taken_ = 0;
  end_ = records.size();
  for (std::size_t place = 0; place < end_; ++place) TakeOne(records[place], place);
}

void Decider::TakeOne(const kafka::RecordView& record, std::size_t place) {
  auto submission = record.value() ? DecodeSubmission(*record.value())
                                   : absl::InvalidArgumentError("a submission has a value");
  if (absl::IsUnimplemented(submission.status())) {
    end_ = place;
    held_ = errors::Error(absl::StatusCode::kFailedPrecondition, errors::kRecordFromNewerRelease,
                          std::string(submission.status().message()));
    return;
  }
  if (!submission.ok()) {
    unreadable_.push_back({place, record.Copy(), submission.status()});
    return;
  }
  if (record.timestamp_ms() > 0) {
    submission->time = BoundByLogClock(parts_.rules, submission->rule, submission->time,
                                       absl::FromUnixMillis(record.timestamp_ms()));
  }
  submissions_.push_back(
      {{parts_.cluster_id, partition_, record.offset()}, *std::move(submission)});
  places_.push_back(place);
  traceparents_.emplace_back(record.Header(kafka::kTraceparentHeader).value_or(""));
}

absl::StatusOr<owner::Round> Decider::Next(bool read) {
  if (next_ == submissions_.size()) {
    if (taken_ == end_) return held_;
    return RoundOf({});
  }
  auto work = fold_.Fold(std::span(submissions_).subspan(next_), read);
  if (!work.ok()) {
    if (RecordsBefore(next_) > taken_) return RoundOf({});
    return errors::Error(absl::StatusCode::kFailedPrecondition, errors::kUnknownRule,
                         std::string(work.status().message()));
  }
  // Another owner has gone on while this one does not know that it lost its partition.
  if (work->awaits_decisions) return owner::Round{.read_first = {{kDecisionsTopic, partition_}}};
  return RoundOf(*std::move(work));
}

owner::Round Decider::RoundOf(PartitionFold::Work work) {
  work_ = std::move(work);
  round_end_ = RecordsBefore(next_ + work_.taken);
  owner::Round round{.taken = round_end_ - taken_};
  round.steps.emplace_back();
  for (const Unreadable& one : unreadable_) {
    if (one.place < round_end_)
      round.steps.back().push_back(parts_.dead_letters.Make(one.record, one.why));
  }
  AppendResults(round);
  return round;
}

// Versions, then what a purge takes away, then what says that it is decided.
void Decider::AppendResults(owner::Round& round) const {
  std::vector<Record> versions;
  std::vector<Record> tombstones;
  std::vector<Record> decisions;
  for (const ArticleHead& head : work_.articles)
    versions.push_back(ToRecord(head, partition_, TraceOf(head.position)));
  for (const SourceHead& head : work_.sources)
    versions.push_back(ToRecord(head, partition_, TraceOf(head.position)));
  for (const auto& [id, version] : work_.tombstones) {
    tombstones.push_back(
        {.topic = kArticlesTopic, .partition = partition_, .key = news::NameOf(id, version)});
  }
  for (const Decision& decision : work_.decisions)
    decisions.push_back(ToRecord(decision, partition_, TraceOf(decision.position)));
  round.steps.push_back(std::move(versions));
  round.steps.push_back(std::move(tombstones));
  round.steps.push_back(std::move(decisions));
}

// What is appended continues the trace of the submission that caused it.
const std::string& Decider::TraceOf(const SubmissionPosition& position) const {
  static const std::string none;
  for (std::size_t i = next_; i < submissions_.size(); ++i) {
    if (submissions_[i].position.offset == position.offset) return traceparents_[i];
  }
  return none;
}

void Decider::Recorded() {
  const absl::Time now = parts_.now();
  for (const Unreadable& one : unreadable_) {
    if (one.place < round_end_) parts_.dead_letters.Noted(one.record, one.why);
  }
  std::erase_if(unreadable_, [&](const Unreadable& one) { return one.place < round_end_; });
  for (const Decision& decision : work_.decisions) {
    LogDecision(decision, TraceOf(decision.position));
    if (parts_.on_decided) parts_.on_decided(decision, now - decision.time);
  }
  fold_.Recorded(work_);
  next_ += work_.taken;
  taken_ = round_end_;
}

}  // namespace telex::ingestion
