#include "ingestion/adapters/library.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "ingestion/adapters/library_rows.h"
#include "ingestion/adapters/page_token.h"
#include "ingestion/adapters/record_codec.h"
#include "ingestion/adapters/topics.h"
#include "news/article_name.h"
#include "platform/errors/errors.h"
#include "platform/observe/log.h"
#include "platform/observe/pulse.h"

namespace telex::ingestion {
namespace {

using kafka::TopicPartition;
using news::ArticleId;
using news::Version;
using store::KeyReader;

constexpr std::uint32_t kSchema = 2;
constexpr std::size_t kRowsScannedMax = 10'000;  // by one page of a filtered listing

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
  const auto millis = [](const std::optional<absl::Time>& time) {
    return time ? std::to_string(absl::ToUnixMillis(*time)) : "";
  };
  return fmt::format("articles|{}|{}|{}|{}|{}|{}", filter.source ? filter.source->text() : "",
                     filter.section ? filter.section->slug() : "",
                     filter.language ? filter.language->text() : "",
                     filter.status ? static_cast<int>(*filter.status) : -1,
                     millis(filter.created_after), millis(filter.created_before));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Library>> Library::Open(const LibraryOptions& options) {
  auto store =
      store::Store::Open({.path = options.folder,
                          .databases = {"articles", "heads", "recent", "pending", "sources",
                                        "decisions", "requests", "known", "unforgotten"},
                          .schema = kSchema,
                          .map_bytes_max = options.store_bytes_max});
  if (!store.ok()) return store.status();
  // A store of another cluster is not emptied but refused: stories are known that this log does not
  // have.
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
      known_(store_->database("known")),
      unforgotten_(store_->database("unforgotten")) {
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
      if (const auto known = next_offsets_.find(place.partition); known != next_offsets_.end())
        place.offset = known->second;
      from.push_back(std::move(place));
    }
  }
  return from;
}

// Reading
// -------------------------------------------------------------------------------------------------------------------

store::ReadTxn Library::Snapshot() const {
  auto txn = store_->Read();
  if (!txn.ok()) {
    // More readers at once than the store was opened for: a fault of this program, which must not
    // be answered with a guess.
    observe::Log(observe::Severity::kError, "the local store cannot be read",
                 {{"error", txn.status().ToString()}});
    std::abort();
  }
  return *std::move(txn);
}

std::optional<ArticleHead> Library::HeadIn(const store::Transaction& txn,
                                           const ArticleId& article) const {
  const auto row = txn.Get(heads_, article.bytes());
  if (!row) return std::nullopt;
  const auto bytes =
      txn.Get(articles_, rows::ArticleKey(article, Whole(rows::DecodeHeadRow(*row)).version));
  // The tombstone of a purge was read before the version that replaces it.
  if (!bytes) return std::nullopt;
  return Whole(DecodeArticleHead(*bytes));
}

std::optional<ArticleHead> Library::ArticleHeadOf(const ArticleId& article) const {
  return HeadIn(Snapshot(), article);
}

std::optional<ArticleHead> Library::ArticleVersionOf(const ArticleId& article,
                                                     Version version) const {
  const store::ReadTxn txn = Snapshot();
  const auto bytes = txn.Get(articles_, rows::ArticleKey(article, version));
  if (!bytes) return std::nullopt;
  return Whole(DecodeArticleHead(*bytes));
}

std::optional<SourceHead> Library::SourceHeadOf(const news::SourceId& source) const {
  const store::ReadTxn txn = Snapshot();
  const auto bytes = txn.Get(sources_, source.text());
  if (!bytes) return std::nullopt;
  return Whole(DecodeSourceHead(*bytes));
}

std::vector<SourceHead> Library::Sources() const {
  std::vector<SourceHead> sources;
  const store::ReadTxn txn = Snapshot();
  for (auto cursor = txn.Scan(sources_); cursor.valid(); cursor.Next()) {
    sources.push_back(Whole(DecodeSourceHead(cursor.value())));
  }
  return sources;
}

std::optional<Decision> Library::DecisionAt(const SubmissionPosition& position) const {
  const store::ReadTxn txn = Snapshot();
  const auto bytes = txn.Get(decisions_, rows::DecisionKey(position.partition, position.offset));
  if (!bytes) return std::nullopt;
  return Whole(DecodeDecision(*bytes));
}

std::optional<Decision> Library::StandingDecision(const std::string& subject,
                                                  const std::string& request_id) const {
  const store::ReadTxn txn = Snapshot();
  const auto bytes = txn.Get(requests_, rows::RequestKey(subject, request_id));
  if (!bytes) return std::nullopt;
  return Whole(DecodeDecision(*bytes));
}

Version Library::NewestVersionOf(const std::string& subject) const {
  const store::ReadTxn txn = Snapshot();
  if (const auto name = news::ArticleName::Parse(subject)) {
    const auto row = txn.Get(heads_, name->id.bytes());
    return row ? Whole(rows::DecodeHeadRow(*row)).version : Version{};
  }
  const auto source = news::SourceId::FromName(subject);
  const auto bytes = source ? txn.Get(sources_, source->text()) : std::nullopt;
  if (!bytes) return Version{};
  return Whole(DecodeSourceHead(*bytes)).source.version;
}

absl::StatusOr<Page<ArticleHead>> Library::List(const ArticleFilter& filter, std::size_t size,
                                                const std::string& token) const {
  const std::string scope = Describe(filter);
  std::string from;
  if (!token.empty()) {
    auto place = ReadPageToken(token, scope);
    if (!place.ok()) return place.status();
    from = *std::move(place);
  } else if (filter.created_before) {
    const absl::Time last = *filter.created_before - absl::Milliseconds(1);
    from = rows::RecentKeyFrom(last);
  }
  std::string until;
  if (filter.created_after) {
    if (absl::ToUnixMillis(*filter.created_after) > 0)
      until = rows::RecentKeyFrom(*filter.created_after - absl::Milliseconds(1));
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

absl::StatusOr<Page<ArticleHead>> Library::Versions(const ArticleId& article, std::size_t size,
                                                    const std::string& token) const {
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
  for (auto cursor = txn.Scan(articles_, range, store::Direction::kBackward); cursor.valid();
       cursor.Next()) {
    if (page.items.size() == size) {
      page.next_token = MakePageToken(last, scope);
      break;
    }
    page.items.push_back(Whole(DecodeArticleHead(cursor.value())));
    last = cursor.key();
  }
  return page;
}

std::vector<Pending> Library::PendingUntil(absl::Time until, std::size_t most,
                                           const Wanted& wanted) const {
  std::vector<Pending> due;
  const store::ReadTxn txn = Snapshot();
  const store::Range range{"", rows::PendingKeyAfter(until)};
  for (auto cursor = txn.Scan(pending_, range); cursor.valid() && due.size() < most;
       cursor.Next()) {
    KeyReader key(cursor.key());
    const auto millis = key.U64();
    const auto id = ArticleId::FromBytes(key.Rest());
    const auto version = store::DecodeU64(cursor.value());
    if (!millis || !id || !version || (wanted && !wanted(*id))) continue;
    due.push_back({absl::FromUnixMillis(static_cast<std::int64_t>(*millis)), *id,
                   Version{static_cast<std::int64_t>(*version)}});
  }
  return due;
}

std::uint64_t Library::ArticleCount() const { return Snapshot().Count(heads_); }

std::vector<Unforgotten> Library::UnforgottenVersions(std::size_t most,
                                                      const Wanted& wanted) const {
  std::vector<Unforgotten> versions;
  const store::ReadTxn txn = Snapshot();
  for (auto cursor = txn.Scan(unforgotten_); cursor.valid() && versions.size() < most;
       cursor.Next()) {
    const auto key = rows::ReadArticleKey(cursor.key());
    if (!key || (wanted && !wanted(key->first))) continue;
    versions.push_back({key->first, key->second});
  }
  return versions;
}

LogExtent Library::KnownSubmissions() const {
  LogExtent known{.cluster = options_.cluster_id};
  const store::ReadTxn txn = Snapshot();
  for (auto cursor = txn.Scan(known_); cursor.valid(); cursor.Next()) {
    const auto partition = KeyReader(cursor.key()).U32();
    const auto next = store::DecodeU64(cursor.value());
    if (partition && next)
      known.next_offset[static_cast<std::int32_t>(*partition)] = static_cast<std::int64_t>(*next);
  }
  return known;
}

bool Library::AwaitPosition(const TopicPartition& partition, std::int64_t next_offset,
                            std::stop_token stop) const {
  // The reader's thread, which brings them, has a pulse of its own.
  const observe::Waiting waiting("the library to read what was decided before");
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
