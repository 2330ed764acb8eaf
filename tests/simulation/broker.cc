#include "tests/simulation/broker.h"

#include <fmt/format.h>

#include <charconv>
#include <string_view>
#include <utility>

#include "ingestion/adapters/record_codec.h"
#include "ingestion/adapters/topics.h"
#include "news/article_name.h"
#include "platform/errors/status_macros.h"
#include "platform/kafka/cloud_event.h"
#include "platform/kafka/dead_letter.h"

namespace telex::simulation {

namespace {

using namespace telex::ingestion;

absl::StatusOr<Appended> DecodeArticle(const std::shared_ptr<const kafka::Record>& record) {
  const auto name = news::ArticleName::Parse(record->key);
  if (!name || !name->version) return absl::InvalidArgumentError("not an article's key");
  VersionRecord decoded{.key = {IndexOf(name->id), name->version->number}, .record = record};
  if (!record->value) return decoded;
  ASSIGN_OR_RETURN(ArticleHead head, DecodeArticleHead(*record->value));
  if (news::NameOf(head.article.id, head.article.version) != record->key)
    return absl::InvalidArgumentError("an article under another one's key");
  decoded.article = std::make_shared<const ArticleHead>(std::move(head));
  return decoded;
}

absl::StatusOr<Appended> DecodeSource(const std::shared_ptr<const kafka::Record>& record) {
  if (!record->value) return absl::InvalidArgumentError("a source has no tombstones");
  ASSIGN_OR_RETURN(SourceHead head, DecodeSourceHead(*record->value));
  if (SourceKey(head.source.id, head.source.version) != record->key)
    return absl::InvalidArgumentError("a source under another one's key");
  VersionRecord decoded{.key = {IndexOf(head.source.id), head.source.version.number},
                        .record = record};
  decoded.source = std::make_shared<const SourceHead>(std::move(head));
  return decoded;
}

absl::StatusOr<Appended> DecodeDecisionOf(const kafka::Record& record) {
  if (!record.value) return absl::InvalidArgumentError("a decision has no tombstone");
  ASSIGN_OR_RETURN(Decision decision, DecodeDecision(*record.value));
  if (DecisionKey(decision.position) != record.key ||
      decision.position.partition != record.partition) {
    return absl::InvalidArgumentError("a decision under another one's key");
  }
  return std::make_shared<const Decision>(std::move(decision));
}

absl::StatusOr<Appended> DecodeDeadLetter(const kafka::Record& record) {
  ASSIGN_OR_RETURN(const kafka::Record original, kafka::RestoreDeadLetter(record));
  const std::string_view offset =
      kafka::FindHeader(record, kafka::kDlqOffsetHeader).value_or(std::string_view());
  DeadLetter letter{.partition = original.partition};
  const auto parsed = std::from_chars(offset.begin(), offset.end(), letter.offset);
  if (original.topic != kSubmissionsTopic || parsed.ec != std::errc())
    return absl::InvalidArgumentError("a dead letter that is not of a submission");
  return letter;
}

}  // namespace

absl::StatusOr<Appended> Decode(kafka::Record record) {
  if (record.topic == kDecisionsTopic) return DecodeDecisionOf(record);
  if (record.topic == kafka::DeadLetterTopic(kSubmissionsTopic, kDecidersGroup))
    return DecodeDeadLetter(record);
  const auto shared = std::make_shared<const kafka::Record>(std::move(record));
  if (shared->topic != kArticlesTopic && shared->topic != kResourcesTopic)
    return absl::InvalidArgumentError("an owner does not write there");
  auto decoded = shared->topic == kArticlesTopic ? DecodeArticle(shared) : DecodeSource(shared);
  if (decoded.ok() &&
      PartitionOf(std::get<VersionRecord>(*decoded).key.subject) != shared->partition) {
    return absl::InvalidArgumentError("not in the partition of its subject");
  }
  return decoded;
}

SubmissionRecord Encode(const std::optional<Submission>& submission, int partition,
                        std::int64_t offset, std::int64_t timestamp_ms) {
  kafka::Record record{.topic = kSubmissionsTopic,
                       .partition = partition,
                       .offset = offset,
                       .timestamp_ms = timestamp_ms};
  record.value = submission ? EncodeSubmission(*submission) : "\xFF";
  if (submission) record.key = ingestion::NameOf(submission->subject);
  record.headers = {{std::string(kafka::kTraceparentHeader),
                     fmt::format("00-{:032x}-{:016x}-01", offset + 1, partition + 1)}};
  return {.submission = submission, .record = std::move(record)};
}

void Broker::CompactVersions(int partition, std::int64_t clean_end, std::int64_t tombstones_from) {
  of(partition).versions.Compact(
      clean_end, tombstones_from, [](const VersionRecord& record) { return record.key; },
      [](const VersionRecord& record) { return record.IsTombstone(); });
}

void Broker::DropOldSubmissions(int partition, absl::Time now, absl::Duration kept) {
  Partition& logs = of(partition);
  std::int64_t& begin = logs.submissions_begin;
  while (begin < logs.submissions.end() && now - logs.submissions.at(begin)->HandedIn() > kept)
    ++begin;
}

void Broker::DropOldDecisions(int partition, absl::Time now, absl::Duration kept) {
  Log<DecisionPtr>& log = of(partition).decisions;
  for (std::int64_t offset = 0; offset < log.end(); ++offset) {
    const DecisionPtr* record = log.at(offset);
    if (record != nullptr && now - (*record)->time > kept) log.Erase(offset);
  }
}

}  // namespace telex::simulation
