#include "feeds/adapters/view_counts_replica.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "platform/observe/log.h"
#include "platform/store/keys.h"

namespace telex::feeds {
namespace {

using observe::Log;
using observe::Severity;
using Totals = ViewCountRecord::Totals;

constexpr std::uint32_t kSchema = 1;
constexpr char kDays[] = "view-days";
constexpr std::size_t kArticleBytes = 16;

std::string RowKey(const ViewCountRecord& record) {
  return store::KeyBuilder().Raw(record.article.bytes()).Raw(record.day).bytes();
}

std::optional<Totals> DecodeRow(std::string_view bytes) {
  store::KeyReader reader(bytes);
  const auto position = reader.I64();
  const auto views = reader.I64();
  if (!position || !views) return std::nullopt;
  return Totals{.position = *position, .views = *views};
}

absl::Status NotCaughtUp() {
  return errors::Error(absl::StatusCode::kUnavailable, errors::kNotCaughtUp,
                       "telex.view-counts.v1 is not read up to the end seen at the start");
}

}  // namespace

ViewCountsReplica::ViewCountsReplica(ViewCountsOptions options,
                                     std::unique_ptr<replica::LogReplica> log,
                                     FeedsMetrics& metrics)
    : options_(std::move(options)),
      log_(std::move(log)),
      days_(log_->store().database(kDays)),
      metrics_(metrics),
      live_(options_.every, options_.now),
      status_(NotCaughtUp()) {}

absl::StatusOr<std::unique_ptr<ViewCountsReplica>> ViewCountsReplica::Open(
    ViewCountsOptions options, FeedsMetrics& metrics) {
  ASSIGN_OR_RETURN(auto log,
                   replica::LogReplica::Open({.store = {.path = options.path,
                                                        .databases = {kDays},
                                                        .schema = kSchema,
                                                        .map_bytes_max = options.map_bytes_max},
                                              .topics = {{kViewCountsTopic}}},
                                             options.now()));
  return std::unique_ptr<ViewCountsReplica>(
      new ViewCountsReplica(std::move(options), std::move(log), metrics));
}

absl::Status ViewCountsReplica::Load() {
  const auto kept = log_->kept();
  return kept ? Start(*kept) : absl::OkStatus();
}

absl::Status ViewCountsReplica::Start(const replica::Kept& kept) {
  ViewCounts counts(kept.partitions, options_.every);
  ASSIGN_OR_RETURN(const store::ReadTxn txn, log_->store().Read());
  for (auto cursor = txn.Scan(days_); cursor.valid(); cursor.Next()) {
    const auto article = news::ArticleId::FromBytes(cursor.key().substr(0, kArticleBytes));
    const auto totals = DecodeRow(cursor.value());
    if (!article || !totals) log_->store().Damaged("the views of a day cannot be decoded");
    counts.Load(*article, totals->views);
  }
  for (std::int32_t partition = 0; partition < kept.partitions; ++partition) {
    counts.LoadedTo(partition, log_->PositionOf({kViewCountsTopic, partition}));
  }
  if (kept.caught_up) counts.SetWhole();
  Log(Severity::kInfo, "view counts loaded",
      {{"articles", counts.articles()}, {"whole", kept.caught_up}});
  live_.Start(std::move(counts));
  return absl::OkStatus();
}

absl::Status ViewCountsReplica::Follow(const std::string& cluster_id, std::int32_t partitions) {
  RETURN_IF_ERROR(log_->Bind(cluster_id, partitions, options_.now()));
  if (!live_.started()) RETURN_IF_ERROR(Start(*log_->kept()));
  log_->Follow(*this);
  log_->OnWhole([this] {
    live_.SetCaughtUp();
    {
      const std::lock_guard lock(mutex_);
      status_ = absl::OkStatus();
    }
    Touch(options_.now());
    Log(Severity::kInfo, "caught up",
        {{"topic", kViewCountsTopic}, {"articles", live_.articles()}});
  });
  return absl::OkStatus();
}

void ViewCountsReplica::AwaitTopic() {
  const absl::Status missing = errors::Error(
      absl::StatusCode::kUnavailable, errors::kTopicMissing,
      fmt::format("topic {0} is missing: telexctl topics apply --file deploy/kafka/topics.yaml "
                  "makes it, and it is read then",
                  kViewCountsTopic));
  Log(Severity::kWarning, "waiting for the topic of view counts, feeds show none or old ones",
      {{"error", missing.ToString()}});
  const std::lock_guard lock(mutex_);
  status_ = missing;
}

void ViewCountsReplica::Withhold(const absl::Status& why) {
  live_.Withhold();
  Log(Severity::kError, "view counts are not read any more, feeds show none",
      {{"error", why.ToString()}});
  const std::lock_guard lock(mutex_);
  status_ = why;
}

void ViewCountsReplica::Touch(absl::Time now) {
  if (!status().ok()) return;
  if (absl::Status kept = log_->Touch(now); !kept.ok()) {
    Log(Severity::kError, "store write failed", {{"error", kept.ToString()}});
  }
}

absl::Status ViewCountsReplica::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

// Fold
// -------------------------------------------------------------------------------------------------

absl::Status ViewCountsReplica::Apply(store::WriteTxn& txn, const kafka::Record& record) {
  LiveViewCounts::Arrival arrival{.partition = record.partition,
                                  .offset = record.offset,
                                  .appended = absl::FromUnixMillis(record.timestamp_ms)};
  const auto count = ReadViewCount(record.key, record.value);
  if (!count.ok()) {
    metrics_.view_count_faults.Increment();
    Log(Severity::kWarning, "a record of view counts cannot be read",
        {{"partition", record.partition},
         {"offset", record.offset},
         {"error", count.status().ToString()}});
  } else if (*count) {
    ASSIGN_OR_RETURN(const std::int64_t by, Put(txn, **count));
    arrival.change = {.article = (*count)->article, .by = by};
  }
  applied_.push_back(arrival);
  return absl::OkStatus();
}

absl::StatusOr<std::int64_t> ViewCountsReplica::Put(store::WriteTxn& txn,
                                                    const ViewCountRecord& record) const {
  const std::string key = RowKey(record);
  Totals standing{.position = -1};
  if (const auto bytes = txn.Get(days_, key)) {
    const auto row = DecodeRow(*bytes);
    if (!row) log_->store().Damaged("the views of a day cannot be decoded");
    standing = *row;
  }
  if (!record.totals) {
    RETURN_IF_ERROR(txn.Delete(days_, key));
    return -standing.views;
  }
  if (record.totals->position < standing.position) return 0;
  RETURN_IF_ERROR(txn.Put(
      days_, key, store::KeyBuilder().I64(record.totals->position).I64(record.totals->views)));
  return record.totals->views - standing.views;
}

void ViewCountsReplica::Committed() {
  metrics_.view_count_records.Increment(applied_.size());
  live_.Apply(applied_);
  applied_.clear();
  const std::lock_guard lock(mutex_);
  if (errors::Is(status_, errors::kTopicMissing)) status_ = NotCaughtUp();  // it is there now
}

}  // namespace telex::feeds
