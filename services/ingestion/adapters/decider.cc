#include "ingestion/adapters/decider.h"

#include <fmt/format.h>

#include <algorithm>

#include "ingestion/adapters/record_codec.h"
#include "ingestion/adapters/record_headers.h"
#include "ingestion/adapters/topics.h"
#include "news/article_name.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "platform/observe/heartbeat.h"
#include "platform/observe/log.h"
#include "platform/observe/trace.h"
#include "platform/runtime/loop.h"

namespace telex::ingestion {
namespace {

using kafka::Record;

constexpr absl::Duration kAskAgainAfter = absl::Milliseconds(500);

// The records of one step, each in the partition of its submission.
Record ToRecord(const ArticleHead& head, std::int32_t partition, const std::string& traceparent) {
  Record record{.topic = kArticlesTopic, .partition = partition};
  record.key = news::NameOf(head.article.id, head.article.version);
  record.value = EncodeArticleHead(head);
  record.headers = EventHeaders({.id = record.key,
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
  record.headers = EventHeaders({.id = record.key,
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
  record.headers = EventHeaders({.id = record.key,
                                 .type = "telex.ingestion.v1.Decision",
                                 .subject = decision.subject,
                                 .time = decision.time,
                                 .traceparent = traceparent});
  return record;
}

}  // namespace

Decider::Decider(RuleBook rules, std::string cluster_id, const LogStore& log_store, LogEnds ends,
                 kafka::Publisher& publisher, kafka::DeadLetters& dead_letters,
                 DeciderObserver observer)
    : rules_(std::move(rules)),
      cluster_id_(std::move(cluster_id)),
      log_store_(log_store),
      ends_(std::move(ends)),
      publisher_(publisher),
      dead_letters_(dead_letters),
      observer_(std::move(observer)) {}

absl::StatusOr<std::vector<kafka::StartOffset>> Decider::OnAssigned(
    std::span<const kafka::AssignedPartition> partitions, std::stop_token stop) {
  if (absl::Status status = CatchUp(partitions, stop); !status.ok()) return status;
  std::vector<kafka::StartOffset> starts;
  for (const kafka::AssignedPartition& assigned : partitions) {
    // The offset that was stored before the ends were looked at, and no later one: what was decided
    // before it has been read.
    starts.push_back({assigned.partition, assigned.committed});
    folds_.insert_or_assign(assigned.partition.partition,
                            std::make_unique<PartitionFold>(rules_, log_store_));
  }
  const std::lock_guard lock(mutex_);
  for (const kafka::AssignedPartition& assigned : partitions)
    owned_.insert(assigned.partition.partition);
  return starts;
}

namespace {

using Ends = std::map<kafka::TopicPartition, std::int64_t>;

// Asks until there is an answer: a broker that is away is waited for, and the partition with it.
absl::StatusOr<Ends> AskUntilAnswered(const LogEnds& ends,
                                      std::span<const kafka::TopicPartition> places,
                                      std::stop_token stop) {
  const observe::Waiting waiting("the ends of the logs");
  while (true) {
    auto answer = ends.of(places);
    const bool away =
        absl::IsUnavailable(answer.status()) || absl::IsDeadlineExceeded(answer.status());
    if (answer.ok() || !away) return answer;
    observe::Log(observe::Severity::kWarning, "waiting for the ends of the logs",
                 {{"error", answer.status().ToString()}});
    if (!runtime::SleepFor(kAskAgainAfter, stop))
      return absl::CancelledError("stopped while waiting for the ends of the logs");
  }
}

std::vector<kafka::TopicPartition> PlacesOf(std::span<const std::string> topics,
                                            std::span<const kafka::AssignedPartition> partitions) {
  std::vector<kafka::TopicPartition> places;
  for (const kafka::AssignedPartition& assigned : partitions) {
    for (const std::string& topic : topics) places.push_back({topic, assigned.partition.partition});
  }
  return places;
}

}  // namespace

absl::Status Decider::ReadToTheEnds(std::span<const kafka::TopicPartition> places,
                                    std::stop_token stop) const {
  ASSIGN_OR_RETURN(const Ends ends, AskUntilAnswered(ends_, places, stop));
  for (const auto& [place, end] : ends) {
    if (!log_store_.log().AwaitPosition(place, end, stop))
      return absl::CancelledError("stopped while reading what was decided before");
  }
  return absl::OkStatus();
}

absl::Status Decider::CatchUp(std::span<const kafka::AssignedPartition> partitions,
                              std::stop_token stop) const {
  const std::string decided[] = {kArticlesTopic, kResourcesTopic, kDecisionsTopic};
  const auto places = PlacesOf(decided, partitions);
  absl::Time begun;
  do {
    begun = ends_.now();
    RETURN_IF_ERROR(ReadToTheEnds(places, stop));
  } while (ends_.now() - begun > kCatchUpWithin);
  // What is known first, the ends after: other replicas go on deciding, and what they decide in
  // between is no truncation.
  const LogExtent all_known = log_store_.KnownSubmissions();
  const std::string handed_in[] = {kSubmissionsTopic};
  ASSIGN_OR_RETURN(const Ends ends, AskUntilAnswered(ends_, PlacesOf(handed_in, partitions), stop));
  LogExtent known{.cluster = all_known.cluster};
  LogExtent found{.cluster = cluster_id_};
  for (const auto& [place, end] : ends) found.next_offset[place.partition] = end;
  for (const kafka::AssignedPartition& assigned : partitions) {
    const std::int32_t partition = assigned.partition.partition;
    const auto next = all_known.next_offset.find(partition);
    known.next_offset[partition] = std::max(next != all_known.next_offset.end() ? next->second : 0,
                                            assigned.committed.value_or(0));
  }
  const absl::Status whole = CheckNotTruncated(kSubmissionsTopic, known, found);
  if (whole.ok()) return whole;
  return errors::Error(absl::StatusCode::kFailedPrecondition, errors::kLogTruncated,
                       std::string(whole.message()));
}

namespace {

void LogDecision(const Decision& decision, const std::string& traceparent) {
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

struct Decider::PendingBatch {
  PartitionFold* fold = nullptr;
  std::int32_t partition = 0;
  std::vector<PositionedSubmission> submissions;
  std::vector<std::string> traceparents;  // of each submission
  std::size_t next = 0;                   // the first that is not decided
  std::optional<std::int64_t> held_at;  // what is read ends before a submission of a newer release
  absl::Status held_why;

  bool Done() const { return next == submissions.size(); }
  // What is appended continues the trace of the submission that caused it.
  const std::string& TraceOf(const SubmissionPosition& position) const {
    static const std::string none;
    for (std::size_t i = next; i < submissions.size(); ++i) {
      if (submissions[i].position.offset == position.offset) return traceparents[i];
    }
    return none;
  }
};

kafka::Outcome Decider::OnBatch(const kafka::TopicPartition& partition,
                                std::span<const Record> records, std::stop_token stop) {
  const kafka::PartitionBatch batch{partition, records};
  return OnBatches({&batch, 1}, stop);
}

kafka::Outcome Decider::OnBatches(std::span<const kafka::PartitionBatch> batches,
                                  std::stop_token stop) {
  std::vector<PendingBatch> pending(batches.size());
  for (std::size_t i = 0; i < batches.size(); ++i) {
    kafka::Outcome read = Read(batches[i], pending[i], stop);
    if (read.kind() != kafka::Outcome::Kind::kDone) return read;
  }
  return DecideAll(pending, stop);
}

kafka::Outcome Decider::Read(const kafka::PartitionBatch& batch, PendingBatch& one,
                             std::stop_token stop) {
  const auto fold = folds_.find(batch.partition.partition);
  if (fold == folds_.end())
    return kafka::Outcome::Fatal(
        absl::InternalError("a batch of a partition that was not assigned"));
  one.fold = fold->second.get();
  one.partition = batch.partition.partition;
  for (const Record& record : batch.records) {
    auto submission = record.value ? DecodeSubmission(*record.value)
                                   : absl::InvalidArgumentError("a submission has a value");
    if (absl::IsUnimplemented(submission.status())) {
      one.held_at = record.offset;
      one.held_why =
          errors::Error(absl::StatusCode::kFailedPrecondition, errors::kRecordFromNewerRelease,
                        std::string(submission.status().message()));
      break;
    }
    if (!submission.ok()) {
      const absl::Status set_aside = dead_letters_.Put(record, submission.status(), stop);
      if (!set_aside.ok()) return kafka::Outcome::Retry(set_aside);
      continue;
    }
    one.submissions.push_back(
        {{cluster_id_, record.partition, record.offset}, *std::move(submission)});
    one.traceparents.emplace_back(kafka::FindHeader(record, kTraceparentHeader).value_or(""));
  }
  return kafka::Outcome::Done();
}

// In rounds: each partition's next piece of work, and a step of all of them is acknowledged before
// the next step is begun.
kafka::Outcome Decider::DecideAll(std::vector<PendingBatch>& pending, std::stop_token stop) {
  while (true) {
    observe::Beat();
    std::vector<Record> versions;
    std::vector<Record> tombstones;
    std::vector<Record> decisions;
    std::vector<std::pair<PendingBatch*, PartitionFold::Work>> round;
    for (PendingBatch& one : pending) {
      if (one.Done()) continue;
      const auto undecided = std::span(one.submissions).subspan(one.next);
      auto work = one.fold->Fold(undecided);
      if (work.ok() && work->awaits_decisions) {
        // Another owner has gone on while this one does not know that it lost its partition.
        const kafka::TopicPartition decisions_of{kDecisionsTopic, one.partition};
        const absl::Status read = ReadToTheEnds({&decisions_of, 1}, stop);
        if (!read.ok()) return kafka::Outcome::Retry(read);
        work = one.fold->Fold(undecided, /*decisions_read=*/true);
      }
      if (!work.ok()) {
        one.held_at = undecided.front().position.offset;
        one.held_why = errors::Error(absl::StatusCode::kFailedPrecondition, errors::kUnknownRule,
                                     std::string(work.status().message()));
        one.submissions.erase(one.submissions.begin() + static_cast<std::ptrdiff_t>(one.next),
                              one.submissions.end());
        continue;
      }
      const std::int32_t partition = one.partition;
      for (const ArticleHead& head : work->articles)
        versions.push_back(ToRecord(head, partition, one.TraceOf(head.position)));
      for (const SourceHead& head : work->sources)
        versions.push_back(ToRecord(head, partition, one.TraceOf(head.position)));
      for (const auto& [id, version] : work->tombstones) {
        tombstones.push_back(
            {.topic = kArticlesTopic, .partition = partition, .key = news::NameOf(id, version)});
      }
      for (const Decision& decision : work->decisions) {
        decisions.push_back(ToRecord(decision, partition, one.TraceOf(decision.position)));
      }
      round.emplace_back(&one, *std::move(work));
    }
    if (round.empty()) return HoldPartitions(pending);
    for (std::vector<Record>* step : {&versions, &tombstones, &decisions}) {
      if (step->empty()) continue;
      const auto appended = publisher_.PublishAll(std::move(*step), stop);
      // Closing. What is on its way may still arrive; folding it again, here or at the next owner,
      // gives the same bytes.
      if (!appended.ok() && absl::IsCancelled(appended.status()))
        return kafka::Outcome::Retry(appended.status());
      if (!appended.ok()) return kafka::Outcome::Fatal(appended.status());
    }
    const absl::Time now = absl::Now();
    for (const auto& [one, work] : round) {
      for (const Decision& decision : work.decisions)
        LogDecision(decision, one->TraceOf(decision.position));
      one->fold->Recorded(work);
      one->next += work.taken;
      if (observer_.on_appended) observer_.on_appended(work.articles.size(), work.decisions.size());
      if (!observer_.on_decided) continue;
      for (const Decision& decision : work.decisions)
        observer_.on_decided(decision, now - decision.time);
    }
  }
}

// All is decided but what a newer release has handed in, and what lies behind it.
kafka::Outcome Decider::HoldPartitions(const std::vector<PendingBatch>& pending) {
  std::map<kafka::TopicPartition, std::int64_t> held;
  for (const PendingBatch& one : pending) {
    if (!one.held_at) continue;
    held[{kSubmissionsTopic, one.partition}] = *one.held_at;
    observe::Log(observe::Severity::kError,
                 "submission of a newer release, its partition is not decided any further",
                 {{"partition", one.partition},
                  {"offset", *one.held_at},
                  {"error", one.held_why.ToString()}});
    const std::lock_guard lock(mutex_);
    owned_.erase(one.partition);
    held_[one.partition] = errors::WithContext(
        one.held_why, fmt::format("{}/{} at {}", kSubmissionsTopic, one.partition, *one.held_at));
  }
  return kafka::Outcome::DoneButHeld(std::move(held));
}

void Decider::OnRevoked(std::span<const kafka::TopicPartition> partitions, bool) {
  for (const kafka::TopicPartition& partition : partitions) folds_.erase(partition.partition);
  const std::lock_guard lock(mutex_);
  for (const kafka::TopicPartition& partition : partitions) {
    owned_.erase(partition.partition);
    held_.erase(partition.partition);
  }
}

absl::Status Decider::Held() const {
  const std::lock_guard lock(mutex_);
  return held_.empty() ? absl::OkStatus() : held_.begin()->second;
}

std::set<std::int32_t> Decider::Owned() const {
  const std::lock_guard lock(mutex_);
  return owned_;
}

}  // namespace telex::ingestion
