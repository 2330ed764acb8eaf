// The log store's writing half: what a batch of the log does to the local store.
#include <fmt/format.h>

#include "ingestion/adapters/log_store.h"
#include "ingestion/adapters/log_store_rows.h"
#include "ingestion/adapters/record_codec.h"
#include "ingestion/adapters/topics.h"
#include "ingestion/domain/web_address.h"
#include "news/article_name.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "platform/kafka/partitioner.h"

namespace telex::ingestion {
namespace {

using kafka::Record;
using news::ArticleId;
using news::Version;

// As long as the topic keeps them (deploy/kafka/topics.yaml).
constexpr absl::Duration kDecisionsKept = absl::Hours(24 * 31 + 12);
constexpr int kExpiredDroppedMax = 4;  // for each decision that is read

absl::Status WrongPartition(const Record& record, std::int32_t expected) {
  return errors::Error(absl::StatusCode::kFailedPrecondition, errors::kWrongPartitionCount,
                       fmt::format("{}: '{}' lies in partition {} and belongs into {}: the topics "
                                   "were made with another number of "
                                   "partitions",
                                   record.topic, record.key, record.partition, expected));
}

}  // namespace

absl::Status LogStore::Apply(store::WriteTxn& txn, const Record& record) {
  if (record.topic == kArticlesTopic) return ApplyArticle(txn, record);
  if (record.topic == kResourcesTopic) return ApplySource(txn, record);
  return ApplyDecision(txn, record);
}

void LogStore::Committed() {
  if (decisions_read_) decisions_read_(decisions_read_now_);
  decisions_read_now_.clear();
}

absl::Status LogStore::ApplyArticle(store::WriteTxn& txn, const Record& record) {
  const auto name = news::ArticleName::Parse(record.key);
  if (!name || !name->version) return absl::InvalidArgumentError("its key is no version's name");
  const std::int32_t expected = kafka::PartitionOf(name->id.ToString(), options_.partitions);
  if (expected != record.partition) return WrongPartition(record, expected);
  const std::string place = rows::ArticleKey(name->id, *name->version);
  if (!record.value) {
    RETURN_IF_ERROR(txn.Delete(unpurged_, place));
    return txn.Delete(articles_, place);
  }

  const auto head = DecodeArticleHead(*record.value);
  if (!head.ok()) return head.status();
  if (head->article.id != name->id || head->article.version != *name->version) {
    return absl::InvalidArgumentError("its key names another version than its value");
  }
  RETURN_IF_ERROR(NoteSubmission(txn, head->position));

  const auto row = txn.Get(heads_, name->id.bytes());
  const bool known = row.has_value();
  const rows::HeadRow before = known ? Whole(rows::DecodeHeadRow(*row)) : rows::HeadRow{};
  // What was forgotten stays so here, however late an old version comes; that it is forgotten in
  // the log as well is the owner's to see to (PurgeLeftovers).
  const auto standing = known ? HeadIn(txn, name->id) : std::nullopt;
  if (standing && standing->article.purged && head->article.version < standing->article.version)
    return txn.Put(unpurged_, place, "");
  RETURN_IF_ERROR(txn.Put(articles_, place, *record.value));
  if (before.version >= head->article.version) return absl::OkStatus();
  if (known) {
    RETURN_IF_ERROR(
        DropFromListings(txn, name->id, before.versioncreated, standing ? &*standing : nullptr));
    RETURN_IF_ERROR(
        txn.Delete(pending_, rows::PendingKey(record.partition, before.pending, name->id)));
  }
  return PutHead(txn, record.partition, *head);
}

absl::Status LogStore::DropFromListings(store::WriteTxn& txn, const ArticleId& article,
                                        absl::Time versioncreated, const ArticleHead* standing) {
  const std::string place = rows::RecentKey(versioncreated, article);
  if (const auto row = txn.Get(recent_, place)) {
    RETURN_IF_ERROR(CountInSection(txn, Whole(rows::DecodeRecentRow(*row)), -1));
  }
  // Without its version the address is not known; what is left behind leads to no article of it.
  if (standing != nullptr && !standing->article.canonical_url.empty()) {
    const std::string address = ComparableAddress(standing->article.canonical_url);
    RETURN_IF_ERROR(txn.Delete(addresses_, rows::AddressKey(address, article)));
  }
  return txn.Delete(recent_, place);
}

absl::Status LogStore::CountInSection(store::WriteTxn& txn, const rows::RecentRow& row, int step) {
  if (!row.is_usable() || row.section.empty()) return absl::OkStatus();
  const auto bytes = txn.Get(sections_, row.section);
  const auto count = bytes ? store::DecodeU64(*bytes) : std::uint64_t{0};
  if (!count || (*count == 0 && step < 0)) log_->store().Damaged("a section's count is wrong");
  const std::uint64_t next = *count + static_cast<std::uint64_t>(step);
  if (next == 0) return txn.Delete(sections_, row.section);
  return txn.Put(sections_, row.section, store::EncodeU64(next));
}

absl::Status LogStore::PutHead(store::WriteTxn& txn, std::int32_t partition,
                               const ArticleHead& head) {
  const news::Article& article = head.article;
  const rows::HeadRow row{article.version, article.versioncreated,
                          PendingInstant(article).value_or(absl::InfiniteFuture())};
  RETURN_IF_ERROR(txn.Put(heads_, article.id.bytes(), rows::Encode(row)));
  RETURN_IF_ERROR(txn.Put(recent_, rows::RecentKey(row.versioncreated, article.id),
                          rows::RecentValue(article)));
  RETURN_IF_ERROR(CountInSection(txn, Whole(rows::DecodeRecentRow(rows::RecentValue(article))), 1));
  if (!article.canonical_url.empty()) {
    const std::string address = ComparableAddress(article.canonical_url);
    RETURN_IF_ERROR(txn.Put(addresses_, rows::AddressKey(address, article.id), ""));
  }
  if (row.pending != absl::InfiniteFuture()) {
    const std::string version =
        store::EncodeU64(static_cast<std::uint64_t>(article.version.number));
    RETURN_IF_ERROR(
        txn.Put(pending_, rows::PendingKey(partition, row.pending, article.id), version));
  }
  if (!article.purged) return absl::OkStatus();
  return ForgetBefore(txn, article.id, article.version);
}

// The bodies of a purged article go at once; their tombstones are to be read still.
absl::Status LogStore::ForgetBefore(store::WriteTxn& txn, const ArticleId& article,
                                    Version version) {
  const store::Range bodies{rows::ArticleKey(article, Version{0}),
                            rows::ArticleKey(article, version)};
  std::vector<std::string> places;
  for (auto cursor = txn.Scan(articles_, bodies); cursor.valid(); cursor.Next())
    places.emplace_back(cursor.key());
  for (const std::string& place : places) {
    RETURN_IF_ERROR(txn.Put(unpurged_, place, ""));
  }
  return txn.DeleteRange(articles_, bodies).status();
}

absl::Status LogStore::ApplySource(store::WriteTxn& txn, const Record& record) {
  // Other kinds of resources stand in this topic, too.
  if (!record.key.starts_with("sources/") || !record.value) return absl::OkStatus();
  const auto head = DecodeSourceHead(*record.value);
  if (!head.ok()) return head.status();
  const std::int32_t expected = kafka::PartitionOf(head->source.id.text(), options_.partitions);
  if (expected != record.partition) return WrongPartition(record, expected);
  RETURN_IF_ERROR(NoteSubmission(txn, head->position));
  if (const auto row = txn.Get(sources_, head->source.id.text())) {
    const SourceHead standing = Whole(DecodeSourceHead(*row));
    if (standing.source.version >= head->source.version) return absl::OkStatus();
  }
  return txn.Put(sources_, head->source.id.text(), *record.value);
}

absl::Status LogStore::ApplyDecision(store::WriteTxn& txn, const Record& record) {
  if (!record.value) return absl::OkStatus();
  auto decision = DecodeDecision(*record.value);
  if (!decision.ok()) return decision.status();
  const SubmissionPosition& position = decision->position;
  RETURN_IF_ERROR(NoteSubmission(txn, position));
  RETURN_IF_ERROR(
      txn.Put(decisions_, rows::DecisionKey(position.partition, position.offset), *record.value));
  if (decision->StandsForRepeats()) {
    const std::string row = rows::RequestKey(decision->subject, decision->request_id);
    const auto bytes = txn.Get(requests_, row);
    if (!bytes || Whole(DecodeDecision(*bytes)).position.offset < position.offset) {
      RETURN_IF_ERROR(txn.Put(requests_, row, *record.value));
    }
  }
  decisions_read_now_.push_back(*std::move(decision));
  return DropExpiredDecisions(txn, record.partition, absl::FromUnixMillis(record.timestamp_ms));
}

absl::Status LogStore::DropExpiredDecisions(store::WriteTxn& txn, std::int32_t partition,
                                            absl::Time now) {
  const std::string prefix = rows::PartitionKey(partition);
  for (int i = 0; i < kExpiredDroppedMax; ++i) {
    std::string key;
    std::string request;
    {
      const store::Cursor oldest = txn.Scan(decisions_, store::Range::Prefix(prefix));
      if (!oldest.valid()) return absl::OkStatus();
      const Decision decision = Whole(DecodeDecision(oldest.value()));
      if (now - decision.time <= kDecisionsKept) return absl::OkStatus();
      key = oldest.key();
      if (decision.StandsForRepeats())
        request = rows::RequestKey(decision.subject, decision.request_id);
    }
    if (!request.empty()) {
      const auto bytes = txn.Get(requests_, request);
      const auto place = [&] { return Whole(DecodeDecision(*bytes)).position; };
      if (bytes && rows::DecisionKey(place().partition, place().offset) == key) {
        RETURN_IF_ERROR(txn.Delete(requests_, request));
      }
    }
    RETURN_IF_ERROR(txn.Delete(decisions_, key));
  }
  return absl::OkStatus();
}

absl::Status LogStore::NoteSubmission(store::WriteTxn& txn, const SubmissionPosition& position) {
  if (position.cluster != options_.cluster_id) {
    return errors::Error(absl::StatusCode::kFailedPrecondition, errors::kLogTruncated,
                         fmt::format("a record names a submission of cluster {}, but this is "
                                     "cluster {}: the log was restored or "
                                     "copied",
                                     position.cluster, options_.cluster_id));
  }
  const std::string row = rows::PartitionKey(position.partition);
  const auto next = static_cast<std::uint64_t>(position.offset + 1);
  const auto bytes = txn.Get(known_, row);
  if (bytes && store::DecodeU64(*bytes).value_or(0) >= next) return absl::OkStatus();
  return txn.Put(known_, row, store::EncodeU64(next));
}

}  // namespace telex::ingestion
