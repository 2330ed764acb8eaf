#include "ingestion/adapters/library.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "ingestion/adapters/page_token.h"
#include "ingestion/adapters/record_codec.h"
#include "ingestion/adapters/topics.h"
#include "news/article_name.h"
#include "platform/errors/errors.h"
#include "platform/kafka/partitioner.h"
#include "platform/observe/log.h"

namespace telex::ingestion {
namespace {

using kafka::Record;
using kafka::TopicPartition;
using news::ArticleId;
using news::Version;
using store::KeyBuilder;
using store::KeyReader;

constexpr std::uint32_t kSchema = 1;
constexpr std::size_t kRowsScannedMax = 10'000;  // by one page of a filtered listing
// As long as the topic keeps them (deploy/kafka/topics.yaml).
constexpr absl::Duration kDecisionsKept = absl::Hours(24 * 31);
constexpr int kExpiredDroppedMax = 4;  // for each decision that is read

std::string ArticleKey(const ArticleId& id, Version version) {
  return KeyBuilder().Raw(id.bytes()).U64(static_cast<std::uint64_t>(version.number)).bytes();
}

std::string DecisionRow(std::int32_t partition, std::int64_t offset) {
  return KeyBuilder().U32(static_cast<std::uint32_t>(partition)).U64(static_cast<std::uint64_t>(offset)).bytes();
}

std::string RequestRow(const std::string& subject, const std::string& request_id) {
  return KeyBuilder().Text(subject).Text(request_id).bytes();
}

std::uint64_t Millis(absl::Time time) { return static_cast<std::uint64_t>(std::max<std::int64_t>(0, absl::ToUnixMillis(time))); }

std::string RecentRow(absl::Time versioncreated, const ArticleId& id) {
  return KeyBuilder().U64Descending(Millis(versioncreated)).Raw(id.bytes()).bytes();
}

std::string PendingRow(absl::Time instant, const ArticleId& id) {
  return KeyBuilder().U64(Millis(instant)).Raw(id.bytes()).bytes();
}

// What stands in `heads`.
struct HeadRow {
  Version version;
  absl::Time versioncreated;
  absl::Time pending = absl::InfiniteFuture();  // nothing is
};

std::string Encode(const HeadRow& row) {
  KeyBuilder builder;
  builder.U64(static_cast<std::uint64_t>(row.version.number)).U64(Millis(row.versioncreated));
  const bool pending = row.pending != absl::InfiniteFuture();
  builder.U8(pending).U64(pending ? Millis(row.pending) : 0);
  return builder.bytes();
}

HeadRow DecodeHeadRow(std::string_view bytes) {
  KeyReader reader(bytes);
  HeadRow row;
  row.version.number = static_cast<std::int64_t>(reader.U64().value_or(0));
  row.versioncreated = absl::FromUnixMillis(static_cast<std::int64_t>(reader.U64().value_or(0)));
  const bool pending = reader.U8().value_or(0) != 0;
  const auto millis = reader.U64().value_or(0);
  if (pending) row.pending = absl::FromUnixMillis(static_cast<std::int64_t>(millis));
  return row;
}

// What stands in `recent`: what listings filter by.
std::string RecentValue(const news::Article& article) {
  return KeyBuilder()
      .Text(article.source.text())
      .Text(article.content.section.slug())
      .Text(article.content.language.text())
      .U8(static_cast<std::uint8_t>(article.status))
      .bytes();
}

bool Passes(const ArticleFilter& filter, std::string_view recent_value) {
  KeyReader reader(recent_value);
  const auto source = reader.Text();
  const auto section = reader.Text();
  const auto language = reader.Text();
  const auto status = reader.U8();
  if (filter.source && filter.source->text() != source) return false;
  if (filter.section && filter.section->slug() != section) return false;
  if (filter.language && filter.language->text() != language) return false;
  if (filter.status && static_cast<std::uint8_t>(*filter.status) != status) return false;
  return true;
}

std::string Describe(const ArticleFilter& filter) {
  const auto millis = [](const std::optional<absl::Time>& time) { return time ? std::to_string(absl::ToUnixMillis(*time)) : ""; };
  return fmt::format("articles|{}|{}|{}|{}|{}|{}", filter.source ? filter.source->text() : "",
                     filter.section ? filter.section->slug() : "", filter.language ? filter.language->text() : "",
                     filter.status ? static_cast<int>(*filter.status) : -1, millis(filter.created_after),
                     millis(filter.created_before));
}

absl::Status Unreadable(const Record& record, const absl::Status& why) {
  return errors::Error(absl::StatusCode::kDataLoss, errors::kRecordUnreadable,
                       fmt::format("{}/{} at {}: {}", record.topic, record.partition, record.offset, why.ToString()));
}

absl::Status WrongPartition(const Record& record, std::int32_t expected) {
  return errors::Error(absl::StatusCode::kFailedPrecondition, errors::kWrongPartitionCount,
                       fmt::format("{}: '{}' lies in partition {} and belongs into {}: the topics were made with another number of "
                                   "partitions",
                                   record.topic, record.key, record.partition, expected));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Library>> Library::Open(const LibraryOptions& options) {
  auto store = store::Store::Open({.path = options.folder,
                                   .databases = {"articles", "heads", "recent", "pending", "sources", "decisions", "requests", "known"},
                                   .schema = kSchema});
  if (!store.ok()) return store.status();
  // A store of another cluster is not emptied but refused: stories are known that this log does not have.
  if (absl::Status bound = (*store)->BindCluster(options.cluster_id); !bound.ok()) return bound;
  return std::unique_ptr<Library>(new Library(options, *std::move(store)));
}

Library::Library(LibraryOptions options, std::unique_ptr<store::Store> store)
    : options_(std::move(options)),
      store_(std::move(store)),
      articles_(store_->database("articles")),
      heads_(store_->database("heads")),
      recent_(store_->database("recent")),
      pending_(store_->database("pending")),
      sources_(store_->database("sources")),
      decisions_(store_->database("decisions")),
      requests_(store_->database("requests")),
      known_(store_->database("known")) {
  for (const store::Position& position : Snapshot().Positions()) {
    next_offsets_[{position.topic, position.partition}] = position.next_offset;
  }
}

std::vector<kafka::ReadFrom> Library::StartPositions() const {
  std::vector<kafka::ReadFrom> from;
  const std::lock_guard lock(mutex_);
  for (const std::string& topic : {kArticlesTopic, kResourcesTopic, kDecisionsTopic}) {
    for (std::int32_t partition = 0; partition < options_.partitions; ++partition) {
      kafka::ReadFrom place{.partition = {topic, partition}};
      // Decisions expire; versions never do.
      place.skip_expired = topic == kDecisionsTopic;
      if (const auto known = next_offsets_.find(place.partition); known != next_offsets_.end()) place.offset = known->second;
      from.push_back(std::move(place));
    }
  }
  return from;
}

// Writing -------------------------------------------------------------------------------------------------------------------

kafka::Outcome Library::OnBatch(std::span<const Record> records, std::stop_token) {
  std::vector<Decision> decisions;
  std::map<TopicPartition, std::int64_t> next;
  for (const Record& record : records) next[{record.topic, record.partition}] = record.offset + 1;
  const absl::Status written = store_->Write([&](store::WriteTxn& txn) -> absl::Status {
    for (const Record& record : records) {
      if (absl::Status status = Apply(txn, record, decisions); !status.ok()) return status;
    }
    for (const auto& [partition, offset] : next) {
      if (absl::Status status = txn.SetPosition(partition.topic, partition.partition, offset); !status.ok()) return status;
    }
    return absl::OkStatus();
  });
  if (!written.ok()) return kafka::Outcome::Fatal(written);
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [partition, offset] : next) next_offsets_[partition] = offset;
  }
  read_.notify_all();
  if (decisions_read_) decisions_read_(decisions);
  return kafka::Outcome::Done();
}

void Library::OnCaughtUp(const TopicPartition& partition, std::int64_t end_offset) {
  {
    const std::lock_guard lock(mutex_);
    std::int64_t& next = next_offsets_[partition];
    next = std::max(next, end_offset);
  }
  read_.notify_all();
}

absl::Status Library::Apply(store::WriteTxn& txn, const Record& record, std::vector<Decision>& decisions) {
  if (record.topic == kArticlesTopic) return ApplyArticle(txn, record);
  if (record.topic == kResourcesTopic) return ApplySource(txn, record);
  return ApplyDecision(txn, record, decisions);
}

absl::Status Library::ApplyArticle(store::WriteTxn& txn, const Record& record) {
  const auto name = news::ArticleName::Parse(record.key);
  if (!name || !name->version) return Unreadable(record, absl::InvalidArgumentError("its key is no version's name"));
  const std::int32_t expected = kafka::PartitionOf(name->id.ToString(), options_.partitions);
  if (expected != record.partition) return WrongPartition(record, expected);
  if (!record.value) return txn.Delete(articles_, ArticleKey(name->id, *name->version));

  const auto head = DecodeArticleHead(*record.value);
  if (!head.ok()) return Unreadable(record, head.status());
  if (head->article.id != name->id || head->article.version != *name->version) {
    return Unreadable(record, absl::InvalidArgumentError("its key names another version than its value"));
  }
  if (absl::Status status = NoteSubmission(txn, head->position); !status.ok()) return status;

  const auto row = txn.Get(heads_, name->id.bytes());
  const bool known = row.has_value();
  const HeadRow before = known ? DecodeHeadRow(*row) : HeadRow{};
  // What was forgotten stays so, however late an old version comes.
  const auto standing = known ? HeadIn(txn, name->id) : std::nullopt;
  if (standing && standing->article.purged && head->article.version < standing->article.version) return absl::OkStatus();
  if (absl::Status status = txn.Put(articles_, ArticleKey(name->id, *name->version), *record.value); !status.ok()) return status;
  if (before.version >= head->article.version) return absl::OkStatus();
  if (known) {
    if (absl::Status status = txn.Delete(recent_, RecentRow(before.versioncreated, name->id)); !status.ok()) return status;
    if (absl::Status status = txn.Delete(pending_, PendingRow(before.pending, name->id)); !status.ok()) return status;
  }
  return PutHead(txn, *head);
}

absl::Status Library::PutHead(store::WriteTxn& txn, const ArticleHead& head) {
  const news::Article& article = head.article;
  const HeadRow row{article.version, article.versioncreated, PendingInstant(article).value_or(absl::InfiniteFuture())};
  if (absl::Status status = txn.Put(heads_, article.id.bytes(), Encode(row)); !status.ok()) return status;
  if (absl::Status status = txn.Put(recent_, RecentRow(row.versioncreated, article.id), RecentValue(article)); !status.ok()) {
    return status;
  }
  if (row.pending != absl::InfiniteFuture()) {
    const std::string version = store::EncodeU64(static_cast<std::uint64_t>(article.version.number));
    if (absl::Status status = txn.Put(pending_, PendingRow(row.pending, article.id), version); !status.ok()) return status;
  }
  if (!article.purged) return absl::OkStatus();
  return txn.DeleteRange(articles_, {ArticleKey(article.id, Version{0}), ArticleKey(article.id, article.version)}).status();
}

absl::Status Library::ApplySource(store::WriteTxn& txn, const Record& record) {
  // Other kinds of resources stand in this topic, too.
  if (!record.key.starts_with("sources/") || !record.value) return absl::OkStatus();
  const auto head = DecodeSourceHead(*record.value);
  if (!head.ok()) return Unreadable(record, head.status());
  const std::int32_t expected = kafka::PartitionOf(head->source.id.text(), options_.partitions);
  if (expected != record.partition) return WrongPartition(record, expected);
  if (absl::Status status = NoteSubmission(txn, head->position); !status.ok()) return status;
  if (const auto row = txn.Get(sources_, head->source.id.text())) {
    const auto standing = DecodeSourceHead(*row);
    if (standing.ok() && standing->source.version >= head->source.version) return absl::OkStatus();
  }
  return txn.Put(sources_, head->source.id.text(), *record.value);
}

absl::Status Library::ApplyDecision(store::WriteTxn& txn, const Record& record, std::vector<Decision>& decisions) {
  if (!record.value) return absl::OkStatus();
  auto decision = DecodeDecision(*record.value);
  if (!decision.ok()) return Unreadable(record, decision.status());
  const SubmissionPosition& position = decision->position;
  if (absl::Status status = NoteSubmission(txn, position); !status.ok()) return status;
  if (absl::Status status = txn.Put(decisions_, DecisionRow(position.partition, position.offset), *record.value); !status.ok()) {
    return status;
  }
  if (decision->StandsForRepeats()) {
    const std::string row = RequestRow(decision->subject, decision->request_id);
    const auto bytes = txn.Get(requests_, row);
    const auto standing = bytes ? DecodeDecision(*bytes) : absl::NotFoundError("none");
    if (!standing.ok() || standing->position.offset < position.offset) {
      if (absl::Status status = txn.Put(requests_, row, *record.value); !status.ok()) return status;
    }
  }
  decisions.push_back(*std::move(decision));
  return DropExpiredDecisions(txn, record.partition, absl::FromUnixMillis(record.timestamp_ms));
}

absl::Status Library::DropExpiredDecisions(store::WriteTxn& txn, std::int32_t partition, absl::Time now) {
  const std::string prefix = KeyBuilder().U32(static_cast<std::uint32_t>(partition)).bytes();
  for (int i = 0; i < kExpiredDroppedMax; ++i) {
    std::string key;
    std::string request;
    {
      const store::Cursor oldest = txn.Scan(decisions_, store::Range::Prefix(prefix));
      if (!oldest.valid()) return absl::OkStatus();
      const auto decision = DecodeDecision(oldest.value());
      if (decision.ok() && now - decision->time <= kDecisionsKept) return absl::OkStatus();
      key = oldest.key();
      if (decision.ok() && decision->StandsForRepeats()) request = RequestRow(decision->subject, decision->request_id);
    }
    if (!request.empty()) {
      const auto bytes = txn.Get(requests_, request);
      const auto standing = bytes ? DecodeDecision(*bytes) : absl::NotFoundError("none");
      const bool same = standing.ok() && DecisionRow(standing->position.partition, standing->position.offset) == key;
      if (same) {
        if (absl::Status status = txn.Delete(requests_, request); !status.ok()) return status;
      }
    }
    if (absl::Status status = txn.Delete(decisions_, key); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Library::NoteSubmission(store::WriteTxn& txn, const SubmissionPosition& position) {
  if (position.cluster != options_.cluster_id) {
    return errors::Error(absl::StatusCode::kFailedPrecondition, errors::kLogTruncated,
                         fmt::format("a record names a submission of cluster {}, but this is cluster {}: the log was restored or "
                                     "copied",
                                     position.cluster, options_.cluster_id));
  }
  const std::string row = KeyBuilder().U32(static_cast<std::uint32_t>(position.partition)).bytes();
  const auto next = static_cast<std::uint64_t>(position.offset + 1);
  const auto bytes = txn.Get(known_, row);
  if (bytes && store::DecodeU64(*bytes).value_or(0) >= next) return absl::OkStatus();
  return txn.Put(known_, row, store::EncodeU64(next));
}

// Reading -------------------------------------------------------------------------------------------------------------------

store::ReadTxn Library::Snapshot() const {
  auto txn = store_->Read();
  if (!txn.ok()) {
    // More readers at once than the store was opened for: a fault of this program, which must not be answered with a guess.
    observe::Log(observe::Severity::kError, "the local store cannot be read", {{"error", txn.status().ToString()}});
    std::abort();
  }
  return *std::move(txn);
}

std::optional<ArticleHead> Library::HeadIn(const store::Transaction& txn, const ArticleId& article) const {
  const auto row = txn.Get(heads_, article.bytes());
  if (!row) return std::nullopt;
  const auto bytes = txn.Get(articles_, ArticleKey(article, DecodeHeadRow(*row).version));
  if (!bytes) return std::nullopt;
  auto head = DecodeArticleHead(*bytes);
  if (!head.ok()) return std::nullopt;
  return *std::move(head);
}

std::optional<ArticleHead> Library::ArticleHeadOf(const ArticleId& article) const { return HeadIn(Snapshot(), article); }

std::optional<ArticleHead> Library::ArticleVersionOf(const ArticleId& article, Version version) const {
  const store::ReadTxn txn = Snapshot();
  const auto bytes = txn.Get(articles_, ArticleKey(article, version));
  if (!bytes) return std::nullopt;
  auto head = DecodeArticleHead(*bytes);
  if (!head.ok()) return std::nullopt;
  return *std::move(head);
}

std::optional<SourceHead> Library::SourceHeadOf(const news::SourceId& source) const {
  const store::ReadTxn txn = Snapshot();
  const auto bytes = txn.Get(sources_, source.text());
  if (!bytes) return std::nullopt;
  auto head = DecodeSourceHead(*bytes);
  if (!head.ok()) return std::nullopt;
  return *std::move(head);
}

std::vector<SourceHead> Library::Sources() const {
  std::vector<SourceHead> sources;
  const store::ReadTxn txn = Snapshot();
  for (auto cursor = txn.Scan(sources_); cursor.valid(); cursor.Next()) {
    if (auto head = DecodeSourceHead(cursor.value()); head.ok()) sources.push_back(*std::move(head));
  }
  return sources;
}

std::optional<Decision> Library::DecisionAt(const SubmissionPosition& position) const {
  const store::ReadTxn txn = Snapshot();
  const auto bytes = txn.Get(decisions_, DecisionRow(position.partition, position.offset));
  if (!bytes) return std::nullopt;
  auto decision = DecodeDecision(*bytes);
  if (!decision.ok()) return std::nullopt;
  return *std::move(decision);
}

std::optional<Decision> Library::StandingDecision(const std::string& subject, const std::string& request_id) const {
  const store::ReadTxn txn = Snapshot();
  const auto bytes = txn.Get(requests_, RequestRow(subject, request_id));
  if (!bytes) return std::nullopt;
  auto decision = DecodeDecision(*bytes);
  if (!decision.ok()) return std::nullopt;
  return *std::move(decision);
}

Version Library::NewestVersionOf(const std::string& subject) const {
  const store::ReadTxn txn = Snapshot();
  if (const auto name = news::ArticleName::Parse(subject)) {
    const auto row = txn.Get(heads_, name->id.bytes());
    return row ? DecodeHeadRow(*row).version : Version{};
  }
  const auto source = news::SourceId::FromName(subject);
  const auto bytes = source ? txn.Get(sources_, source->text()) : std::nullopt;
  if (!bytes) return Version{};
  const auto head = DecodeSourceHead(*bytes);
  return head.ok() ? head->source.version : Version{};
}

absl::StatusOr<Page<ArticleHead>> Library::List(const ArticleFilter& filter, std::size_t size, const std::string& token) const {
  const std::string scope = Describe(filter);
  std::string from;
  if (!token.empty()) {
    auto place = ReadPageToken(token, scope);
    if (!place.ok()) return place.status();
    from = *std::move(place);
  } else if (filter.created_before) {
    const absl::Time last = *filter.created_before - absl::Milliseconds(1);
    from = KeyBuilder().U64Descending(Millis(last)).bytes();
  }
  std::string until;
  if (filter.created_after) {
    const std::uint64_t first = Millis(*filter.created_after);
    if (first > 0) until = KeyBuilder().U64Descending(first - 1).bytes();
  }
  Page<ArticleHead> page;
  std::size_t scanned = 0;
  const store::ReadTxn txn = Snapshot();
  for (auto cursor = txn.Scan(recent_, {from, until}); cursor.valid(); cursor.Next()) {
    if (page.items.size() == size || ++scanned > kRowsScannedMax) {
      page.next_token = MakePageToken(cursor.key(), scope);
      break;
    }
    if (!Passes(filter, cursor.value())) continue;
    KeyReader key(cursor.key());
    key.U64Descending();
    const auto id = ArticleId::FromBytes(key.Rest());
    if (!id) continue;
    if (auto head = HeadIn(txn, *id)) page.items.push_back(*std::move(head));
  }
  return page;
}

absl::StatusOr<Page<ArticleHead>> Library::Versions(const ArticleId& article, std::size_t size, const std::string& token) const {
  const std::string scope = fmt::format("versions|{}", article.ToString());
  store::Range range = store::Range::Prefix(article.bytes());
  if (!token.empty()) {
    auto place = ReadPageToken(token, scope);
    if (!place.ok()) return place.status();
    range.until = *std::move(place);
  }
  Page<ArticleHead> page;
  std::string last;
  const store::ReadTxn txn = Snapshot();
  for (auto cursor = txn.Scan(articles_, range, store::Direction::kBackward); cursor.valid(); cursor.Next()) {
    if (page.items.size() == size) {
      page.next_token = MakePageToken(last, scope);
      break;
    }
    if (auto head = DecodeArticleHead(cursor.value()); head.ok()) page.items.push_back(*std::move(head));
    last = cursor.key();
  }
  return page;
}

std::vector<Pending> Library::PendingUntil(absl::Time until, std::size_t most) const {
  std::vector<Pending> due;
  const store::ReadTxn txn = Snapshot();
  const store::Range range{"", KeyBuilder().U64(Millis(until) + 1).bytes()};
  for (auto cursor = txn.Scan(pending_, range); cursor.valid() && due.size() < most; cursor.Next()) {
    KeyReader key(cursor.key());
    const auto millis = key.U64();
    const auto id = ArticleId::FromBytes(key.Rest());
    const auto version = store::DecodeU64(cursor.value());
    if (!millis || !id || !version) continue;
    due.push_back({absl::FromUnixMillis(static_cast<std::int64_t>(*millis)), *id, Version{static_cast<std::int64_t>(*version)}});
  }
  return due;
}

std::uint64_t Library::ArticleCount() const { return Snapshot().Count(heads_); }

LogExtent Library::KnownSubmissions() const {
  LogExtent known{.cluster = options_.cluster_id};
  const store::ReadTxn txn = Snapshot();
  for (auto cursor = txn.Scan(known_); cursor.valid(); cursor.Next()) {
    const auto partition = KeyReader(cursor.key()).U32();
    const auto next = store::DecodeU64(cursor.value());
    if (partition && next) known.next_offset[static_cast<std::int32_t>(*partition)] = static_cast<std::int64_t>(*next);
  }
  return known;
}

bool Library::AwaitPosition(const TopicPartition& partition, std::int64_t next_offset, std::stop_token stop) const {
  std::unique_lock lock(mutex_);
  return read_.wait(lock, stop, [&] {
    const auto place = next_offsets_.find(partition);
    return next_offset <= 0 || (place != next_offsets_.end() && place->second >= next_offset);
  });
}

std::int64_t Library::PositionOf(const TopicPartition& partition) const {
  const std::lock_guard lock(mutex_);
  const auto place = next_offsets_.find(partition);
  return place == next_offsets_.end() ? 0 : place->second;
}

}  // namespace telex::ingestion
