#include "feeds/adapters/follower.h"

#include <fmt/format.h>

#include "news/wire/article_log.h"
#include "news/wire/translation_log.h"
#include "platform/errors/status_macros.h"
#include "platform/observe/log.h"
#include "platform/observe/trace.h"

namespace telex::feeds {
namespace {

// All that is about one article lies in one partition.
absl::Status CheckPartition(const news::ArticleId& article, int partition, const LiveFeeds& feeds) {
  const auto known = feeds.Find(article);
  if (!known || known->partition == partition) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format("the article's partition is {}", known->partition));
}

}  // namespace

Follower::Follower(ArticleStore& store, LiveFeeds& feeds, FeedsMetrics& metrics,
                   std::function<absl::Time()> clock)
    : store_(store), feeds_(feeds), metrics_(metrics), clock_(std::move(clock)) {}

absl::Status Follower::Apply(store::WriteTxn& txn, const kafka::Record& record) {
  Applied applied{.name = record.key, .partition = record.partition};
  RETURN_IF_ERROR(record.topic == kTranslationsTopic ? ApplyTranslation(txn, record, applied)
                                                     : ApplyVersion(txn, record, applied));
  if (live_) applied.traceparent = kafka::FindHeader(record, "traceparent").value_or("");
  applied_.push_back(std::move(applied));
  return absl::OkStatus();
}

absl::Status Follower::ApplyVersion(store::WriteTxn& txn, const kafka::Record& record,
                                    Applied& applied) {
  ASSIGN_OR_RETURN(const news::VersionRecord version, news::ReadVersion(record.key, record.value));
  if (!version.article) return store_.Forget(txn, version.id, version.version.number);
  RETURN_IF_ERROR(CheckPartition(version.id, record.partition, feeds_));
  ArticleSummary summary = SummaryOf(*version.article);
  RETURN_IF_ERROR(store_.Put(txn, record.partition, summary, *record.value));
  applied.summary = std::move(summary);
  return absl::OkStatus();
}

absl::Status Follower::ApplyTranslation(store::WriteTxn& txn, const kafka::Record& record,
                                        Applied& applied) {
  ASSIGN_OR_RETURN(const news::TranslationRecord translation,
                   news::ReadTranslation(record.key, record.value));
  ASSIGN_OR_RETURN(auto summary, store_.PutTranslation(txn, translation));
  if (summary) applied.summary = *std::move(summary);
  return absl::OkStatus();
}

// Also when nothing was applied: how far the log was read is told by stamps.
void Follower::Committed() {
  std::vector<LiveFeeds::Arrival> arrivals;
  arrivals.reserve(applied_.size());
  for (const Applied& applied : applied_) {
    if (const auto* version = std::get_if<ArticleSummary>(&applied.summary)) {
      arrivals.push_back({.partition = applied.partition, .summary = *version});
    } else if (const auto* translation = std::get_if<TranslationSummary>(&applied.summary)) {
      arrivals.push_back({.partition = applied.partition, .summary = *translation});
    }
  }
  feeds_.Apply(arrivals, store_.ReadTo(feeds_.partitions()));
  metrics_.records.Increment(applied_.size());
  if (live_) {
    const absl::Time now = clock_();
    for (const Applied& applied : applied_) {
      if (const auto* version = std::get_if<ArticleSummary>(&applied.summary)) {
        metrics_.visible_seconds.Observe(
            absl::ToDoubleSeconds(now - absl::FromUnixMillis(version->versioncreated_ms)));
      }
      LogArrival(applied);
    }
  }
  applied_.clear();
}

// The last stop of a story's trace: from here on partners see this version.
void Follower::LogArrival(const Applied& applied) const {
  const auto trace = observe::ParseTraceparent(applied.traceparent);
  std::optional<observe::ScopedTrace> scope;
  if (trace) scope.emplace(*trace);
  const bool translation = std::holds_alternative<TranslationSummary>(applied.summary);
  const bool version = std::holds_alternative<ArticleSummary>(applied.summary);
  observe::Log(observe::Severity::kInfo,
               version       ? "a version has arrived"
               : translation ? "a translation has arrived"
                             : "a version is forgotten",
               {{"version", applied.name}, {"partition", applied.partition}});
}

}  // namespace telex::feeds
