#include "feeds/adapters/follower.h"

#include <fmt/format.h>

#include "news/wire/article_log.h"
#include "platform/errors/status_macros.h"
#include "platform/observe/log.h"
#include "platform/observe/trace.h"

namespace telex::feeds {
namespace {

absl::StatusOr<news::VersionRecord> Understand(const kafka::Record& record,
                                               const LiveFeeds& feeds) {
  ASSIGN_OR_RETURN(news::VersionRecord version, news::ReadVersion(record.key, record.value));
  const auto known = version.article ? feeds.Find(version.id) : std::nullopt;
  if (known && known->partition != record.partition) {
    return absl::InvalidArgumentError(
        fmt::format("the article's partition is {}", known->partition));
  }
  return version;
}

}  // namespace

Follower::Follower(ArticleStore& store, LiveFeeds& feeds, FeedsMetrics& metrics,
                   std::function<absl::Time()> clock)
    : store_(store), feeds_(feeds), metrics_(metrics), clock_(std::move(clock)) {}

absl::Status Follower::Apply(store::WriteTxn& txn, const kafka::Record& record) {
  ASSIGN_OR_RETURN(const news::VersionRecord version, Understand(record, feeds_));
  std::optional<ArticleSummary> summary;
  if (version.article) {
    summary = SummaryOf(*version.article);
    RETURN_IF_ERROR(store_.Put(txn, record.partition, *summary, *record.value));
  } else {
    RETURN_IF_ERROR(store_.Forget(txn, version.id, version.version.number));
  }
  applied_.push_back({.version = record.key, .partition = record.partition});
  if (live_) applied_.back().traceparent = kafka::FindHeader(record, "traceparent").value_or("");
  applied_.back().summary = std::move(summary);
  return absl::OkStatus();
}

void Follower::Committed() {
  std::vector<LiveFeeds::Arrival> arrivals;
  arrivals.reserve(applied_.size());
  for (const Applied& applied : applied_) {
    if (applied.summary) arrivals.push_back({applied.partition, *applied.summary});
  }
  feeds_.Apply(arrivals);
  metrics_.records.Increment(applied_.size());
  if (live_) {
    const absl::Time now = clock_();
    for (const auto& arrival : arrivals) {
      metrics_.visible_seconds.Observe(
          absl::ToDoubleSeconds(now - absl::FromUnixMillis(arrival.summary.versioncreated_ms)));
    }
    for (const Applied& applied : applied_) LogArrival(applied);
  }
  applied_.clear();
}

// The last stop of a story's trace: from here on partners see this version.
void Follower::LogArrival(const Applied& applied) const {
  const auto trace = observe::ParseTraceparent(applied.traceparent);
  std::optional<observe::ScopedTrace> scope;
  if (trace) scope.emplace(*trace);
  observe::Log(observe::Severity::kInfo,
               applied.summary ? "a version has arrived" : "a version is forgotten",
               {{"version", applied.version}, {"partition", applied.partition}});
}

}  // namespace telex::feeds
