#include "ingestion/adapters/submitter.h"

#include <absl/time/clock.h>

#include <utility>
#include <vector>

#include "ingestion/adapters/record_codec.h"
#include "ingestion/adapters/topics.h"
#include "platform/kafka/cloud_event.h"
#include "platform/kafka/partitioner.h"

namespace telex::ingestion {
namespace {

// The id alone decides the partition, whatever else the key says.
std::string PartitionKey(const Subject& subject) {
  if (const auto* article = std::get_if<news::ArticleId>(&subject)) return article->ToString();
  return std::get<news::SourceId>(subject).text();
}

}  // namespace

Submitter::Submitter(const LogSettings& log, const LogStore& log_store, kafka::Publisher& publisher)
    : partitions_(log.partitions),
      publisher_(publisher),
      requests_(
          {.append =
               [this](kafka::Record record, kafka::Publisher::Callback done) {
                 publisher_.Publish(std::move(record), std::move(done));
               },
           .find =
               [cluster_id = log.cluster_id, &log_store](const kafka::Position& position) {
                 return log_store.DecisionAt({cluster_id, position.partition, position.offset});
               },
           .is_readable =
               [&log_store](const Decision& decision) {
                 return log_store.NewestVersionOf(decision.subject) >= decision.version;
               }}) {}

kafka::Record Submitter::ToRecord(const Submission& submission,
                                  const std::string& traceparent) const {
  kafka::Record record{
      .topic = kSubmissionsTopic,
      .partition = kafka::PartitionOf(PartitionKey(submission.subject), partitions_)};
  record.key = NameOf(submission.subject);
  record.value = EncodeSubmission(submission);
  record.headers =
      kafka::HeadersOf({.source = kEventSource,
                        .id = submission.request_id.empty() ? record.key : submission.request_id,
                        .type = "telex.ingestion.v1.Submission",
                        .subject = record.key,
                        .time = submission.time,
                        .traceparent = traceparent});
  return record;
}

void Submitter::Submit(const Submission& submission, const std::string& traceparent,
                       absl::Time deadline, Decided decided) {
  requests_.Request(ToRecord(submission, traceparent),
                    runtime::Deadline::After(deadline - absl::Now()), std::move(decided));
}

void Submitter::Append(kafka::Record record, absl::Time deadline, Recorded recorded) {
  requests_.Append(std::move(record), runtime::Deadline::After(deadline - absl::Now()),
                   std::move(recorded));
}

void Submitter::SubmitAndForget(const Submission& submission) {
  publisher_.Publish(ToRecord(submission, ""), {});
}

void Submitter::DecisionsRead(std::span<const Decision> decisions) {
  std::vector<std::pair<kafka::Position, Decision>> answers;
  answers.reserve(decisions.size());
  for (const Decision& decision : decisions) {
    answers.emplace_back(kafka::Position{decision.position.partition, decision.position.offset},
                         decision);
  }
  requests_.AnswersRead(answers);
}

}  // namespace telex::ingestion
