#include "feeds/adapters/follower.h"

#include <fmt/format.h>

#include <map>

#include "news/article_name.h"
#include "news/wire/article_codec.h"
#include "platform/errors/errors.h"
#include "platform/observe/log.h"
#include "platform/observe/trace.h"

namespace telex::feeds {
namespace {

absl::Status Unreadable(std::string_view why) {
  return errors::Error(absl::StatusCode::kInvalidArgument, errors::kRecordUnreadable, why);
}

// What a record says. An article without a value is a tombstone.
struct Reading {
  news::ArticleName name;
  std::optional<ArticleSummary> summary;
};

absl::StatusOr<Reading> Understand(const kafka::Record& record, const LiveFeeds& feeds) {
  auto name = news::ArticleName::Parse(record.key);
  if (!name || !name->version) return Unreadable("the key names no version of an article");
  Reading reading{.name = *name};
  if (!record.value) return reading;
  const auto article = news::ArticleOfRecord(*record.value);
  if (!article.ok()) return Unreadable(std::string(article.status().message()));
  if (article->id != name->id || article->version != *name->version) {
    return Unreadable("the key and the article name different versions");
  }
  const auto known = feeds.Find(article->id);
  if (known && known->partition != record.partition) {
    return Unreadable(fmt::format("the article's partition is {}", known->partition));
  }
  reading.summary = SummaryOf(*article);
  return reading;
}

// The last stop of a story's trace: from here on partners see this version.
void LogArrival(const kafka::Record& record) {
  const auto header = kafka::FindHeader(record, "traceparent");
  const auto trace = observe::ParseTraceparent(header.value_or(""));
  std::optional<observe::ScopedTrace> scope;
  if (trace) scope.emplace(*trace);
  observe::Log(observe::Severity::kInfo,
               record.value ? "a version has arrived" : "a version is forgotten",
               {{"version", record.key}, {"partition", record.partition}});
}

}  // namespace

Follower::Follower(ArticleStore& store, LiveFeeds& feeds, FeedsMetrics& metrics, SetAside set_aside,
                   std::function<absl::Time()> clock)
    : store_(store),
      feeds_(feeds),
      metrics_(metrics),
      set_aside_(std::move(set_aside)),
      clock_(std::move(clock)) {}

kafka::Outcome Follower::OnBatch(std::span<const kafka::Record> records, std::stop_token stop) {
  // Understood first, so that nothing waits for the dead-letter topic inside a transaction.
  std::vector<std::pair<const kafka::Record*, Reading>> readings;
  readings.reserve(records.size());
  for (const kafka::Record& record : records) {
    auto reading = Understand(record, feeds_);
    if (reading.ok()) {
      readings.emplace_back(&record, *std::move(reading));
      continue;
    }
    observe::Log(observe::Severity::kError, "a record cannot be read; it is set aside",
                 {{"topic", record.topic},
                  {"partition", record.partition},
                  {"offset", record.offset},
                  {"error", reading.status().ToString()}});
    if (absl::Status aside = set_aside_(record, reading.status(), stop); !aside.ok()) {
      return kafka::Outcome::Retry(aside);
    }
  }

  auto batch = store_.Begin();
  if (!batch.ok()) return kafka::Outcome::Retry(batch.status());
  std::vector<LiveFeeds::Arrival> arrivals;
  arrivals.reserve(readings.size());
  for (auto& [record, reading] : readings) {
    const absl::Status kept = reading.summary
                                  ? batch->Put(record->partition, *reading.summary, *record->value)
                                  : batch->Forget(reading.name.id, reading.name.version->number);
    if (!kept.ok()) return kafka::Outcome::Retry(kept);
    if (reading.summary) {
      arrivals.push_back({.partition = record->partition, .summary = *std::move(reading.summary)});
    }
  }
  std::map<std::int32_t, std::int64_t> next_offsets;
  for (const kafka::Record& record : records) next_offsets[record.partition] = record.offset + 1;
  for (const auto& [partition, next] : next_offsets) {
    if (absl::Status kept = batch->SetPosition(partition, next); !kept.ok()) {
      return kafka::Outcome::Retry(kept);
    }
  }
  if (absl::Status committed = batch->Commit(); !committed.ok()) {
    return kafka::Outcome::Retry(committed);
  }
  feeds_.Apply(arrivals);
  metrics_.records.Increment(records.size());
  if (live_) {
    const absl::Time now = clock_();
    for (const auto& arrival : arrivals) {
      metrics_.visible_seconds.Observe(
          absl::ToDoubleSeconds(now - absl::FromUnixMillis(arrival.summary.versioncreated_ms)));
    }
    for (const auto& [record, reading] : readings) LogArrival(*record);
  }
  return kafka::Outcome::Done();
}

void Follower::OnCaughtUp(const kafka::TopicPartition&, int64_t) {}

void Follower::OnAllCaughtUp() {
  live_ = true;
  if (on_whole_) on_whole_();
}

}  // namespace telex::feeds
